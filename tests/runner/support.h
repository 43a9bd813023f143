// Scenarios for tests, as texts: a KRaft cluster of three controllers and three brokers, and what a
// test adds to it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::scenario {

// `spec` is the body of the Scenario's spec, indented by two blanks.
inline std::string scenario_text(const std::string& spec) {
  return "apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata:\n  name: test\nspec:\n" +
         spec;
}

inline std::string pool(const std::string& name, const std::string& role, int replicas) {
  return "---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaNodePool\nmetadata:\n  name: " + name +
         "\n  labels: {strimzi.io/cluster: my-cluster}\nspec:\n  replicas: " +
         std::to_string(replicas) + "\n  roles: [" + role +
         "]\n  storage: {type: jbod, volumes: [{id: 0, type: persistent-claim, size: 100Gi}]}\n";
}

// `more` goes below spec.kafka, indented by four blanks.
inline std::string cluster(const std::string& more = "", const std::string& version = "4.2.0") {
  return pool("controller", "controller", 3) + pool("broker", "broker", 3) +
         "---\napiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata:\n  name: my-cluster\nspec:\n"
         "  kafka:\n    version: " +
         version +
         "\n    metadataVersion: 4.2-IV1\n"
         "    listeners:\n      - {name: plain, port: 9092, type: internal, tls: false}\n" +
         more;
}

inline const char* const kConfig =
    "    config:\n      min.insync.replicas: 2\n      default.replication.factor: 3\n";

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
