// What ZooKeeperVersionChangeCreator of Strimzi 0.22 to 0.45 decides: the protocol and message
// format to run with, from what the pods say. Below 3.0 the message format follows in a third roll;
// from 3.0 on Kafka ignores it and it goes along with the protocol.
#include "controller/upgrade/version_change.h"

#include "controller/api/catalogue/versions.h"

namespace twin::controller::upgrade {

namespace {

sim::Error refused(std::string what, std::string hint) {
  return {"KafkaUpgradeException", std::move(what), std::move(hint)};
}

bool newer(std::string_view a, std::string_view b) { return api::compare_versions(a, b) > 0; }

std::string lower_of(const std::string& wanted, std::string_view limit) {
  if (wanted.empty() || newer(wanted, limit)) return std::string(limit);
  return wanted;
}

struct Observed {
  std::string lowest, highest;        // binaries
  std::string protocol, message_format;  // the highest in use
};

Observed observe(const ZookeeperChangeInput& input) {
  Observed seen;
  for (const auto& pod : input.pods) {
    if (seen.lowest.empty() || newer(seen.lowest, pod.kafka)) seen.lowest = pod.kafka;
    if (seen.highest.empty() || newer(pod.kafka, seen.highest)) seen.highest = pod.kafka;
    if (newer(pod.protocol, seen.protocol)) seen.protocol = pod.protocol;
    if (newer(pod.message_format, seen.message_format)) seen.message_format = pod.message_format;
  }
  return seen;
}

void same_binaries(const ZookeeperChangeInput& input, const api::KafkaRelease& to,
                   const Observed& seen, VersionChange& change) {
  change.protocol =
      input.user_protocol.empty() ? std::string(to.protocol) : lower_of(input.user_protocol,
                                                                        to.protocol);
  change.message_format = input.user_message_format.empty()
                              ? change.protocol
                              : lower_of(input.user_message_format, to.message_format);
  const bool protocol_moves = !seen.protocol.empty() && newer(change.protocol, seen.protocol);
  if (protocol_moves && api::compare_versions(change.protocol, "3.0") < 0 &&
      !seen.message_format.empty()) {
    change.message_format = lower_of(change.message_format, seen.message_format);
  }
  change.explanation = "all brokers run Kafka " + change.to + "; inter.broker.protocol.version " +
                       change.protocol + ", log.message.format.version " + change.message_format;
}

}  // namespace

sim::Expected<VersionChange> zookeeper_version_change(const ZookeeperChangeInput& input) {
  const api::KafkaRelease* to = api::find_release(input.desired_version);
  if (to == nullptr || to->protocol.empty()) {
    return refused("Kafka " + input.desired_version + " cannot run with ZooKeeper",
                   "a version from 2.0.0 to 3.9.2");
  }
  VersionChange change;
  change.to = input.desired_version;
  const Observed seen = observe(input);
  if (input.pods.empty()) {
    change.from = change.to;
  } else {
    change.from = newer(seen.highest, change.to) ? seen.highest : seen.lowest;
  }
  if (!change.upgrade() && !change.downgrade()) {
    same_binaries(input, *to, seen, change);
    return change;
  }
  const api::KafkaRelease* from = api::find_release(change.from);
  if (from == nullptr) return refused("Kafka " + change.from + " is not known", "");
  const api::KafkaRelease& limit = change.upgrade() ? *from : *to;
  const bool unknown = change.downgrade() && (seen.protocol.empty() || seen.message_format.empty());
  if (unknown || newer(seen.protocol, limit.protocol) ||
      newer(seen.message_format, limit.message_format)) {
    return refused(
        "log.message.format.version (" + seen.message_format +
            ") and inter.broker.protocol.version (" + seen.protocol +
            ") used by the brokers have to be set and be lower or equal to those of Kafka " +
            std::string(limit.version),
        "set both to " + std::string(limit.protocol) + " in spec.kafka.config first");
  }
  change.protocol = lower_of(input.user_protocol, limit.protocol);
  change.message_format = lower_of(input.user_message_format, limit.message_format);
  change.explanation = std::string(change.upgrade() ? "upgrade" : "downgrade") + " from Kafka " +
                       change.from + " to " + change.to + " with inter.broker.protocol.version " +
                       change.protocol + " and log.message.format.version " +
                       change.message_format + " kept";
  return change;
}

}  // namespace twin::controller::upgrade
