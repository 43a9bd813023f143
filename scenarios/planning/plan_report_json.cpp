#include <nlohmann/json.hpp>

#include "scenarios/planning/plan_report.h"

namespace twin::scenario {

using namespace controller::rebalance;

namespace {

using Json = nlohmann::ordered_json;

Json broker_json(const PlanReport& report, size_t b) {
  const BrokerView& broker = report.input->view.brokers[b];
  const auto figures = [](const BrokerFigures& of) {
    return Json{{"replicas", of.replicas}, {"leaders", of.leaders}, {"bytes", of.bytes}};
  };
  Json out{{"broker", broker.id.value},
           {"rack", broker.rack},
           {"live", broker.live},
           {"before", figures(report.before[b])},
           {"after", figures(report.after[b])}};
  out["disks"] = Json::array();
  for (size_t d = 0; d < broker.log_dirs.size(); ++d) {
    Json disk{{"path", broker.log_dirs[d].path}};
    const int64_t capacity = broker.log_dirs[d].capacity_bytes;
    disk["capacityBytes"] = capacity > 0 ? Json(capacity) : Json(nullptr);
    disk["beforeBytes"] = report.disks_before[b][d];
    disk["afterBytes"] = report.disks_after[b][d];
    disk["peakBytes"] = report.schedule.peak[b][d];
    disk["peakAtOnceBytes"] = report.schedule.peak_at_once[b][d];
    out["disks"].push_back(std::move(disk));
  }
  return out;
}

// The tool's file as a part of ours: ids and texts, nothing that another reader would round.
Json file_json(const std::string& text) { return Json::parse(text); }

Json batch_json(const PlanReport& report, const Batch& batch) {
  Json out{{"partitions", batch.partitions.size()},
           {"networkBytes", batch.network_bytes},
           {"diskBytes", batch.disk_bytes}};
  const bool known = batch.rate_bytes_per_s > 0;
  out["throttleMaxBytesPerSecond"] = known ? Json(batch.rate_bytes_per_s) : Json(nullptr);
  out["secondsMin"] = known ? Json(batch.seconds_min) : Json(nullptr);
  out["reason"] = batch.reason;
  out["reassignment"] =
      file_json(to_reassignment_json(entries_to(report.input->view, batch.partitions, report.start,
                                                report.plan.target, report.plan.names_dirs)));
  return out;
}

}  // namespace

std::string to_json(const PlanReport& report) {
  const ClusterView& view = report.input->view;
  Json out{{"cluster", report.input->name},
           {"file", report.input->file},
           {"plan", report.name},
           {"partitions", view.partitions.size()},
           {"partitionsChanged", report.changed.size()},
           {"copies", report.copies},
           {"networkBytes", report.network_bytes},
           {"directoryCopies", report.dir_copies},
           {"directoryBytes", report.dir_bytes},
           {"preferredLeadersChanged", report.leaders_changed}};
  if (const auto& cost = report.plan.cost) {
    out["cost"] = {{"start", cost->start},
                   {"plan", cost->plan},
                   {"least", cost->least},
                   {"proved", cost->proved},
                   {"outsideStart", cost->outside_start},
                   {"outsidePlan", cost->outside_plan}};
  }
  out["brokers"] = Json::array();
  for (size_t b = 0; b < view.brokers.size(); ++b) out["brokers"].push_back(broker_json(report, b));
  out["batches"] = Json::array();
  for (const Batch& batch : report.schedule.batches) {
    out["batches"].push_back(batch_json(report, batch));
  }
  out["held"] = Json::array();
  for (const HeldMove& held : report.schedule.held) {
    out["held"].push_back(
        {{"partition", view.partition_name(held.partition)}, {"reason", held.reason}});
  }
  out["notes"] = report.plan.notes;
  out["reassignment"] = file_json(plan_json(report));
  out["rollback"] = file_json(rollback_json(report));
  return out.dump(2) + "\n";
}

}  // namespace twin::scenario
