// Which Strimzi release runs which Kafka versions. Source: `kafka-versions` and
// `kafka-versions.yaml` at the release tags of the Strimzi operator.
#pragma once

#include <string_view>
#include <vector>

namespace twin::controller::upgrade {

struct OperatorRelease {
  std::string_view version;
  std::string_view date;
  std::vector<std::string_view> kafka_versions;
  std::string_view default_kafka_version;
};
const OperatorRelease* find_operator_release(std::string_view version);
const std::vector<OperatorRelease>& all_operator_releases();  // ascending

}  // namespace twin::controller::upgrade
