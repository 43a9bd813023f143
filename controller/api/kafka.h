// Kafka's admin protocol as typed requests and replies: the calls that the controller makes on
// brokers, controllers and on Strimzi's agent inside the pod. A reply is a snapshot; big ones are
// shared and immutable. The live adapter encodes the same structs on the wire (request keys in the
// comments are Kafka's api keys).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "controller/api/ids.h"
#include "controller/api/shared_blocks.h"
#include "controller/api/units.h"
#include "sim/time.h"

namespace twin::api {

// A replica list: inline, since there are hundreds of thousands of them. Kafka sets no bound on the
// replication factor; 10 is twice what this project accepts, room for a reassignment's union.
struct NodeList {
  static constexpr int kMax = 10;
  std::array<int32_t, kMax> ids{};
  uint8_t size = 0;

  bool contains(NodeId node) const {
    for (int i = 0; i < size; ++i)
      if (ids[static_cast<size_t>(i)] == node.value) return true;
    return false;
  }
  void push(NodeId node) { ids[size++] = node.value; }
  NodeId operator[](int i) const { return {ids[static_cast<size_t>(i)]}; }
  const int32_t* begin() const { return ids.data(); }
  const int32_t* end() const { return ids.data() + size; }
  bool operator==(const NodeList&) const = default;
};

// Error codes of the protocol, those that somebody here tells apart.
enum class KafkaError : int16_t {
  none = 0,
  unknown_topic_or_partition = 3,
  leader_not_available = 5,
  not_leader_or_follower = 6,
  request_timed_out = 7,
  coordinator_load_in_progress = 14,
  not_enough_replicas = 19,
  invalid_replica_assignment = 39,
  invalid_config = 40,
  not_controller = 41,
  invalid_request = 42,
  policy_violation = 44,
  reassignment_in_progress = 60,
  preferred_leader_not_available = 80,
  election_not_needed = 84,
  no_reassignment_in_progress = 85,
  invalid_update_version = 95,
  feature_update_failed = 96,
  broker_id_not_registered = 102,
  unsupported_version = 35,
};
std::string_view kafka_error_name(KafkaError error);  // "NOT_ENOUGH_REPLICAS"

struct PartitionDescription {
  int32_t leader = -1;
  int32_t leader_epoch = 0;
  NodeList replicas;  // while it is reassigned: those that are added and removed as well
  NodeList isr;
};

struct TopicDescription {
  std::string name;
  uint32_t first = 0;  // index of partition 0 in TopicsSnapshot::partitions
  uint32_t count = 0;
  bool internal = false;
};

struct TopicsSnapshot {
  std::vector<TopicDescription> topics;  // by name
  SharedBlocks<PartitionDescription> partitions;
};

// min.insync.replicas is what the roller reads; the other entries are the topic's own overrides.
struct TopicConfigDescription {
  std::string name;
  std::optional<int32_t> min_insync_replicas;
  std::vector<std::pair<std::string, std::string>> overrides;
};
struct TopicConfigsSnapshot {
  std::vector<TopicConfigDescription> topics;  // by name
};

enum class ConfigSource : uint8_t { default_value, static_broker, dynamic_default, dynamic_broker };
struct ConfigEntry {
  std::string name;
  std::string value;
  ConfigSource source = ConfigSource::default_value;
  bool read_only = false;
};

struct QuorumVoter {
  NodeId node;
  int64_t log_end_offset = 0;
  std::optional<sim::Time> last_fetch;
  std::optional<sim::Time> last_caught_up;  // missing: never
};

struct FeatureRange {
  std::string name;
  int16_t min = 0;
  int16_t max = 0;
};

struct BrokerDescription {
  NodeId node;
  std::string rack;
  bool fenced = false;
};

enum class UpgradeType : int8_t { upgrade = 1, safe_downgrade = 2, unsafe_downgrade = 3 };
enum class ElectionType : int8_t { preferred = 0, unclean = 1 };

// ---- requests ------------------------------------------------------------------------------
struct DescribeClusterRequest {  // 60
  bool include_fenced = false;
};
struct DescribeTopicsRequest {};  // 3 or 75: all topics, internal ones too
// 32, topics: those named; all when `all` is set. A named topic that is gone is left out.
struct DescribeTopicConfigsRequest {
  bool all = true;
  std::vector<std::string> topics;
};
struct DescribeBrokerConfigsRequest {  // 32, broker
  NodeId broker;
};
enum class AlterOp : int8_t { set = 0, remove = 1 };
struct IncrementalAlterConfigsRequest {  // 44
  enum class Resource : uint8_t { topic, broker, cluster } resource = Resource::broker;
  NodeId broker;
  std::string topic;
  struct Change {
    std::string name;
    std::string value;
    AlterOp op = AlterOp::set;
  };
  std::vector<Change> changes;
};
struct DescribeQuorumRequest {};    // 55
struct DescribeFeaturesRequest {};  // 18, finalized features
struct UpdateFeaturesRequest {      // 57
  std::string feature = "metadata.version";
  std::string version;  // "4.3-IV0"; its level comes from the version table
  UpgradeType type = UpgradeType::upgrade;
};
struct UnregisterBrokerRequest {  // 64
  NodeId broker;
};
struct ElectLeadersRequest {  // 43
  ElectionType type = ElectionType::preferred;
  bool all = true;
  std::vector<std::pair<std::string, int32_t>> partitions;
};
struct CreateTopicRequest {  // 19
  std::string name;
  int32_t partitions = 1;
  int32_t replication_factor = 1;
  std::vector<std::pair<std::string, std::string>> configs;
  std::vector<NodeList> placement;  // of partition 0, 1, ...; empty: the controller's choice
};
struct AlterReassignmentsRequest {  // 45
  struct Move {
    std::string topic;
    int32_t partition = 0;
    std::optional<NodeList> target;  // nullopt cancels
  };
  std::vector<Move> moves;
};
struct ListReassignmentsRequest {};  // 46
struct DescribeLogDirsRequest {};    // 35, of the node asked
// Strimzi's agent: GET /v1/broker-state on port 8443 of the pod.
struct AgentStateRequest {};
// What the broker's metrics exporter says of its clients (Strimzi's metricsConfig and
// kafkaExporter).
struct BrokerMetricsRequest {};
// ZooKeeper's four-letter word `stat`, as Strimzi's ZooKeeper roller asks it.
struct ZookeeperStatRequest {};

using KafkaBody =
    std::variant<DescribeClusterRequest, DescribeTopicsRequest, DescribeTopicConfigsRequest,
                 DescribeBrokerConfigsRequest, IncrementalAlterConfigsRequest,
                 DescribeQuorumRequest, DescribeFeaturesRequest, UpdateFeaturesRequest,
                 UnregisterBrokerRequest, ElectLeadersRequest, CreateTopicRequest,
                 AlterReassignmentsRequest, ListReassignmentsRequest, DescribeLogDirsRequest,
                 AgentStateRequest, ZookeeperStatRequest, BrokerMetricsRequest>;

// ---- replies -------------------------------------------------------------------------------
struct DescribeClusterReply {
  std::string cluster_id;
  NodeId controller;  // in KRaft a random broker, as real ones answer
  std::vector<BrokerDescription> brokers;
};
struct DescribeTopicsReply {
  std::shared_ptr<const TopicsSnapshot> topics;
};
struct DescribeTopicConfigsReply {
  std::shared_ptr<const TopicConfigsSnapshot> configs;
};
struct DescribeBrokerConfigsReply {
  std::vector<ConfigEntry> entries;
};
struct DescribeQuorumReply {
  NodeId leader;  // invalid: none known
  int32_t leader_epoch = 0;
  int64_t high_watermark = 0;
  std::vector<QuorumVoter> voters;
  std::vector<QuorumVoter> observers;
};
struct DescribeFeaturesReply {
  std::string metadata_version;  // finalized
  int16_t metadata_level = 0;
  std::vector<FeatureRange> supported;  // of the node asked
};
struct ReassignmentDescription {
  std::string topic;
  int32_t partition = 0;
  NodeList replicas, adding, removing;
};
// Without an entry a move was accepted.
struct AlterReassignmentsReply {
  struct Refusal {
    std::string topic;
    int32_t partition = 0;
    KafkaError error = KafkaError::none;
    std::string message;
  };
  std::vector<Refusal> refused;
};
struct ListReassignmentsReply {
  std::vector<ReassignmentDescription> moves;
};
struct ReplicaSize {
  std::string topic;
  int32_t partition = 0;
  int64_t bytes = 0;
};
struct LogDirDescription {
  std::string path;
  std::vector<ReplicaSize> replicas;
};
struct DescribeLogDirsReply {
  std::vector<LogDirDescription> dirs;
};
// BrokerState of Kafka: 0 NOT_RUNNING, 1 STARTING, 2 RECOVERY, 3 RUNNING, 6 PENDING_CONTROLLED_
// SHUTDOWN, 7 SHUTTING_DOWN, 127 UNKNOWN.
struct AgentStateReply {
  int32_t broker_state = -1;
  int32_t remaining_logs = 0;
  int32_t remaining_segments = 0;
};
struct ZookeeperStatReply {
  bool leader = false;
};
// Of the last moments, not of a decaying sample of minutes.
struct BrokerMetricsReply {
  sim::Duration produce_p99;   // RequestMetrics TotalTimeMs of Produce
  sim::Duration consumer_lag;  // of groups, on what the broker leads
};
struct EmptyReply {};

using KafkaReplyBody =
    std::variant<EmptyReply, DescribeClusterReply, DescribeTopicsReply, DescribeTopicConfigsReply,
                 DescribeBrokerConfigsReply, DescribeQuorumReply, DescribeFeaturesReply,
                 ListReassignmentsReply, DescribeLogDirsReply, AgentStateReply, ZookeeperStatReply,
                 AlterReassignmentsReply, BrokerMetricsReply>;

}  // namespace twin::api
