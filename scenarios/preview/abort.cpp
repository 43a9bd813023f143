#include "scenarios/preview/abort.h"

#include <algorithm>

#include "model/trace/decode.h"
#include "scenarios/preview/preview.h"
#include "scenarios/runner/run.h"

namespace twin::preview {

namespace {

using scenario::Report;
using scenario::Step;

// When the first step from `from` on was taken.
class TurnsBack : public model::TraceListener {
 public:
  explicit TurnsBack(size_t from) : from_(static_cast<int64_t>(from)) {}
  void on_record(const sim::Record& record) override {
    if (at_ || trace::type_of(record) != trace::RecordType::StepTaken) return;
    if (trace::decode<trace::StepTaken>(record).step >= from_) at_ = record.at;
  }
  const std::optional<sim::Time>& at() const { return at_; }

 private:
  int64_t from_;
  std::optional<sim::Time> at_;
};

bool can_turn_back(const Request& request) {
  if (!request.drain.nodes.empty()) return false;
  if (!request.operator_to.empty()) return true;
  return std::ranges::any_of(request.change.objects, [](const ChangedObject& object) {
    return object.before != nullptr && !object.fields.empty();
  });
}

void trigger(int64_t after, sim::Duration done, Step& step) {
  step.trigger = {};
  if (after == kWhenDone) {
    constexpr sim::Duration kPause{10 * int64_t{1'000'000'000}};
    step.trigger.at = kApplyAt + done + kPause;
    return;
  }
  scenario::Condition& condition = step.trigger.when.emplace();
  condition.kind = scenario::Condition::Kind::restarts_done;
  condition.count = after;
  condition.text = "restartsDone: " + std::to_string(after);
}

Step restoring(const ChangedObject& object) {
  Step step;
  step.id = "back " + object.name;
  step.kind = Step::Kind::apply;
  step.object = object.before;
  step.target_kind = std::string(api::kind_name(object.before->kind));
  step.target = object.before->metadata.name;
  return step;
}

std::string why_not_back(const Report& report, const Report& before) {
  if (report.end != "settled") {
    return report.end_detail.empty() ? report.end : report.end_detail;
  }
  for (const Refusal& each : refusals_of(report, before)) {
    if (each.lasts) return each.why;
  }
  return outcome_of(report).ready ? "" : "the resource is not Ready";
}

}  // namespace

std::vector<int64_t> abort_moments(const Request& request, const Preview& preview) {
  std::vector<int64_t> moments;
  if (!can_turn_back(request) || request.aborts == 0) return moments;
  int64_t restarts = 0;
  for (const scenario::RestartEntry& each : preview.report.restarts) restarts += each.ready ? 1 : 0;
  const int64_t count = std::min(restarts, request.aborts);
  for (int64_t i = 0; i < count; ++i) {
    moments.push_back(count == 1 ? 1 : 1 + i * (restarts - 1) / (count - 1));
  }
  if (preview.outcome().settled) moments.push_back(kWhenDone);
  return moments;
}

AbortOutcome play_abort(const Request& request, const Preview& preview, int64_t after,
                        const volatile bool* interrupt) {
  scenario::Scenario scenario = scenario_of(request);
  TurnsBack turns(scenario.steps.size());
  std::vector<Step> back;
  if (!request.operator_to.empty()) {
    back.push_back(operator_step(request.cluster.operators.front().profile));
    back.back().id = "back to the operator";
  }
  for (const ChangedObject& object : request.change.objects) {
    if (object.before != nullptr && !object.fields.empty()) back.push_back(restoring(object));
  }
  for (Step& step : back) {
    trigger(after, preview.outcome().took, step);
    scenario.steps.push_back(std::move(step));
  }
  scenario::RunOptions options;
  options.interrupt = interrupt;
  options.listeners.push_back(&turns);
  const Report report = scenario::run_scenario(scenario, options);
  AbortOutcome outcome;
  outcome.whole = outcome_of(report);
  if (!turns.at()) {
    outcome.why_not = report.end_detail.empty() ? report.end : report.end_detail;
    return outcome;
  }
  outcome.at = *turns.at() - report.first_change;
  outcome.took = std::max(sim::Duration{}, outcome.whole.took - outcome.at);
  for (const scenario::RestartEntry& each : report.restarts) {
    outcome.restarts += each.deleted >= outcome.at ? 1 : 0;
  }
  outcome.why_not = why_not_back(report, preview.before);
  outcome.back = outcome.why_not.empty();
  return outcome;
}

}  // namespace twin::preview
