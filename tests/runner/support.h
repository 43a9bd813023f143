// Scenarios for tests, as texts: a KRaft cluster of three controllers and three brokers, and what a
// test adds to it.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::scenario {

// `spec` is the body of the Scenario's spec, indented by two blanks.
std::string scenario_text(const std::string& spec);
// `more` goes below spec.kafka, indented by four blanks.
std::string cluster(const std::string& more = "", const std::string& version = "4.2.0");

// The same with a `config:` of min.insync.replicas 2 and default.replication.factor 3 before it.
std::string configured(const std::string& more = "");

inline Scenario loaded(const std::string& text, const std::vector<std::string>& overrides = {}) {
  LoadResult result = load_text(text, "test.yaml", overrides);
  for (const sim::Error& error : result.errors) ADD_FAILURE() << format_error(error);
  return result.scenario ? std::move(*result.scenario) : Scenario{};
}

inline std::vector<std::string> errors_of(const std::string& text,
                                          const std::vector<std::string>& overrides = {}) {
  std::vector<std::string> lines;
  for (const sim::Error& error : load_text(text, "test.yaml", overrides).errors) {
    lines.push_back(format_error(error));
  }
  return lines;
}

inline Report run_text(const std::string& text, const RunOptions& options = {}) {
  return run_scenario(loaded(text), options);
}

inline std::string reasons_of(const Report& report) {
  std::string all;
  for (const std::string& reason : report.verdict_reasons) all += reason + "\n";
  return all;
}

}  // namespace twin::scenario
