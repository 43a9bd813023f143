#include "scenarios/campaign/scenario_text.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "scenarios/runner/load.h"

namespace twin::campaign {

namespace {

using api::Value;

bool is_scenario(const Value& document) {
  const Value* kind = document.find("kind");
  return kind != nullptr && kind->is_string() && kind->as_string() == "Scenario";
}

// "" or "folder/".
std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == file.npos ? std::string() : file.substr(0, slash + 1);
}

Value text_value(const std::string& text) { return Value::string(text); }

Value seconds_value(sim::Duration time) {
  constexpr int64_t kMilli = 1'000'000;
  constexpr int64_t kSecond = 1'000'000'000;
  return time.ns % kSecond == 0 ? text_value(fmt::format("{}s", time.ns / kSecond))
                                : text_value(fmt::format("{}ms", time.ns / kMilli));
}

Value fault_value(const model::Fault& fault) {
  Value map = Value::map();
  map.set("kind", text_value(std::string(model::info_of(fault.kind).name)));
  if (!fault.target.empty()) map.set("target", text_value(fault.target));
  if (!fault.other.empty()) map.set("other", text_value(fault.other));
  if (fault.duration.ns > 0) map.set("duration", seconds_value(fault.duration));
  if (fault.amount > 0) map.set("amount", Value::integer(fault.amount));
  if (!fault.mode.empty()) map.set("mode", text_value(fault.mode));
  return map;
}

}  // namespace

sim::Expected<ScenarioText> ScenarioText::parse(std::string_view text, const std::string& file) {
  auto documents = api::parse_yaml(text, file);
  if (!documents) return documents.error();
  ScenarioText made;
  made.file_ = file;
  bool found = false;
  for (api::Document& document : *documents) {
    if (is_scenario(document.root)) {
      found = true;
      made.scenario_ = made.documents_.size();
    }
    made.documents_.push_back(std::move(document.root));
  }
  if (!found) {
    Value scenario = Value::map();
    scenario.set("apiVersion", text_value("kafka-twin.io/v1alpha1"));
    scenario.set("kind", text_value("Scenario"));
    scenario.set("metadata", Value::map());
    made.documents_.insert(made.documents_.begin(), std::move(scenario));
    made.scenario_ = 0;
  }
  Value& root = made.documents_[made.scenario_];
  if (root.find("spec") == nullptr || !root.find("spec")->is_map()) {
    root.set("spec", Value::map());
  }
  if (Value* includes = made.spec().find("include"); includes != nullptr && includes->is_list()) {
    for (Value& each : includes->items()) {
      if (!each.is_string() || each.as_string().starts_with('/')) continue;
      each = text_value(folder_of(file) + each.as_string());
    }
  }
  return made;
}

sim::Expected<ScenarioText> ScenarioText::read(const std::string& path) {
  std::ifstream in(path);
  if (!in) return sim::Error{path, "cannot be read", "a scenario file"};
  std::stringstream text;
  text << in.rdbuf();
  // Its own loader finds more mistakes than a parser does, and says where they are.
  const auto loaded = scenario::load_scenario(path);
  if (!loaded) return loaded.error();
  return parse(text.str(), path);
}

Value& ScenarioText::spec() { return *documents_[scenario_].find("spec"); }

Value::List& ScenarioText::steps() {
  Value* steps = spec().find("steps");
  if (steps == nullptr || !steps->is_list()) steps = &spec().set("steps", Value::list());
  return steps->items();
}

void ScenarioText::set_profile(const std::string& profile) {
  Value* own = spec().find("operator");
  if (own != nullptr && own->is_map()) {
    own->set("profile", text_value(profile));
  } else {
    spec().set("operator", text_value(profile));
  }
}

void ScenarioText::set_seed(uint64_t seed) {
  spec().set("seed", Value::integer(static_cast<int64_t>(seed)));
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
  step.set("after", seconds_value(after));
  step.set("fault", fault_value(fault));
  steps().push_back(std::move(step));
}

void ScenarioText::expect_no_violation() {
  Value expect = Value::map();
  expect.set("propertyViolations", Value::integer(0));
  spec().set("expect", std::move(expect));
  spec().erase("compareWith");
}

std::string ScenarioText::write(const std::string& name, const std::string& why) const {
  std::string text;
  std::stringstream lines(why);
  for (std::string line; std::getline(lines, line);) text += "# " + line + "\n";
  for (size_t i = 0; i < documents_.size(); ++i) {
    Value document = documents_[i];
    if (i == scenario_) {
      Value metadata = Value::map();
      metadata.set("name", text_value(name));
      document.set("metadata", std::move(metadata));
    }
    if (i > 0) text += "---\n";
    text += api::to_yaml(document);
    if (!text.ends_with('\n')) text += "\n";
  }
  return text;
}

// Under its own name it would say where mistakes are in a text that nobody has.
sim::Expected<scenario::Scenario> ScenarioText::load() const {
  scenario::LoadResult loaded = scenario::load_text(write("generated", ""), "generated");
  if (loaded.scenario) return std::move(*loaded.scenario);
  return loaded.errors.front();
}

}  // namespace twin::campaign
