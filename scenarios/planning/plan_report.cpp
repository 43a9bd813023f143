#include "scenarios/planning/plan_report.h"

namespace twin::scenario {

using namespace controller::rebalance;

sim::Expected<Plan> read_plan(const PlanInput& input, const std::string& path) {
  const auto text = read_whole_file(path, "a file as kafka-reassign-partitions takes it");
  if (!text) return text.error();
  const auto entries = parse_reassignment(*text, path, WhichLine::last);
  if (!entries) return entries.error();
  auto target = apply_entries(input.view, start_lists(input.view), *entries, *text, path);
  if (!target) return target.error();
  Plan plan;
  plan.target = std::move(*target);
  return plan;
}

PlanReport make_plan_report(const PlanInput& input, const PlanRequest& request, Plan plan,
                            const std::string& name) {
  PlanReport report;
  const ClusterView& view = input.view;
  report.input = &input;
  report.name = name;
  report.request = request;
  report.plan = std::move(plan);
  const std::vector<ReplicaList>& target = report.plan.target;
  report.start = start_lists(view);
  report.changed = changed(report.start, target);
  report.schedule = make_schedule(view, target, request.limits);
  report.before = broker_figures(view, report.start);
  report.after = broker_figures(view, target);
  report.disks_before = disk_bytes(view, report.start);
  report.disks_after = disk_bytes(view, target);
  for (const PartitionIndex p : report.changed) {
    const int64_t bytes = view.partitions[p].bytes;
    const int64_t copies = added(report.start[p], target[p]).size;
    const int64_t dir_copies = changed_dirs(report.start[p], target[p]).size;
    report.copies += copies;
    report.network_bytes += bytes * copies;
    report.dir_copies += dir_copies;
    report.dir_bytes += bytes * dir_copies;
    report.leaders_changed += report.start[p][0] != target[p][0] ? 1 : 0;
  }
  return report;
}

std::string plan_json(const PlanReport& report) {
  return to_reassignment_json(entries_to(report.input->view, report.changed, report.start,
                                         report.plan.target, report.plan.names_dirs)) +
         "\n";
}

std::string rollback_json(const PlanReport& report) {
  return to_reassignment_json(
             entries_to(report.input->view, report.changed, report.plan.target, report.start)) +
         "\n";
}

}  // namespace twin::scenario
