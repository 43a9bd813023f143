// The catalogue of trace records: every change of state in a run is one of these, with the time,
// the record that caused it and these fields. Facts are in the past tense, commands in the
// imperative. One line each: code, name, fields. Codes are part of the file format: never reuse
// one. All fields are integers; the name of a field says what it is (records.cpp maps names to
// kinds, so that text, JSON and the viewer print "broker 2" or "zone-a" from the same table).
// `*_string` are indices into the run's string table. A record may carry more integers after its
// fields (its tail: replica ids, cited calls) and a text (a reason, a sentence).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// clang-format off
#define TWIN_TRACE_RECORDS(X)                                                                     \
  /* definitions: what the numbers below mean */                                                  \
  X(1, RunStarted, seed, tie_order)                         /* text: scenario name */             \
  X(2, StringDefined, string)                               /* text: the string */                \
  X(3, NodeDefined, node, roles, pool_string, zone_string)  /* roles: 1 broker 2 controller 4 zk */\
  X(4, TopicDefined, topic, name_string, first_partition, partitions, min_isr, internal)          \
  X(5, PartitionPlaced, partition, leader, isr_mask)        /* tail: replica node ids */          \
  X(6, KubeNodeDefined, kube_node_string, zone_string)                                            \
  X(7, GroupDefined, group, name_string)                                                          \
  X(8, OperatorDefined, operator_index, profile_string)                                           \
  /* Kubernetes */                                                                                \
  X(20, ObjectWritten, kind, name_string, verb, resource_version, generation)                     \
  X(21, PodCreated, pod_string, uid, node)                                                        \
  X(22, PodScheduled, pod_string, uid, kube_node_string)                                          \
  X(23, PodUnschedulable, pod_string, uid)                  /* text: why */                       \
  X(24, PodDeletionMarked, pod_string, uid, grace_ns)                                             \
  X(25, PodRemoved, pod_string, uid)                                                              \
  X(26, PodBecameReady, pod_string, uid)                                                          \
  X(27, PodBecameUnready, pod_string, uid)                                                        \
  X(28, ContainerStarted, pod_string, uid, restarts)                                              \
  X(29, ContainerExited, pod_string, uid, exit_code)                                              \
  X(30, ContainerWaiting, pod_string, uid, reason_string)                                         \
  X(31, VolumeProvisioned, volume_string, bytes)                                                  \
  X(32, VolumeAttached, volume_string, kube_node_string)                                          \
  X(33, VolumeDetached, volume_string, kube_node_string)                                          \
  X(34, VolumeReleased, volume_string)                                                            \
  X(35, KubeNodeBecameNotReady, kube_node_string)                                                 \
  X(36, KubeNodeBecameReady, kube_node_string)                                                    \
  X(37, EvictionRefused, pod_string, uid)                                                         \
  X(38, VolumeClaimed, volume_string, claim_string)         /* by a claim, for its lifetime */     \
  /* Kafka nodes */                                                                               \
  X(50, ProcessStarted, node, incarnation, version_string)                                        \
  X(51, RegistrationRefused, node, retry_ns)                /* DUPLICATE_BROKER_REGISTRATION */   \
  X(52, BrokerRegistered, node, broker_epoch)                                                     \
  X(53, LogLoadStarted, node, clean, segments, bytes)                                             \
  X(54, LogLoadFinished, node)                                                                    \
  X(55, BrokerUnfenced, node)                                                                     \
  X(56, BrokerFenced, node, fence_reason)                                                         \
  X(57, ControlledShutdownStarted, node)                                                          \
  X(58, ControlledShutdownGranted, node)                                                          \
  X(59, ProcessExited, node, exit_how, exit_code)                                                 \
  X(60, QuorumLeaderElected, node, quorum_epoch)            /* KRaft active controller */         \
  X(61, QuorumLeaderLost, node)                                                                   \
  X(62, ZookeeperLeaderElected, node)                                                             \
  X(63, ZookeeperQuorumLost, node)                                                                \
  X(64, KafkaControllerElected, node)                       /* ZooKeeper era: a broker */         \
  X(65, MetadataVersionChanged, from_level, to_level, version_string)                             \
  X(66, ConfigChanged, node, topic, key_string, value_string)  /* dynamic; -1 where not meant */  \
  X(67, BrokerUnregistered, node)                                                                 \
  X(68, StartFailed, node)                                  /* text: why the process died */      \
  X(69, LogDirectoryFailed, node, volume_string)            /* a broker takes it offline */       \
  /* partitions */                                                                                \
  X(80, LeaderElected, partition, leader, leader_epoch, election_reason)                          \
  X(81, PartitionWentOffline, partition, leader)            /* leader: the one that was lost */   \
  X(82, ReplicaLeftIsr, partition, broker, isr_size, leave_reason)                                \
  X(83, ReplicaJoinedIsr, partition, broker, isr_size)                                            \
  X(84, CatchUpStarted, source, broker, partitions, bytes)  /* one fetcher connection */          \
  X(85, CatchUpFinished, source, broker, bytes)                                                   \
  X(86, ReplicaTruncated, partition, broker, bytes)                                               \
  X(87, AcknowledgedBytesLost, partition, bytes, leader, acks_all)                                \
  X(88, PartitionWentUnderMinIsr, partition, isr_size)                                            \
  X(89, PartitionBackAtMinIsr, partition, isr_size, under_ns)                                     \
  X(90, ReplicaLostBytes, partition, broker, bytes, loss_reason)  /* its own copy, by a fault */  \
  X(91, ReplicasChanged, partition, before, adding_mask, removing_mask, isr_mask)                 \
                                          /* tail: `before` replicas as they were, then as now */  \
  X(92, FetchReturned, source, broker, fetcher, bytes)      /* of a throttled connection */        \
  X(93, TrafficChanged, node, produced_bytes_per_s, replicated_bytes_per_s, sent_bytes_per_s)      \
                                          /* of a broker, from now on; catch-up left out */        \
  /* clients */                                                                                   \
  X(100, ProduceStalled, partition, stall_reason)                                                 \
  X(101, ProduceResumed, partition, stalled_ns)                                                   \
  X(102, RecordsRejected, partition, records, bytes)        /* delivery timeout passed */         \
  X(103, ConsumerLagPeaked, group, partition, lag_records, lag_ns)                                \
  X(104, ClientsUpgraded, workload)                         /* text: version */                   \
  /* faults and steps of the scenario */                                                          \
  X(120, FaultInjected, fault, fault_kind)                  /* text: target */                    \
  X(121, FaultHealed, fault, fault_kind)                                                          \
  X(122, StepTaken, step)                                   /* text: what the step did */         \
  /* the operator */                                                                              \
  X(140, OperatorStarted, operator_index)                                                         \
  X(141, OperatorKilled, operator_index)                                                          \
  X(142, KubeCallMade, call, operator_index, verb, kind, name_string, uid)                        \
  X(143, KafkaCallMade, call, operator_index, request, node)                                      \
  X(144, ReplyReceived, call, outcome, as_of_ns)                                                  \
  X(145, WatchEventDelivered, call, watch_event, kind, name_string, resource_version)             \
  X(146, DecisionMade, operator_index, decision_kind, node, subject_string, code_string)          \
                                                            /* text: reason; tail: cited calls */  \
  X(147, DecisionCitesMore, decision)                       /* tail: further calls it cites */    \
  /* verdicts */                                                                                  \
  X(160, PropertyViolated, property_string, node, partition) /* text: how */                      \
  X(161, ExpectationFailed, expectation)                    /* text: what was expected, what is */ \
  X(162, UnluckyRestart, node, partitions)                                                        \
  X(163, RunEnded, events)                                  /* text: why it ended */
// clang-format on

namespace twin::trace {

enum class RecordType : uint16_t {
#define TWIN_X(code, name, ...) name = code,
  TWIN_TRACE_RECORDS(TWIN_X)
#undef TWIN_X
};

// struct ReplicaJoinedIsr { int64_t partition, broker, isr_size; ... };
#define TWIN_X(code, name, ...)                                   \
  struct name {                                                   \
    static constexpr RecordType kType = RecordType::name;         \
    static constexpr std::string_view kName = #name;              \
    static constexpr std::string_view kFields = #__VA_ARGS__;     \
    int64_t __VA_ARGS__;                                          \
    static constexpr size_t count() { return sizeof(name) / 8; }  \
  };
TWIN_TRACE_RECORDS(TWIN_X)
#undef TWIN_X

template <class R>
std::span<const int64_t> fields_of(const R& record) {
  return {reinterpret_cast<const int64_t*>(&record), R::count()};
}

// ZooKeeper servers stand in `node` fields as this plus their ordinal, so that they never look like
// brokers.
constexpr int64_t kZookeeperNode = 1'000'000;

enum class LeaveReason : uint8_t { controlled_shutdown, fenced, lagging, removed, disk_failed,
                                   unclean_restart, lost_log };
enum class ElectionReason : uint8_t { initial, controlled_shutdown, fenced, came_back, preferred,
                                      unclean, reassigned, disk_failed };
enum class FenceReason : uint8_t { session_expired, controlled_shutdown, registered_anew };
enum class LossReason : uint8_t { unflushed_tail, lost_disk };
enum class ExitHow : uint8_t { clean, failed, killed, power_off, out_of_memory };
enum class StallReason : uint8_t { no_leader, under_min_isr, unreachable, buffer_full,
                                   awaits_follower };

// What a field of that name holds: how to print it.
enum class FieldKind : uint8_t { number, string, node, partition, topic, duration, time, bytes,
                                 flag, enumeration };
struct FieldInfo {
  std::string_view name;
  FieldKind kind = FieldKind::number;
  std::string_view (*enum_name)(int64_t) = nullptr;  // enumeration only
};
struct RecordInfo {
  RecordType type;
  std::string_view name;
  std::vector<FieldInfo> fields;
};
// nullptr for a type that this build does not know (a newer file).
const RecordInfo* record_info(uint16_t type);
const std::vector<RecordInfo>& all_records();

}  // namespace twin::trace
