// The seam between Kafka's control plane (registration, fencing, leaders, ISR: what the metadata
// says) and its data plane (logs, fetchers, high watermarks: where the bytes are). Each side calls
// the other only through these.
#pragma once

#include "model/kafka/partitions.h"
#include "model/trace/records.h"
#include "sim/time.h"

namespace twin::model {

enum class StopHow : uint8_t { clean, killed, power_off };

struct LogLoad {
  bool clean = true;
  int64_t logs = 0;
  int64_t segments = 0;
  int64_t bytes_to_recover = 0;
  sim::Duration duration;
};

// Settings of a broker that its logs and fetchers go by.
struct BrokerSettings {
  sim::Duration replica_lag_time_max{30'000'000'000};  // replica.lag.time.max.ms
  int64_t replica_fetchers = 1;                        // num.replica.fetchers, per source
  sim::Duration fetch_wait{500'000'000};               // replica.fetch.wait.max.ms
  sim::Duration fetch_backoff{1'000'000'000};          // replica.fetch.backoff.ms
  int64_t fetch_bytes = 1 << 20;                       // replica.fetch.max.bytes, of one partition
  int64_t response_bytes = 10 << 20;                   // replica.fetch.response.max.bytes
  // leader. and follower.replication.throttled.rate, bytes per second; kUnlimited without.
  static constexpr int64_t kUnlimited = INT64_MAX;
  int64_t leader_throttle = kUnlimited;
  int64_t follower_throttle = kUnlimited;
};

// Implemented by the data plane, called by the control plane.
class DataPlane {
 public:
  virtual ~DataPlane() = default;
  // What starting this broker's logs will take, from the state of its volumes now.
  virtual LogLoad log_load(api::NodeId broker) = 0;
  // The broker's logs are loaded and its fetchers run (it may still be fenced).
  virtual void replicas_online(api::NodeId broker) = 0;
  // The process stopped serving and fetching. clean: after controlled shutdown, everything flushed.
  virtual void replicas_offline(api::NodeId broker, StopHow how) = 0;
  // The row is about to become `next`, and then has: `before` is the row as it was.
  virtual void partition_changing(PartitionIndex partition, const Partition& next) = 0;
  virtual void partition_changed(PartitionIndex partition, const Partition& before) = 0;
  virtual void partitions_added(PartitionIndex first, uint32_t count) = 0;
  // Where the broker's process runs from now on.
  virtual void placed(api::NodeId broker, const std::string& kube_node,
                      const std::string& zone) = 0;
  virtual void configured(api::NodeId broker, const BrokerSettings& settings) = 0;
  // The broker is active again: its replicas may join the ISRs.
  virtual void unfenced(api::NodeId broker) = 0;
  // The topic's lists of throttled replicas are others now.
  virtual void throttles_changed(TopicIndex topic) = 0;
  // The volumes of a broker that it started with; a name not seen before is an empty disk. True:
  // one is empty that was not, and the clean-shutdown file that was on it is gone.
  virtual bool volumes_mounted(api::NodeId broker, const std::vector<std::string>& volumes) = 0;
  // Has the follower all that the leader has, but for what is on its way?
  virtual bool in_step(PartitionIndex partition, int slot) const = 0;
  // Has it all up to the high watermark? Then its leader asks for it to be in the ISR.
  virtual bool at_watermark(PartitionIndex partition, int slot) const = 0;
  // Its leader asks for it to be in the ISR, and goes by that from now on.
  virtual void join_proposed(PartitionIndex partition, int slot) = 0;
  // Does the broker's log of the partition lie in a directory that is offline?
  virtual bool directory_offline(PartitionIndex partition, api::NodeId broker) const = 0;
  struct Directories {
    bool any_offline = false;
    bool first_offline = false;  // KRaft: the one with the metadata log
    bool all_offline = false;
  };
  virtual Directories directories(api::NodeId broker) const = 0;
  // Which of its broker's directories the replica's log lies in.
  virtual size_t directory(PartitionIndex partition, int slot) const = 0;
  // What clients of the partitions that it leads felt in the last moments.
  struct Felt {
    sim::Duration produce_p99{}, consumer_lag{};
  };
  virtual Felt felt(api::NodeId broker) = 0;
  // Brokers can be reached, or cannot any more.
  virtual void reachability_changed() {}
  // Does the broker, as an elected leader or follower, hold data that others lack? Used by nothing
  // but reports.
  virtual int64_t log_end_offset_bytes(PartitionIndex partition, int slot) const = 0;
};

// Implemented by the control plane, called by the data plane (which acts for the leaders).
class IsrControl {
 public:
  virtual ~IsrControl() = default;
  // AlterPartition: takes effect after the control plane's own latency, if still valid then;
  // several at one instant travel together. Requests for a replica that is fenced or shutting down
  // are refused by the controller, as KIP-903 has it.
  virtual void propose_isr_join(PartitionIndex partition, int slot) = 0;
  virtual void propose_isr_leave(PartitionIndex partition, int slot) = 0;
  // A directory of the broker went offline.
  virtual void directory_failed(api::NodeId) {}
  // Is the broker's process up, loaded and fetching / serving?
  virtual bool serving(api::NodeId broker) const = 0;
  // May it join an ISR: neither fenced nor shutting down (Partition.isReplicaIsrEligible)?
  virtual bool eligible(api::NodeId broker) const = 0;
};

// Told of everything that clients can notice. Implemented by the clients.
class PartitionObserver {
 public:
  virtual ~PartitionObserver() = default;
  // After leader, ISR size against min ISR, or reachability changed.
  virtual void availability_changed(PartitionIndex partition) = 0;
};

}  // namespace twin::model
