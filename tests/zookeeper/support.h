// Plays a scenario and keeps what each broker came back with: the content of a roll.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/trace/decode.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "scenarios/runner/session.h"

namespace twin::scenario {

using namespace sim::literals;

inline Scenario loaded(const std::string& path, const std::vector<std::string>& set = {}) {
  auto scenario = load_scenario(std::string(TWIN_SOURCE_DIR) + "/" + path, set);
  if (!scenario) ADD_FAILURE() << scenario.error().to_string();
  return scenario ? std::move(*scenario) : Scenario{};
}

inline Scenario loaded_text(const std::string& text) {
  LoadResult result = load_text(text, "test.yaml");
  for (const sim::Error& error : result.errors) ADD_FAILURE() << format_error(error);
  return result.scenario ? std::move(*result.scenario) : Scenario{};
}

// "0: 2.1.0 speaks 2.0 writes 2.0" for each broker that came up after the workload began.
class Contents : public model::TraceListener {
 public:
  explicit Contents(Session& session) : session_(session) {}
  void on_record(const sim::Record& record) override {
    const auto type = trace::type_of(record);
    if (type == trace::RecordType::StepTaken) begun_ = true;
    if (type != trace::RecordType::BrokerUnfenced || !begun_) return;
    const auto node = trace::decode<trace::BrokerUnfenced>(record).node;
    for (const model::VersionState& state : session_.world().kafka.version_state()) {
      if (state.node.value != node) continue;
      list.push_back(std::to_string(node) + ": " + state.binary + " speaks " + state.protocol +
                     " writes " + state.message_format);
    }
  }
  std::vector<std::string> list;

 private:
  Session& session_;
  bool begun_ = false;
};

// Every record after the first step.
class Story : public model::TraceListener {
 public:
  struct Entry {
    trace::RecordType type;
    sim::Time at;
    int64_t first, second, third;
  };
  void on_record(const sim::Record& record) override {
    const auto type = trace::type_of(record);
    if (type == trace::RecordType::StepTaken) {
      if (!begun_) began = record.at;
      begun_ = true;
    }
    if (begun_) {
      const auto field = [&](size_t i) { return i < record.fields.size() ? record.fields[i] : 0; };
      entries.push_back({type, record.at, field(0), field(1), field(2)});
    }
  }
  std::vector<Entry> of(trace::RecordType type) const {
    std::vector<Entry> list;
    for (const Entry& entry : entries)
      if (entry.type == type) list.push_back(entry);
    return list;
  }
  std::vector<Entry> entries;
  sim::Time began{};

 private:
  bool begun_ = false;
};

inline std::vector<std::string> contents_of(Scenario scenario, const std::string& profile) {
  for (auto& each : scenario.operators) each.profile = profile;
  Session session(scenario, {});
  Contents contents(session);
  session.add_listener(contents);
  const SessionEnd end = session.run();
  EXPECT_EQ(end_name(end.reason), "settled") << end.detail;
  return contents.list;
}

// A scenario without an operator of its own runs under `profile`.
inline Report played(const Scenario& scenario, const std::string& profile) {
  RunOptions options;
  options.profile = profile;
  options.comparison = profile != scenario.operators.front().profile;
  return run_scenario(scenario, options);
}

// "0 KafkaUpgradePhase1" for each restart.
inline std::vector<std::string> restarts_of(const Report& report) {
  std::vector<std::string> list;
  for (const RestartEntry& entry : report.restarts)
    list.push_back(entry.pod.substr(entry.pod.rfind('-') + 1) + " " + entry.reason);
  return list;
}

inline int violations_of(const Report& report, const std::string& property) {
  int count = 0;
  for (const ViolationEntry& entry : report.violations) count += entry.property == property;
  return count;
}

}  // namespace twin::scenario
