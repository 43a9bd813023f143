// The cluster of the first roll (three controllers, three brokers, one topic), and changes of it.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "scenarios/preview/preview.h"
#include "scenarios/runner/load.h"

namespace twin::preview {

inline const char* const kCluster = TWIN_SOURCE_DIR "/scenarios/rolling/first-roll.yaml";

inline scenario::Scenario cluster(const std::vector<std::string>& overrides = {}) {
  auto loaded = scenario::load_cluster(kCluster, overrides);
  if (!loaded) ADD_FAILURE() << loaded.error().what;
  return loaded ? std::move(*loaded) : scenario::Scenario{};
}

// Its Kafka resource. `config` and `more` are lines of their own, indented by six and four.
inline std::string kafka(const std::string& config, const std::string& version = "4.2.0",
                         const std::string& metadata = "4.2-IV1", const std::string& more = "") {
  return "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: my-cluster}\nspec:\n"
         "  kafka:\n    version: " +
         version + "\n    metadataVersion: " + metadata +
         "\n    listeners: [{name: plain, port: 9092, type: internal, tls: false}]\n"
         "    config:\n      offsets.topic.replication.factor: 3\n"
         "      default.replication.factor: 3\n      min.insync.replicas: 2\n" +
         config + more + "    rack: {topologyKey: topology.kubernetes.io/zone}\n";
}

inline const char* const kDynamic = "      log.cleaner.threads: 2\n";
inline const char* const kStatic = "      auto.leader.rebalance.enable: \"false\"\n";

inline Request request(const std::string& manifests,
                       const std::vector<std::string>& overrides = {}) {
  Request request;
  request.cluster = cluster(overrides);
  auto change = read_change_text(manifests, "new.yaml", request.cluster);
  if (!change) ADD_FAILURE() << change.error().what;
  if (change) request.change = std::move(*change);
  return request;
}

inline Preview played(const Request& request) {
  auto preview = play(request, nullptr);
  if (!preview) ADD_FAILURE() << preview.error().what;
  if (!preview) return {};
  judge(request, *preview);
  return std::move(*preview);
}

// The mistakes of a file, a line each.
inline std::string mistakes(const std::string& manifests) {
  const auto change = read_change_text(manifests, "new.yaml", cluster());
  return change ? std::string() : change.error().what;
}

}  // namespace twin::preview
