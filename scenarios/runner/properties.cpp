#include "scenarios/runner/properties.h"

#include <algorithm>

#include "model/faults/fault.h"
#include "model/trace/decode.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

// How old a reply may be that a restart rests on.
constexpr sim::Duration kFresh{10'000'000'000};

std::string count(int64_t n, const char* one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

}  // namespace

Properties::Properties(model::World& world, Recorder& recorder)
    : world_(world), recorder_(recorder) {
  recorder_.observe(*this);
}

void Properties::violate(const std::string& property, int64_t node, int64_t partition,
                         std::string how) {
  world_.kernel.emit(
      trace::PropertyViolated{world_.kernel.string(property), node, partition}, how);
  violations_.push_back({property, world_.kernel.now(), std::move(how)});
}

void Properties::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::ProcessStarted: {
      const int64_t node = decode<trace::ProcessStarted>(record).node;
      transitions_.push_back({record.at, node, true});
      check_versions();
      return;
    }
    case RecordType::ProcessExited:
      transitions_.push_back({record.at, decode<trace::ProcessExited>(record).node, false});
      return;
    case RecordType::BrokerRegistered:
    case RecordType::MetadataVersionChanged:
      check_versions();
      return;
    case RecordType::VolumeAttached:
    case RecordType::VolumeDetached:
      check_volumes(record);
      return;
    case RecordType::KubeCallMade:
      check_claim_removal(record);
      return;
    case RecordType::FaultInjected: {
      const auto kind =
          static_cast<model::FaultKind>(decode<trace::FaultInjected>(record).fault_kind);
      using model::FaultKind;
      power_or_disk_lost_ |= kind == FaultKind::power_off || kind == FaultKind::lost_disk ||
                             kind == FaultKind::node_loss || kind == FaultKind::zone_loss;
      return;
    }
    case RecordType::AcknowledgedBytesLost: {
      const auto lost = decode<trace::AcknowledgedBytesLost>(record);
      if (loss_is_explained(lost.partition)) return;
      violate("acknowledged", lost.leader, lost.partition,
              std::to_string(lost.bytes) + " acknowledged bytes of " +
                  recorder_.names().partition(lost.partition) +
                  " are gone, although no disk and no unflushed tail was lost and its leader was "
                  "elected cleanly");
      return;
    }
    default:
      return;
  }
}

bool Properties::loss_is_explained(int64_t partition) const {
  if (power_or_disk_lost_) return true;
  const model::PartitionTable& table = world_.kafka.table();
  const auto index = static_cast<size_t>(partition);
  return index < table.partitions.size() &&
         table.topics[table.partitions[index].topic].unclean_election;
}

Properties::Basis Properties::basis_of(const RecordedRestart& restart) const {
  Basis basis;
  for (const controller::CallId cite : restart.cites) {
    const RecordedReply* reply = recorder_.reply(cite);
    if (reply == nullptr) {
      basis.problem = "it cites call " + std::to_string(cite.value) + ", which was never answered";
      continue;
    }
    if (reply->outcome == controller::Outcome::unknown) {
      basis.problem = "it cites call " + std::to_string(cite.value) + ", whose outcome is unknown";
    }
    if (restart.deleted - reply->as_of <= kFresh) basis.times.push_back(reply->as_of);
  }
  std::sort(basis.times.begin(), basis.times.end());
  // Nothing fresh was read: the operator acted on what it believed when it decided.
  if (basis.times.empty()) basis.times.push_back(restart.decided);
  return basis;
}

void Properties::on_restart(const RecordedRestart& restart) {
  if (restart.node < 0) return;
  const Basis basis = basis_of(restart);
  if (!basis.problem.empty()) {
    violate("min-isr", restart.node, -1,
            "restart of " + restart.pod + " rests on nothing: " + basis.problem);
    return;
  }
  check_min_isr(restart, basis);
  check_quorum(restart, basis);
}

void Properties::check_min_isr(const RecordedRestart& restart, const Basis& basis) {
  const api::NodeId node{static_cast<int32_t>(restart.node)};
  for (const sim::Time time : basis.times) {
    const int64_t blocked = world_.ledger.blocking_at(node, time);
    if (blocked == 0) continue;
    violate("min-isr", restart.node, -1,
            restart.pod + " was restarted although " + count(blocked, "partition") +
                " would fall below min.insync.replicas, and that was so at " +
                sim::format_clock(time) + ", when what it rests on was read");
    return;
  }
  const int64_t blocked = world_.ledger.blocking_at(node, restart.deleted);
  if (blocked == 0) return;
  ++unlucky_;
  world_.kernel.emit(trace::UnluckyRestart{restart.node, blocked},
                     count(blocked, "partition") +
                         " lost the slack between the operator's last look and the restart");
}

bool Properties::majority_without(int64_t node, sim::Time at) const {
  const std::vector<api::NodeId> voters = world_.kafka.quorum_voters();
  std::map<int64_t, bool> up;
  for (const Transition& t : transitions_) {
    if (t.at > at) break;
    up[t.node] = t.up;
  }
  int64_t running = 0;
  bool is_voter = false;
  for (const api::NodeId voter : voters) {
    is_voter |= voter.value == node;
    running += voter.value != node && up[voter.value] ? 1 : 0;
  }
  return !is_voter || running > static_cast<int64_t>(voters.size()) / 2 ||
         voters.size() == 1;
}

void Properties::check_quorum(const RecordedRestart& restart, const Basis& basis) {
  for (const sim::Time time : basis.times) {
    if (majority_without(restart.node, time)) continue;
    violate("quorum", restart.node, -1,
            restart.pod + " was restarted although the metadata quorum had no majority without it "
                          "at " + sim::format_clock(time));
    return;
  }
}

void Properties::check_versions() {
  for (const model::VersionState& state : world_.kafka.version_state()) {
    if (!state.live || state.understands_peers) continue;
    const std::string what = std::to_string(state.node.value) + " " + state.binary;
    if (!misunderstood_.insert(what).second) continue;
    violate("versions", state.node.value, -1,
            "node " + std::to_string(state.node.value) + " runs Kafka " + state.binary +
                " beside a peer or a metadata level that it does not understand" +
                (state.protocol.empty() ? "" : "; it speaks protocol " + state.protocol));
  }
}

void Properties::check_volumes(const sim::Record& record) {
  if (trace::type_of(record) == RecordType::VolumeDetached) {
    attached_to_.erase(decode<trace::VolumeDetached>(record).volume_string);
    return;
  }
  const auto attached = decode<trace::VolumeAttached>(record);
  const auto [at, fresh] =
      attached_to_.emplace(attached.volume_string, attached.kube_node_string);
  if (fresh || at->second == attached.kube_node_string) return;
  violate("one-node", -1, -1,
          "volume " + std::string(recorder_.names().string(attached.volume_string)) +
              " is attached to " +
              std::string(recorder_.names().string(attached.kube_node_string)) +
              " while it is attached to " + std::string(recorder_.names().string(at->second)));
  at->second = attached.kube_node_string;
}

void Properties::check_claim_removal(const sim::Record& record) {
  const auto call = decode<trace::KubeCallMade>(record);
  if (call.verb != static_cast<int64_t>(controller::Verb::remove) ||
      call.kind != static_cast<int64_t>(api::Kind::persistent_volume_claim)) {
    return;
  }
  const std::string name(recorder_.names().string(call.name_string));
  for (const RecordedDecision& decision : recorder_.decisions()) {
    // The user asked for it by annotation, or the manifest says deleteClaim.
    if (decision.kind == controller::DecisionKind::remove && decision.subject == name) return;
  }
  violate("claims", -1, -1, "the operator deletes claim " + name + " and gave no reason");
}

}  // namespace twin::scenario
