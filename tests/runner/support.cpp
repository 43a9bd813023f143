#include "tests/runner/support.h"

#include <fmt/format.h>

namespace twin::scenario {

namespace {

std::string pool(std::string_view role) {
  return fmt::format(
      "---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaNodePool\nmetadata:\n  name: {0}\n"
      "  labels: {{strimzi.io/cluster: my-cluster}}\nspec:\n  replicas: 3\n  roles: [{0}]\n"
      "  storage: {{type: jbod, volumes: [{{id: 0, type: persistent-claim, size: 100Gi}}]}}\n",
      role);
}

}  // namespace

std::string scenario_text(const std::string& spec) {
  return fmt::format(
      "apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata:\n  name: test\nspec:\n{}",
      spec);
}

std::string cluster(const std::string& more, const std::string& version) {
  return fmt::format(
      "{}{}---\napiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata:\n  name: my-cluster\n"
      "spec:\n  kafka:\n    version: {}\n    metadataVersion: 4.2-IV1\n    listeners:\n"
      "      - {{name: plain, port: 9092, type: internal, tls: false}}\n{}",
      pool("controller"), pool("broker"), version, more);
}

std::string configured(const std::string& more) {
  return cluster(fmt::format(
      "    config:\n      min.insync.replicas: 2\n      default.replication.factor: 3\n{}", more));
}

}  // namespace twin::scenario
