#include "controller/upgrade/stateful_phases.h"

#include "controller/api/catalogue/versions.h"

namespace twin::controller::upgrade {

namespace {

constexpr std::string_view kProtocol = "inter.broker.protocol.version";
constexpr std::string_view kFormat = "log.message.format.version";

using Phases = std::vector<StatefulPhase>;

sim::Error refused(std::string what, std::string hint) {
  return {"KafkaUpgradeException", std::move(what), std::move(hint)};
}

std::string text_of(const std::string* value) { return value == nullptr ? "null" : *value; }

StatefulPhase phase_2(StatefulVersions set, const api::KafkaRelease& to, bool upgrade) {
  set.from.clear();
  set.to.clear();
  set.current = std::string(to.version);
  api::erase_config(set.config, kProtocol);
  StatefulPhase phase;
  phase.code = upgrade ? "KafkaUpgradePhase2" : "KafkaDowngradePhase2";
  phase.reason =
      upgrade ? "inter.broker.protocol.version is removed, it becomes " + std::string(to.protocol)
              : "old binaries: Kafka " + set.current;
  phase.binaries = set.current;
  phase.set = std::move(set);
  return phase;
}

sim::Expected<Phases> upgrade_phases(const StatefulVersions& live, const api::KafkaRelease& from,
                                     const api::KafkaRelease& to) {
  // Phase 1 is over, as far as the annotations know.
  if (live.current != from.version) return Phases{phase_2(live, to, true)};
  const std::string change =
      "Kafka version upgrade from " + std::string(from.version) + " to " + std::string(to.version);
  if (from.message_format != to.message_format &&
      api::find_config(live.config, kFormat) == nullptr) {
    return refused(change + " requires a message format change from " +
                       std::string(from.message_format) + " to " + std::string(to.message_format) +
                       ". You must explicitly set log.message.format.version: \"" +
                       std::string(from.message_format) +
                       "\" in Kafka.spec.kafka.config to perform the upgrade. Then you can "
                       "upgrade client applications. And finally you can remove "
                       "log.message.format.version from Kafka.spec.kafka.config",
                   "apply the pin first, with the old version: it takes a roll of its own");
  }
  StatefulPhase phase;
  phase.code = "KafkaUpgradePhase1";
  phase.binaries = std::string(to.version);
  phase.set = live;
  phase.set.from.clear();
  phase.set.to.clear();
  const std::string* pinned = api::find_config(live.config, kProtocol);
  const bool two = pinned == nullptr && from.protocol != to.protocol;
  phase.reason = "new binaries: Kafka " + phase.binaries;
  if (two) {
    api::set_config(phase.set.config, kProtocol, std::string(from.protocol));
    phase.set.from = std::string(from.version);
    phase.set.to = std::string(to.version);
    phase.reason += " with inter.broker.protocol.version " + std::string(from.protocol);
  } else if (pinned != nullptr) {
    phase.reason +=
        "; inter.broker.protocol.version stays " + *pinned + " because it is explicitly configured";
  }
  phase.set.current = phase.binaries;
  Phases phases{phase};
  if (two) phases.push_back(phase_2(phase.set, to, true));
  return phases;
}

sim::Expected<Phases> downgrade_phases(const StatefulVersions& live, const api::KafkaRelease& from,
                                       const api::KafkaRelease& to) {
  if (live.current != from.version) return Phases{phase_2(live, to, false)};
  const std::string* format = api::find_config(live.config, kFormat);
  if (format == nullptr || *format != to.message_format) {
    return refused("Cannot downgrade Kafka to version " + std::string(to.version) +
                       " because the current cluster is configured with "
                       "log.message.format.version=" +
                       text_of(format) +
                       ". Downgraded brokers would not be able to understand "
                       "existing messages with the message version " +
                       text_of(format),
                   "set log.message.format.version: \"" + std::string(to.message_format) + "\"");
  }
  Phases phases;
  StatefulVersions set = live;
  const std::string* protocol = api::find_config(live.config, kProtocol);
  if (protocol == nullptr || api::compare_versions(*protocol, to.protocol) > 0) {
    // A protocol that the user set stays as it is even if it is too new for the target.
    if (protocol == nullptr) api::set_config(set.config, kProtocol, std::string(to.protocol));
    set.from = std::string(from.version);
    set.to = std::string(to.version);
    StatefulPhase phase;
    phase.code = "KafkaDowngradePhase1";
    phase.reason = "inter.broker.protocol.version " + *api::find_config(set.config, kProtocol) +
                   " with Kafka " + live.current;
    phase.set = set;
    phase.binaries = live.current;
    phases.push_back(std::move(phase));
  }
  phases.push_back(phase_2(std::move(set), to, false));
  return phases;
}

}  // namespace

sim::Expected<Phases> stateful_phases(const StatefulVersions& live,
                                      const std::string& desired_version) {
  // A change that is under way is finished, whatever is asked for by now.
  const std::string from_version = live.from.empty() ? live.current : live.from;
  const std::string to_version = live.to.empty() ? desired_version : live.to;
  const api::KafkaRelease* from = api::find_release(from_version);
  const api::KafkaRelease* to = api::find_release(to_version);
  if (from == nullptr || to == nullptr) {
    return refused("Kafka " + (from == nullptr ? from_version : to_version) + " is not known",
                   "a released version, for example 2.1.0");
  }
  const auto order = api::compare_versions(from->version, to->version);
  if (order == 0) return Phases{};
  return order < 0 ? upgrade_phases(live, *from, *to) : downgrade_phases(live, *from, *to);
}

}  // namespace twin::controller::upgrade
