// Dynamic configuration: per broker, cluster-wide and per topic, over what each process read from
// its file at start and Kafka's defaults. What may change without a restart says the table of keys
// (controller/config). Validation as KafkaConfig and ConfigurationControlManager do it: a read-only
// key is INVALID_REQUEST, a bad value INVALID_CONFIG, and one bad change refuses the whole request.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/api/catalogue/config_keys.h"

namespace twin::model::control {

using DynamicValues = std::map<std::string, std::string, std::less<>>;

struct ConfigRefusal {
  api::KafkaError error = api::KafkaError::none;
  std::string message;
};

// What is wrong with a value, as Kafka would refuse it; nullopt if nothing. Unknown keys pass.
std::optional<std::string> value_problem(std::string_view kafka_version, std::string_view key,
                                         std::string_view value);

class DynamicConfig {
 public:
  // Nothing is applied when there is a refusal. `running` is the broker's file, for limits that
  // compare with the value in use (thread pools change by at most a factor of two).
  std::optional<ConfigRefusal> check(
      const api::IncrementalAlterConfigsRequest& request, std::string_view kafka_version,
      const api::ServerConfig* running) const;
  // REQUIRES: check passed; broker or cluster resource.
  void apply(const api::IncrementalAlterConfigsRequest& request);

  // broker over cluster-wide over file over default; "" when nowhere.
  std::string effective(api::NodeId broker, const api::ServerConfig& file,
                        std::string_view kafka_version, std::string_view key) const;
  std::vector<api::ConfigEntry> describe(api::NodeId broker,
                                         const api::ServerConfig& file,
                                         std::string_view kafka_version) const;
  // Bytes per second of a replication throttle: the broker's dynamic value before the cluster's,
  // and never that of its file (ReplicationQuotaManager). nullopt: unlimited.
  std::optional<int64_t> throttle(api::NodeId broker, std::string_view key) const;
  const DynamicValues& cluster_wide() const { return cluster_; }

 private:
  const DynamicValues* of(api::NodeId broker) const;

  DynamicValues cluster_;
  std::map<api::NodeId, DynamicValues> brokers_;
};

}  // namespace twin::model::control
