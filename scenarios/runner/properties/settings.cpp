// versions: no live process meets a peer, or a metadata level, that it does not understand.
// trust: no two live processes of which one does not trust the certificate of the other.
// throttles: a replication throttle that an operator set is gone when the run ends.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "model/trace/decode.h"
#include "scenarios/runner/properties/property.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

class Versions final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    switch (trace::type_of(record)) {
      case RecordType::ProcessStarted:
      case RecordType::BrokerRegistered:
      case RecordType::MetadataVersionChanged:
        return check();
      default:
        return;
    }
  }

 private:
  void check() {
    for (const model::VersionState& state : world_.kafka.version_state()) {
      if (!state.live || state.understands_peers) continue;
      const std::string what = std::to_string(state.node.value) + " " + state.binary;
      if (!reported_.insert(what).second) continue;
      verdicts_.violate("versions", state.node.value, -1,
                        "node " + std::to_string(state.node.value) + " runs Kafka " + state.binary +
                            what_it_meets(state));
    }
  }
  // A peer that speaks another protocol, or, in KRaft, the metadata.version.
  std::string what_it_meets(const model::VersionState& state) const {
    for (const model::VersionState& peer : world_.kafka.version_state()) {
      if (!peer.live || peer.protocol == state.protocol) continue;
      return " and does not understand broker " + std::to_string(peer.node.value) +
             ", which speaks inter.broker.protocol.version " + peer.protocol;
    }
    return " and does not understand the finalized metadata.version";
  }
  std::set<std::string> reported_;
};

// Who shows what, and trusts whom, changes only when a process starts.
class Trust final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != RecordType::ProcessStarted) return;
    for (const auto& [a, b] : world_.kafka.strangers()) {
      if (!reported_.insert({a.value, b.value}).second) continue;
      verdicts_.violate("trust", b.value, -1,
                        "nodes " + std::to_string(a.value) + " and " + std::to_string(b.value) +
                            " run and do not trust each other's certificates");
    }
  }

 private:
  std::set<std::pair<int32_t, int32_t>> reported_;
};

constexpr std::array<std::string_view, 5> kThrottles{
    "leader.replication.throttled.rate", "follower.replication.throttled.rate",
    "leader.replication.throttled.replicas", "follower.replication.throttled.replicas",
    "replica.alter.log.dirs.io.max.bytes.per.second"};

class Throttles final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != RecordType::ConfigChanged) return;
    const auto changed = decode<trace::ConfigChanged>(record);
    const trace::Names& names = recorder_.names();
    const std::string key(names.string(changed.key_string));
    if (std::find(kThrottles.begin(), kThrottles.end(), key) == kThrottles.end()) return;
    const Where where{changed.node, changed.topic, key};
    const std::string value(names.string(changed.value_string));
    // A user's own throttle is the user's to remove.
    if (value.empty()) {
      open_.erase(where);
    } else if (recorder_.call_behind(record) != nullptr) {
      open_[where] = value;
    }
  }

  void at_end() override {
    for (const auto& [where, value] : open_) {
      const auto& [node, topic, key] = where;
      const std::string on = topic >= 0  ? "topic " + recorder_.names().topic(topic)
                             : node >= 0 ? recorder_.names().node(node)
                                         : std::string("the whole cluster");
      verdicts_.violate("throttles", node, -1, key + " = " + value + " was left behind on " + on);
    }
  }

 private:
  using Where = std::tuple<int64_t, int64_t, std::string>;  // node, topic, key
  std::map<Where, std::string> open_;
};

}  // namespace

PropertyPtr make_versions(const PropertyContext& c) { return std::make_unique<Versions>(c); }
PropertyPtr make_trust(const PropertyContext& c) { return std::make_unique<Trust>(c); }
PropertyPtr make_throttles(const PropertyContext& c) { return std::make_unique<Throttles>(c); }

}  // namespace twin::scenario
