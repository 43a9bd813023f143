#include "scenarios/runner/timeline.h"

#include <algorithm>

#include "controller/ports.h"
#include "model/trace/decode.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;
using Tone = TimelineLine::Tone;
using Role = TimelineLine::Role;

namespace {

std::string count_of(int64_t n, std::string_view singular) {
  std::string text = std::to_string(n) + " ";
  if (n == 1) return text += singular;
  if (singular.ends_with("y"))
    return text += std::string(singular.substr(0, singular.size() - 1)) + "ies";
  return text += std::string(singular) + "s";
}

std::string why_left(int64_t reason) {
  switch (static_cast<trace::LeaveReason>(reason)) {
    case trace::LeaveReason::controlled_shutdown:
      return "it is shutting down";
    case trace::LeaveReason::fenced:
      return "it was fenced";
    case trace::LeaveReason::lagging:
      return "it fell behind";
    case trace::LeaveReason::removed:
      return "it is no longer a replica";
    case trace::LeaveReason::disk_failed:
      return "its log directory failed";
    case trace::LeaveReason::unclean_restart:
      return "it came back without a clean shutdown";
    case trace::LeaveReason::lost_log:
      return "its log is gone";
  }
  return "unknown";
}

std::string why_elected(int64_t reason) {
  switch (static_cast<trace::ElectionReason>(reason)) {
    case trace::ElectionReason::initial:
      return "first leaders";
    case trace::ElectionReason::controlled_shutdown:
      return "the leader is shutting down";
    case trace::ElectionReason::fenced:
      return "the leader was fenced";
    case trace::ElectionReason::came_back:
      return "a replica in the ISR came back";
    case trace::ElectionReason::preferred:
      return "preferred leader election";
    case trace::ElectionReason::unclean:
      return "unclean election";
    case trace::ElectionReason::reassigned:
      return "reassigned";
    case trace::ElectionReason::disk_failed:
      return "the leader's log directory failed";
  }
  return "unknown";
}

std::string how_exited(int64_t how) {
  switch (static_cast<trace::ExitHow>(how)) {
    case trace::ExitHow::clean:
      return "exited cleanly";
    case trace::ExitHow::failed:
      return "failed";
    case trace::ExitHow::killed:
      return "was killed";
    case trace::ExitHow::power_off:
      return "lost power";
    case trace::ExitHow::out_of_memory:
      return "was killed: out of memory";
  }
  return "exited";
}

// "config KEY=VALUE"; of a long list its length, of an empty value that it is gone.
std::string setting(std::string_view key, std::string_view value) {
  const auto entries = std::count(value.begin(), value.end(), ',') + 1;
  constexpr int64_t kShown = 8;
  std::string text = "config " + std::string(key);
  if (value.empty()) return text + " removed";
  if (entries <= kShown) return text + "=" + std::string(value);
  return text + "=(" + std::to_string(entries) + " entries)";
}

}  // namespace

void Timeline::say(std::string who, std::string what, Tone tone, Role role) {
  sink_.on_line({now_, std::move(who), std::move(what), tone, role, {}, 0});
}

// The first few by name, the rest by number.
std::string Timeline::partitions(const std::vector<int64_t>& list) const {
  constexpr size_t kNamed = 3;
  std::string text;
  for (size_t i = 0; i < list.size() && i < kNamed; ++i) {
    text += (i == 0 ? "" : ", ") + names_.partition(list[i]);
  }
  if (list.size() > kNamed) text += " and " + std::to_string(list.size() - kNamed) + " more";
  return text;
}

void Timeline::on_record(const sim::Record& record) {
  names_.on_record(record);
  if (trace::type_of(record) == RecordType::NodeDefined) {
    zookeeper_ |= (decode<trace::NodeDefined>(record).roles & 4) != 0;
  }
  if (!burst_.empty && record.at != burst_.at) flush();
  if (gather(record)) return;
  if (trace::type_of(record) == RecordType::DecisionMade) {
    flush();
    now_ = record.at;
    decision(record);
    return;
  }
  const sim::Time before = now_;
  now_ = record.at;
  const bool said = kubernetes(record) || machines(record) || kafka(record) ||
                    registration(record) || quorum(record) || scenario(record);
  if (!said) now_ = before;
}

void Timeline::finish() { flush(); }

bool Timeline::gather(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::ReplicaLeftIsr: {
      const auto r = decode<trace::ReplicaLeftIsr>(record);
      ++burst_.left_isr[{r.broker, r.leave_reason}];
      break;
    }
    case RecordType::ReplicaJoinedIsr:
      ++burst_.joined_isr[decode<trace::ReplicaJoinedIsr>(record).broker];
      break;
    case RecordType::LeaderElected: {
      const auto r = decode<trace::LeaderElected>(record);
      ++burst_.elected[{r.leader, r.election_reason}];
      break;
    }
    case RecordType::PartitionWentOffline:
      burst_.offline.push_back(decode<trace::PartitionWentOffline>(record).partition);
      break;
    case RecordType::PartitionWentUnderMinIsr:
      burst_.under_min_isr.push_back(decode<trace::PartitionWentUnderMinIsr>(record).partition);
      break;
    case RecordType::PartitionBackAtMinIsr:
      burst_.back_at_min_isr.push_back(decode<trace::PartitionBackAtMinIsr>(record).partition);
      break;
    case RecordType::ProduceStalled: {
      const auto r = decode<trace::ProduceStalled>(record);
      const auto awaits = static_cast<int64_t>(trace::StallReason::awaits_follower);
      if (r.stall_reason == awaits) awaiting_.insert(r.partition);
      break;
    }
    case RecordType::ProduceResumed: {
      const auto r = decode<trace::ProduceResumed>(record);
      ++burst_.resumed;
      burst_.awaited += static_cast<int64_t>(awaiting_.erase(r.partition));
      burst_.stalled_longest_ns = std::max(burst_.stalled_longest_ns, r.stalled_ns);
      break;
    }
    case RecordType::RecordsRejected:
      // Told when producers resume: one by one they would be a line each few milliseconds.
      rejected_ += decode<trace::RecordsRejected>(record).records;
      return true;
    case RecordType::AcknowledgedBytesLost: {
      const auto r = decode<trace::AcknowledgedBytesLost>(record);
      burst_.lost_bytes += r.bytes;
      ++burst_.lost_partitions;
      break;
    }
    default:
      return false;
  }
  burst_.at = record.at;
  burst_.empty = false;
  return true;
}

void Timeline::flush() {
  if (burst_.empty) return;
  now_ = burst_.at;
  flush_isr();
  flush_availability();
  burst_ = Burst{};
}

void Timeline::flush_isr() {
  for (const auto& [key, n] : burst_.left_isr) {
    say(names_.node(key.first),
        "left the ISR of " + count_of(n, "partition") + ": " + why_left(key.second), Tone::warning);
  }
  for (const auto& [key, n] : burst_.elected) {
    if (key.first < 0) continue;
    say(names_.node(key.first),
        "leads " + count_of(n, "more partition") + ": " + why_elected(key.second),
        key.second == static_cast<int64_t>(trace::ElectionReason::unclean) ? Tone::bad
                                                                           : Tone::faint);
  }
  for (const auto& [broker, n] : burst_.joined_isr) {
    sink_.on_line({now_,
                   names_.node(broker),
                   "joined the ISR of " + count_of(n, "partition"),
                   Tone::good,
                   Role::world,
                   {},
                   n});
  }
}

void Timeline::flush_availability() {
  if (!burst_.offline.empty()) {
    say("partitions",
        count_of(static_cast<int64_t>(burst_.offline.size()), "partition") +
            " without a leader: " + partitions(burst_.offline),
        Tone::bad);
  }
  if (!burst_.under_min_isr.empty()) {
    say("partitions",
        count_of(static_cast<int64_t>(burst_.under_min_isr.size()), "partition") +
            " under min.insync.replicas: " + partitions(burst_.under_min_isr),
        Tone::bad);
  }
  if (!burst_.back_at_min_isr.empty()) {
    say("partitions",
        count_of(static_cast<int64_t>(burst_.back_at_min_isr.size()), "partition") +
            " back at min.insync.replicas",
        Tone::good);
  }
  // A leader move stalls producers for a moment each time; only what lasts is worth a line.
  constexpr int64_t kWorthALineNs = 2'000'000'000;
  if (burst_.resumed > 0 && (burst_.stalled_longest_ns >= kWorthALineNs || rejected_ > 0)) {
    std::string text = "resumed on " + count_of(burst_.resumed, "partition") + " after " +
                       sim::format_duration({burst_.stalled_longest_ns});
    if (burst_.awaited > 0) {
      text += "; " + std::to_string(burst_.awaited) +
              " of them waited for a replica that was soon back to reach the high watermark";
    }
    if (rejected_ > 0) text += "; " + count_of(rejected_, "record") + " were given up";
    say("producers", text, rejected_ > 0 ? Tone::bad : Tone::warning);
    rejected_ = 0;
  }
  if (burst_.lost_bytes > 0) {
    say("partitions",
        std::to_string(burst_.lost_bytes) + " acknowledged bytes lost on " +
            count_of(burst_.lost_partitions, "partition"),
        Tone::bad);
  }
}

namespace {

Tone tone_of(controller::DecisionKind kind) {
  using K = controller::DecisionKind;
  switch (kind) {
    case K::skip:
      return Tone::faint;
    case K::wait:
    case K::note:
      return Tone::warning;
    case K::refuse:
    case K::give_up:
      return Tone::bad;
    default:
      return Tone::decision;
  }
}

std::string_view word_of(controller::DecisionKind kind) {
  using K = controller::DecisionKind;
  if (kind == K::give_up) return "give up";
  if (kind == K::upgrade_phase) return "upgrade";
  return controller::decision_kind_name(kind);
}

}  // namespace

void Timeline::decision(const sim::Record& record) {
  const auto d = decode<trace::DecisionMade>(record);
  using K = controller::DecisionKind;
  const auto kind = static_cast<K>(d.decision_kind);
  const std::string subject(names_.string(d.subject_string));
  const std::string_view code = names_.string(d.code_string);
  // What is not modelled stands in the report.
  if (kind == K::note && code == "WithoutEffect") return;
  TimelineLine line;
  line.at = now_;
  line.who = "operator";
  line.tone = tone_of(kind);
  std::string rest;
  if (!code.empty()) rest += " [" + std::string(code) + "]";
  rest += ": " + std::string(record.text);
  if (kind == K::skip) {
    line.role = Role::skip;
    line.subject = subject;
    line.what = rest;
    sink_.on_line(line);
    return;
  }
  line.role = kind == K::note ? Role::note : Role::said;
  line.subject = kind == K::note ? std::string(code) : subject;
  if (kind == K::reconcile) line.role = code == "Started" ? Role::begins : Role::ends;
  if (line.role == Role::ends && code != "Reconciled") line.tone = Tone::bad;
  line.what = std::string(word_of(kind)) + (subject.empty() ? "" : " " + subject) + rest;
  sink_.on_line(line);
}

bool Timeline::kubernetes(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::PodCreated:
      say(pod(decode<trace::PodCreated>(record).pod_string), "pod created", Tone::faint);
      return true;
    case RecordType::PodUnschedulable:
      say(pod(decode<trace::PodUnschedulable>(record).pod_string),
          "cannot be scheduled: " + std::string(record.text), Tone::bad);
      return true;
    case RecordType::PodDeletionMarked: {
      const auto r = decode<trace::PodDeletionMarked>(record);
      say(pod(r.pod_string), "Terminating, " + sim::format_duration({r.grace_ns}) + " of grace");
      return true;
    }
    case RecordType::PodRemoved:
      say(pod(decode<trace::PodRemoved>(record).pod_string), "gone", Tone::faint);
      return true;
    case RecordType::PodBecameReady:
      say(pod(decode<trace::PodBecameReady>(record).pod_string), "Ready", Tone::good);
      return true;
    case RecordType::PodBecameUnready:
      say(pod(decode<trace::PodBecameUnready>(record).pod_string), "not Ready", Tone::warning);
      return true;
    case RecordType::ContainerWaiting: {
      const auto r = decode<trace::ContainerWaiting>(record);
      say(pod(r.pod_string), "waits: " + pod(r.reason_string), Tone::warning);
      return true;
    }
    default:
      return false;
  }
}

// Where pods and volumes are is worth a line when it changes.
void Timeline::moved(std::map<int64_t, int64_t>& where, int64_t thing, int64_t machine,
                     std::string_view verb) {
  const auto [at, first] = where.try_emplace(thing, machine);
  if (first || at->second == machine) return;
  say(pod(thing), std::string(verb) + " " + pod(machine) + ", was on " + pod(at->second));
  at->second = machine;
}

bool Timeline::machines(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::PodScheduled: {
      const auto r = decode<trace::PodScheduled>(record);
      moved(machine_of_pod_, r.pod_string, r.kube_node_string, "scheduled on");
      return true;
    }
    case RecordType::VolumeAttached: {
      const auto r = decode<trace::VolumeAttached>(record);
      moved(machine_of_volume_, r.volume_string, r.kube_node_string, "volume attached to");
      return true;
    }
    case RecordType::KubeNodeBecameNotReady:
      say(pod(decode<trace::KubeNodeBecameNotReady>(record).kube_node_string), "node NotReady",
          Tone::bad);
      return true;
    case RecordType::KubeNodeBecameReady:
      say(pod(decode<trace::KubeNodeBecameReady>(record).kube_node_string), "node Ready",
          Tone::good);
      return true;
    default:
      return false;
  }
}

bool Timeline::kafka(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::ProcessStarted: {
      const auto r = decode<trace::ProcessStarted>(record);
      const std::string node = names_.node(r.node);
      say(node, node.starts_with("zookeeper") ? "starts ZooKeeper"
                                              : "starts with Kafka " + pod(r.version_string));
      return true;
    }
    case RecordType::LogLoadStarted: {
      const auto r = decode<trace::LogLoadStarted>(record);
      say(names_.node(r.node),
          (r.clean != 0 ? "loads " : "recovers ") + count_of(r.segments, "segment") +
              (r.clean != 0 ? "" : " after an unclean stop"),
          r.clean != 0 ? Tone::faint : Tone::warning);
      return true;
    }
    case RecordType::ProcessExited: {
      const auto r = decode<trace::ProcessExited>(record);
      const bool clean = r.exit_how == static_cast<int64_t>(trace::ExitHow::clean);
      say(names_.node(r.node), how_exited(r.exit_how), clean ? Tone::faint : Tone::bad);
      return true;
    }
    case RecordType::StartFailed:
      say(names_.node(decode<trace::StartFailed>(record).node),
          "cannot start: " + std::string(record.text), Tone::bad);
      return true;
    default:
      return false;
  }
}

namespace {

std::string_view why_fenced(int64_t reason) {
  switch (static_cast<trace::FenceReason>(reason)) {
    case trace::FenceReason::session_expired:
      return "fenced: its session expired";
    case trace::FenceReason::controlled_shutdown:
      return "fenced: it is shutting down";
    case trace::FenceReason::registered_anew:
      return "fenced until it has caught up: it is new";
  }
  return "fenced";
}

// The same in the ZooKeeper era, where a broker is there for as long as its session is.
std::string_view why_gone(int64_t reason) {
  const bool expired =
      static_cast<trace::FenceReason>(reason) == trace::FenceReason::session_expired;
  return expired ? "its ZooKeeper session expired" : "closes its ZooKeeper session";
}

}  // namespace

bool Timeline::registration(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::RegistrationRefused: {
      const auto r = decode<trace::RegistrationRefused>(record);
      if (!refused_.insert(r.node).second) return false;
      say(names_.node(r.node),
          "may not register yet [DUPLICATE_BROKER_REGISTRATION]: the session of its last run is "
          "still open" +
              (r.retry_ns > 0 ? "; retries every " + sim::format_duration({r.retry_ns})
                              : std::string()),
          Tone::warning);
      return true;
    }
    case RecordType::BrokerRegistered:
      refused_.erase(decode<trace::BrokerRegistered>(record).node);
      return false;
    case RecordType::BrokerUnfenced:
      say(names_.node(decode<trace::BrokerUnfenced>(record).node),
          zookeeper_ ? "registers in ZooKeeper" : "unfenced", Tone::good);
      return true;
    case RecordType::BrokerFenced: {
      const auto r = decode<trace::BrokerFenced>(record);
      const bool expired =
          r.fence_reason == static_cast<int64_t>(trace::FenceReason::session_expired);
      say(names_.node(r.node),
          std::string(zookeeper_ ? why_gone(r.fence_reason) : why_fenced(r.fence_reason)),
          expired ? Tone::bad : Tone::faint);
      return true;
    }
    case RecordType::ControlledShutdownStarted:
      say(names_.node(decode<trace::ControlledShutdownStarted>(record).node),
          "asks for a controlled shutdown");
      return true;
    case RecordType::ControlledShutdownGranted:
      say(names_.node(decode<trace::ControlledShutdownGranted>(record).node),
          "may stop: its leaders have moved", Tone::faint);
      return true;
    default:
      return false;
  }
}

bool Timeline::quorum(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::QuorumLeaderElected:
      say(names_.node(decode<trace::QuorumLeaderElected>(record).node), "is the active controller");
      return true;
    case RecordType::ZookeeperLeaderElected:
      say("zookeeper " + std::to_string(decode<trace::ZookeeperLeaderElected>(record).node),
          "leads the ensemble");
      return true;
    case RecordType::ZookeeperQuorumLost:
      say("zookeeper", "the ensemble lost its quorum", Tone::bad);
      return true;
    case RecordType::KafkaControllerElected:
      say(names_.node(decode<trace::KafkaControllerElected>(record).node),
          "is the Kafka controller");
      return true;
    case RecordType::MetadataVersionChanged: {
      const auto r = decode<trace::MetadataVersionChanged>(record);
      say("metadata",
          "metadata.version is now " + pod(r.version_string) + ", level " +
              std::to_string(r.to_level),
          Tone::good);
      return true;
    }
    case RecordType::ConfigChanged: {
      const auto r = decode<trace::ConfigChanged>(record);
      say(r.node >= 0    ? names_.node(r.node)
          : r.topic >= 0 ? names_.topic(r.topic)
                         : "cluster",
          setting(pod(r.key_string), pod(r.value_string)));
      return true;
    }
    default:
      return false;
  }
}

bool Timeline::scenario(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::FaultInjected: {
      const auto fault = decode<trace::FaultInjected>(record).fault;
      faults_[fault] = std::string(record.text);
      say("fault", faults_[fault], Tone::bad);
      return true;
    }
    case RecordType::FaultHealed:
      say("fault", "healed: " + faults_[decode<trace::FaultHealed>(record).fault], Tone::good);
      return true;
    case RecordType::StepTaken:
      // A fault and its healing speak for themselves.
      if (record.text.starts_with("fault: ") || record.text.starts_with("heal ")) return false;
      say("step", std::string(record.text), Tone::decision);
      return true;
    case RecordType::OperatorStarted:
      say("operator", "starts");
      return true;
    case RecordType::OperatorKilled:
      say("operator", "is killed", Tone::bad);
      return true;
    case RecordType::PropertyViolated:
      say("property",
          pod(decode<trace::PropertyViolated>(record).property_string) +
              " VIOLATED: " + std::string(record.text),
          Tone::bad);
      return true;
    case RecordType::UnluckyRestart:
      say("property",
          "unlucky restart of " + names_.node(decode<trace::UnluckyRestart>(record).node) + ": " +
              std::string(record.text),
          Tone::warning);
      return true;
    case RecordType::RunEnded:
      say("run", std::string(record.text));
      return true;
    default:
      return false;
  }
}

}  // namespace twin::scenario
