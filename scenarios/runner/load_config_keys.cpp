// Which keys of Kafka's configuration the twin plays. A key that is not played and on which
// replication, elections, start-up or durability rest makes the verdict unknown, unless its value
// is Kafka's default, which is what the laws of the model assume. All other keys change nothing
// that a run decides or measures, beyond the roll or dynamic update that a change of them takes.
#include <algorithm>
#include <charconv>
#include <span>

#include "controller/api/catalogue/config_keys.h"
#include "controller/config/kafka_config.h"
#include "scenarios/runner/load_fields.h"

namespace twin::scenario {

namespace {

constexpr std::string_view kPlayed[] = {
    "auto.leader.rebalance.enable",
    "broker.heartbeat.interval.ms",
    "broker.rack",
    "broker.session.timeout.ms",
    "controller.quorum.election.backoff.max.ms",
    "controller.quorum.election.timeout.ms",
    "controller.quorum.fetch.timeout.ms",
    "default.replication.factor",
    "inter.broker.protocol.version",
    "leader.imbalance.check.interval.seconds",
    "log.message.format.version",
    "log.segment.bytes",
    "min.insync.replicas",
    "num.partitions",
    "num.replica.fetchers",
    "offsets.topic.num.partitions",
    "offsets.topic.replication.factor",
    "replica.lag.time.max.ms",
    "unclean.leader.election.enable",
    "zookeeper.session.timeout.ms",
};

// Prefixes of what replication and durability rest on.
constexpr std::string_view kUnsafe[] = {
    "controlled.shutdown.",
    "controller.quorum.",
    "controller.socket.timeout.ms",
    "cordoned.log.dirs",
    "eligible.leader.replicas.enable",
    "fetch.max.bytes",
    "follower.replication.throttled.",
    "initial.broker.registration.timeout.ms",
    "leader.imbalance.",
    "leader.replication.throttled.",
    "log.cleaner.",
    "log.cleanup.policy",
    "log.dir.failure.timeout.ms",
    "log.flush.",
    "log.initial.task.delay.ms",
    "log.roll.",
    "log.segment.bytes",
    "max.connections",
    "message.max.bytes",
    "metadata.log.",
    "metadata.max.",
    "num.recovery.threads.per.data.dir",
    "num.replica.",
    "remote.log.",
    "replica.",
    "replication.quota.",
    "request.timeout.ms",
    "unstable.",
    "zookeeper.",
};

// Below a prefix above and harmless all the same.
constexpr std::string_view kHarmless[] = {"log.cleaner.", "replica.selector.class"};

constexpr std::string_view kTopicPlayed[] = {"min.insync.replicas", "segment.bytes",
                                             "unclean.leader.election.enable"};
constexpr std::string_view kTopicUnsafe[] = {"flush.",
                                             "follower.replication.throttled.",
                                             "leader.replication.throttled.",
                                             "max.message.bytes",
                                             "remote.",
                                             "segment.ms"};

bool is_one_of(std::span<const std::string_view> list, std::string_view key) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

bool begins_with_one(std::span<const std::string_view> list, std::string_view key) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

// A larger limit than Kafka's own.
bool is_above(const std::string& value, const api::ConfigKey& key) {
  int64_t number = 0, usual = 0;
  const char* end = value.data() + value.size();
  const char* usual_end = key.default_value.data() + key.default_value.size();
  if (std::from_chars(value.data(), end, number).ptr != end) return false;
  if (std::from_chars(key.default_value.data(), usual_end, usual).ptr != usual_end) return false;
  return number > usual;
}

}  // namespace

KeyVerdict classify_key(std::string_view kafka_version, std::string_view key,
                        const std::string& value) {
  if (is_one_of(kPlayed, key)) return {};
  // The operator ignores it and says so (0.47 more of them than the newest: those are harmless).
  if (controller::config::is_forbidden(key, {})) return {};
  const api::ConfigKey* known = api::find_key(kafka_version, key);
  if (begins_with_one(kUnsafe, key) && !begins_with_one(kHarmless, key)) {
    if (known != nullptr && known->default_value == value) {
      return {KeyEffect::without_effect, "is Kafka's default, which the model assumes"};
    }
    if (key == "message.max.bytes" && known != nullptr && is_above(value, *known)) {
      return {KeyEffect::without_effect,
              "is above Kafka's default: nothing that is played is refused"};
    }
    return {KeyEffect::unsafe, "touches replication or durability and is not modelled"};
  }
  if (known == nullptr) {
    return {KeyEffect::without_effect,
            "is no key of that Kafka version: passed on to plug-ins, which are not played"};
  }
  if (key.starts_with("transaction.")) {
    return {KeyEffect::without_effect, "no client of the workload uses transactions"};
  }
  if (key.starts_with("queued.max.")) {
    return {KeyEffect::without_effect,
            "brokers are never short of threads here: no request waits in their queue; a change of "
            "it is rolled as ever"};
  }
  if (key.starts_with("log.retention.")) {
    return {KeyEffect::without_effect, "nothing is old or large enough to be deleted in a run"};
  }
  return {KeyEffect::without_effect,
          "changes nothing that a run measures; a change of it is rolled or updated as ever"};
}

KeyVerdict classify_topic_key(std::string_view key, const std::string&) {
  if (is_one_of(kTopicPlayed, key)) return {};
  if (begins_with_one(kTopicUnsafe, key)) {
    return {KeyEffect::unsafe, "touches replication or durability and is not modelled"};
  }
  return {KeyEffect::without_effect, "changes nothing that a run measures"};
}

}  // namespace twin::scenario
