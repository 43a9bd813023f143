#include "scenarios/campaign/scenario_text.h"

#include <fmt/format.h>

namespace twin::campaign {

namespace {

using api::Value;

Value text_value(const std::string& text) { return Value::string(text); }

Value fault_value(const model::Fault& fault) {
  Value map = Value::map();
  map.set("kind", text_value(std::string(model::info_of(fault.kind).name)));
  if (!fault.target.empty()) map.set("target", text_value(fault.target));
  if (!fault.other.empty()) map.set("other", text_value(fault.other));
  if (fault.duration.ns > 0) map.set("duration", scenario::duration_value(fault.duration));
  if (fault.amount > 0) map.set("amount", Value::integer(fault.amount));
  if (!fault.mode.empty()) map.set("mode", text_value(fault.mode));
  return map;
}

}  // namespace

sim::Expected<ScenarioText> ScenarioText::parse(std::string_view text, const std::string& file) {
  auto made = ScenarioFile::parse(text, file);
  if (!made) return made.error();
  return ScenarioText(std::move(*made));
}

sim::Expected<ScenarioText> ScenarioText::read(const std::string& path) {
  auto made = ScenarioFile::read(path);
  if (!made) return made.error();
  return ScenarioText(std::move(*made));
}

void ScenarioText::add_fault(const CaseFault& fault) {
  Value step = Value::map();
  step.set("at", text_value(fmt::format("{}s", fault.at_s)));
  step.set("fault", fault_value(fault.fault));
  // At the end, where no other step waits for it.
  steps().push_back(std::move(step));
}

void ScenarioText::add_crash(uint64_t nth, bool before, sim::Duration down) {
  Value on = Value::map();
  on.set("call", Value::integer(static_cast<int64_t>(nth)));
  on.set("side", text_value(before ? "before" : "after"));
  model::Fault crash;
  crash.kind = model::FaultKind::operator_crash;
  crash.duration = down;
  Value step = Value::map();
  step.set("on", std::move(on));
  step.set("fault", fault_value(crash));
  steps().push_back(std::move(step));
}

void ScenarioText::add_at_call(uint64_t nth, const model::Fault& fault) {
  Value on = Value::map();
  on.set("call", Value::integer(static_cast<int64_t>(nth)));
  Value step = Value::map();
  step.set("on", std::move(on));
  step.set("fault", fault_value(fault));
  steps().push_back(std::move(step));
}

void ScenarioText::add_behind(sim::Duration after, const model::Fault& fault) {
  Value step = Value::map();
  step.set("after", scenario::duration_value(after));
  step.set("fault", fault_value(fault));
  steps().push_back(std::move(step));
}

void ScenarioText::expect_no_violation() {
  Value expect = Value::map();
  expect.set("propertyViolations", Value::integer(0));
  spec().set("expect", std::move(expect));
  spec().erase("compareWith");
  spec().set("failingSteps", text_value("skip"));
}

}  // namespace twin::campaign
