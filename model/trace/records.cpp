#include "model/trace/records.h"

#include <array>
#include <utility>

#include "controller/api/object.h"

namespace twin::trace {

namespace {

// Names of an enumeration by value; a value that this build does not know is "?".
template <size_t N>
std::string_view pick(const std::array<std::string_view, N>& names, int64_t value) {
  if (value < 0 || value >= static_cast<int64_t>(N)) return "?";
  return names[static_cast<size_t>(value)];
}

std::string_view leave_reason(int64_t v) {
  static constexpr std::array<std::string_view, 7> kNames{
      "controlled_shutdown", "fenced",          "lagging", "removed",
      "disk_failed",         "unclean_restart", "lost_log"};
  return pick(kNames, v);
}
std::string_view election_reason(int64_t v) {
  static constexpr std::array<std::string_view, 8> kNames{
      "initial", "controlled_shutdown", "fenced",     "came_back", "preferred",
      "unclean", "reassigned",          "disk_failed"};
  return pick(kNames, v);
}
std::string_view fence_reason(int64_t v) {
  static constexpr std::array<std::string_view, 3> kNames{"session_expired", "controlled_shutdown",
                                                          "registered_anew"};
  return pick(kNames, v);
}
std::string_view exit_how(int64_t v) {
  static constexpr std::array<std::string_view, 5> kNames{"clean", "failed", "killed", "power_off",
                                                          "out_of_memory"};
  return pick(kNames, v);
}
std::string_view stall_reason(int64_t v) {
  static constexpr std::array<std::string_view, 5> kNames{
      "no_leader", "under_min_isr", "unreachable", "buffer_full", "awaits_follower"};
  return pick(kNames, v);
}
std::string_view loss_reason(int64_t v) {
  static constexpr std::array<std::string_view, 2> kNames{"unflushed_tail", "lost_disk"};
  return pick(kNames, v);
}
std::string_view tie_order(int64_t v) {
  static constexpr std::array<std::string_view, 3> kNames{"fifo", "lifo", "shuffled"};
  return pick(kNames, v);
}
std::string_view object_kind(int64_t v) {
  if (v < 0 || v >= static_cast<int64_t>(api::kKindCount)) return "?";
  return api::kind_name(static_cast<api::Kind>(v));
}

// The next five repeat names of controller/ports.h and model/faults/fault.h, which a trace does not
// see; tests/faults/names_test.cpp holds them equal.
std::string_view verb(int64_t v) {
  static constexpr std::array<std::string_view, 9> kNames{
      "get", "list", "watch", "create", "update", "update_status", "apply", "remove", "evict"};
  return pick(kNames, v);
}
std::string_view outcome(int64_t v) {
  static constexpr std::array<std::string_view, 12> kNames{
      "ok",        "not_found",         "conflict",     "already_exists", "gone",    "invalid",
      "forbidden", "too_many_requests", "server_error", "refused",        "unknown", "unresolved"};
  return pick(kNames, v);
}
std::string_view decision_kind(int64_t v) {
  static constexpr std::array<std::string_view, 13> kNames{
      "note",   "reconcile", "order",         "restart", "wait",   "skip", "reconfigure",
      "refuse", "give_up",   "upgrade_phase", "create",  "remove", "scale"};
  return pick(kNames, v);
}
std::string_view fault_kind(int64_t v) {
  static constexpr std::array<std::string_view, 30> kNames{
      "broker-crash",    "broker-hang",    "power-off",           "node-loss",
      "zone-loss",       "slow-disk",      "lost-disk",           "volume-stuck",
      "network-cut",     "operator-crash", "api-error",           "stale-cache",
      "watch-expiry",    "slow-start",     "slow-metadata",       "pod-delete",
      "start-fails",     "image-broken",   "throttle-follower",   "unschedulable",
      "operator-no-dns", "node-drain",     "volume-unattachable", "admission-refusal",
      "missed-event",    "clock-jump",     "slow-network",        "failed-disk",
      "full-disk",       "operator-hang"};
  return pick(kNames, v);
}
std::string_view watch_event(int64_t v) {
  static constexpr std::array<std::string_view, 5> kNames{"added", "modified", "deleted",
                                                          "bookmark", "error"};
  return pick(kNames, v);
}
// The alternatives of api::KafkaBody, in order.
std::string_view kafka_request(int64_t v) {
  static constexpr std::array<std::string_view, 17> kNames{"DescribeCluster",
                                                           "DescribeTopics",
                                                           "DescribeTopicConfigs",
                                                           "DescribeBrokerConfigs",
                                                           "IncrementalAlterConfigs",
                                                           "DescribeQuorum",
                                                           "DescribeFeatures",
                                                           "UpdateFeatures",
                                                           "UnregisterBroker",
                                                           "ElectLeaders",
                                                           "CreateTopic",
                                                           "AlterReassignments",
                                                           "ListReassignments",
                                                           "DescribeLogDirs",
                                                           "AgentState",
                                                           "ZookeeperStat",
                                                           "BrokerMetrics"};
  return pick(kNames, v);
}

struct Named {
  std::string_view field;
  FieldKind kind;
  std::string_view (*enum_name)(int64_t) = nullptr;
};

// Fields that are not plain numbers and whose kind no suffix tells.
constexpr std::array kNamed{
    Named{"node", FieldKind::node},
    Named{"broker", FieldKind::node},
    Named{"leader", FieldKind::node},
    Named{"source", FieldKind::node},
    Named{"partition", FieldKind::partition},
    Named{"first_partition", FieldKind::partition},
    Named{"topic", FieldKind::topic},
    Named{"bytes", FieldKind::bytes},
    Named{"internal", FieldKind::flag},
    Named{"clean", FieldKind::flag},
    Named{"acks_all", FieldKind::flag},
    Named{"kind", FieldKind::enumeration, object_kind},
    Named{"verb", FieldKind::enumeration, verb},
    Named{"outcome", FieldKind::enumeration, outcome},
    Named{"decision_kind", FieldKind::enumeration, decision_kind},
    Named{"fault_kind", FieldKind::enumeration, fault_kind},
    Named{"watch_event", FieldKind::enumeration, watch_event},
    Named{"request", FieldKind::enumeration, kafka_request},
    Named{"leave_reason", FieldKind::enumeration, leave_reason},
    Named{"election_reason", FieldKind::enumeration, election_reason},
    Named{"fence_reason", FieldKind::enumeration, fence_reason},
    Named{"exit_how", FieldKind::enumeration, exit_how},
    Named{"stall_reason", FieldKind::enumeration, stall_reason},
    Named{"loss_reason", FieldKind::enumeration, loss_reason},
    Named{"tie_order", FieldKind::enumeration, tie_order},
};

FieldInfo describe_field(std::string_view name) {
  for (const Named& named : kNamed) {
    if (named.field == name) return {name, named.kind, named.enum_name};
  }
  if (name.ends_with("_string")) return {name, FieldKind::string};
  if (name == "as_of_ns") return {name, FieldKind::time};
  if (name.ends_with("_ns")) return {name, FieldKind::duration};
  return {name, FieldKind::number};
}

// "broker, isr_size" as the preprocessor spelled it.
std::vector<FieldInfo> describe_fields(std::string_view list) {
  std::vector<FieldInfo> fields;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    fields.push_back(describe_field(name));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return fields;
}

template <class R>
RecordInfo describe() {
  return {R::kType, R::kName, describe_fields(R::kFields)};
}

}  // namespace

const std::vector<RecordInfo>& all_records() {
  static const std::vector<RecordInfo> kAll{
#define TWIN_X(code, name, ...) describe<name>(),
      TWIN_TRACE_RECORDS(TWIN_X)
#undef TWIN_X
  };
  return kAll;
}

const RecordInfo* record_info(uint16_t type) {
  for (const RecordInfo& info : all_records()) {
    if (static_cast<uint16_t>(info.type) == type) return &info;
  }
  return nullptr;
}

}  // namespace twin::trace
