// citations, min-isr, quorum: a voluntary restart is wrong when the state that truly held when the
// replies it cites were made already forbade it, or when it rests on no answer at all. What changed
// between reply and action is bad luck: counted, not blamed. What the operator itself has begun to
// restart is gone from the deletion on, whatever was read: to take a second one is no bad luck.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller/api/kube.h"
#include "model/trace/decode.h"
#include "scenarios/runner/properties/property.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

// How old a reply may be that a restart rests on.
constexpr sim::Duration kFresh{10'000'000'000};
static_assert(kFresh < model::Ledger::kHistory);

std::string count(int64_t n, const char* one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

std::string call_text(controller::CallId call) { return "call " + std::to_string(call.value); }

// What is wrong with a cited call; "" for an answer that a restart may rest on.
std::string problem_of(const RecordedCall* call, sim::Time deleted) {
  if (call == nullptr) return "which was not made in the last two minutes";
  if (!call->answered) return "which was not answered";
  if (call->outcome == controller::Outcome::unknown) return "whose outcome is unknown";
  if (deleted - call->as_of > kFresh) {
    return "whose answer was " + sim::format_duration(deleted - call->as_of) + " old";
  }
  return {};
}

class Citations final : public Property {
 public:
  using Property::Property;
  void on_restart(const RecordedRestart& restart) override {
    std::string problem = restart.cites.empty() ? "no call at all" : "";
    for (const controller::CallId cite : restart.cites) {
      const std::string wrong = problem_of(recorder_.call(cite), restart.deleted);
      if (!wrong.empty()) problem = call_text(cite) + ", " + wrong;
    }
    if (problem.empty()) return;
    verdicts_.violate("citations", restart.node, -1,
                      "the restart of " + restart.pod + " cites " + problem);
  }
};

// Times at which the state that a restart rests on was true, ascending: those of the answers to
// the question R. An operator that did not ask is held to all that it read, and one that read
// nothing fresh to the moment of its decision.
template <class R>
std::vector<sim::Time> times_of(const Recorder& recorder, const RecordedRestart& restart) {
  std::vector<sim::Time> asked, others;
  for (const controller::CallId cite : restart.cites) {
    const RecordedCall* call = recorder.call(cite);
    if (!problem_of(call, restart.deleted).empty()) continue;
    const bool answers = call->asks<R>() && call->outcome == controller::Outcome::ok;
    (answers ? asked : others).push_back(call->as_of);
  }
  std::vector<sim::Time>& times = asked.empty() ? others : asked;
  if (times.empty()) times.push_back(restart.decided);
  std::sort(times.begin(), times.end());
  return times;
}

// When processes ran. A process that is down has nothing to lose by a restart.
class RunningProcesses {
 public:
  void on_record(const sim::Record& record) {
    if (trace::type_of(record) == RecordType::ProcessStarted) {
      changes_[decode<trace::ProcessStarted>(record).node].push_back({record.at, true});
    } else if (trace::type_of(record) == RecordType::ProcessExited) {
      changes_[decode<trace::ProcessExited>(record).node].push_back({record.at, false});
    }
  }
  bool ran(int64_t node, sim::Time at) const {
    const auto found = changes_.find(node);
    if (found == changes_.end()) return false;
    const auto later =
        std::upper_bound(found->second.begin(), found->second.end(), at,
                         [](sim::Time time, const Change& change) { return time < change.at; });
    return later != found->second.begin() && std::prev(later)->up;
  }

 private:
  struct Change {
    sim::Time at;
    bool up = false;
  };
  std::map<int64_t, std::vector<Change>> changes_;
};

// The number of its process in records.
int64_t process_of(const RecordedRestart& restart) {
  return restart.zookeeper ? trace::kZookeeperNode + restart.node : restart.node;
}

// Nodes that the operator is restarting: from the deletion of the pod until a new process runs.
class InRestart {
 public:
  void on_record(const sim::Record& record) {
    if (trace::type_of(record) != RecordType::ProcessStarted) return;
    nodes_.erase(decode<trace::ProcessStarted>(record).node);
  }
  void add(const RecordedRestart& restart) { nodes_.insert(process_of(restart)); }
  // Those of the same sort, as the restart that begins now names its node; itself the last.
  std::vector<api::NodeId> with(const RecordedRestart& restart) const {
    const int64_t first = restart.zookeeper ? trace::kZookeeperNode : 0;
    const int64_t end = restart.zookeeper ? INT64_MAX : trace::kZookeeperNode;
    std::vector<api::NodeId> found;
    for (auto at = nodes_.lower_bound(first); at != nodes_.end() && *at < end; ++at) {
      if (*at == process_of(restart)) continue;
      found.push_back({static_cast<int32_t>(*at - first)});
    }
    found.push_back({static_cast<int32_t>(restart.node)});
    return found;
  }

 private:
  std::set<int64_t> nodes_;
};

// "node 1 is", "nodes 1, 2 are": without the last.
std::string others_of(const std::vector<api::NodeId>& away) {
  std::string text;
  for (size_t i = 0; i + 1 < away.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(away[i].value);
  }
  return (away.size() == 2 ? "node " : "nodes ") + text + (away.size() == 2 ? " is" : " are");
}

class MinIsr final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    processes_.on_record(record);
    in_restart_.on_record(record);
  }
  void on_restart(const RecordedRestart& restart) override {
    if (restart.zookeeper || restart.node < 0) return;
    judge(restart);
    in_restart_.add(restart);
  }

 private:
  void judge(const RecordedRestart& restart) {
    for (const sim::Time time : times_of<api::DescribeTopicsRequest>(recorder_, restart)) {
      const int64_t blocked = blocked_at(restart.node, time);
      if (blocked == 0) continue;
      return verdicts_.violate("min-isr", restart.node, -1,
                               restart.pod + " was restarted although that takes " +
                                   count(blocked, "partition") +
                                   " below min.insync.replicas; so it was already at " +
                                   sim::format_clock(time) + ", when what it rests on was read");
    }
    const int64_t blocked = blocked_at(restart.node, restart.deleted);
    if (blocked == 0) return judge_with_others(restart);
    verdicts_.unlucky(restart.node, blocked,
                      count(blocked, "partition") +
                          " lost the slack between the operator's last look and the restart");
  }

  void judge_with_others(const RecordedRestart& restart) {
    const std::vector<api::NodeId> away = in_restart_.with(restart);
    if (away.size() < 2 || !processes_.ran(restart.node, restart.deleted)) return;
    const int64_t blocked = blocked_without(away);
    if (blocked == 0) return;
    verdicts_.violate("min-isr", restart.node, -1,
                      restart.pod + " was restarted although " + others_of(away) +
                          " still on the way back: together that takes " +
                          count(blocked, "partition") + " below min.insync.replicas");
  }

  int64_t blocked_at(int64_t node, sim::Time time) const {
    if (!processes_.ran(node, time)) return 0;
    return world_.ledger.blocking_at(api::NodeId{static_cast<int32_t>(node)}, time);
  }
  // Partitions of the last of them, now, that need it and the others together.
  int64_t blocked_without(const std::vector<api::NodeId>& away) const {
    const model::PartitionTable& table = world_.kafka.table();
    const auto index = static_cast<size_t>(away.back().value);
    if (index >= table.on_node.size()) return 0;
    int64_t blocked = 0;
    for (const model::ReplicaRef ref : table.on_node[index]) {
      const model::Partition& row = table.partitions[ref.partition];
      const int32_t min_isr = table.topics[row.topic].min_isr;
      if (row.replicas.size <= min_isr || !row.in_isr(ref.slot)) continue;
      int32_t left = row.isr_size();
      for (const api::NodeId id : away) {
        const int slot = row.slot_of(id);
        left -= slot >= 0 && row.in_isr(slot) ? 1 : 0;
      }
      blocked += left < min_isr ? 1 : 0;
    }
    return blocked;
  }
  RunningProcesses processes_;
  InRestart in_restart_;
};

class Quorum final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    processes_.on_record(record);
    in_restart_.on_record(record);
  }
  void on_restart(const RecordedRestart& restart) override {
    if (restart.node < 0) return;
    judge(restart);
    in_restart_.add(restart);
  }

 private:
  void judge(const RecordedRestart& restart) {
    const std::vector<api::NodeId> alone{{static_cast<int32_t>(restart.node)}};
    const std::vector<sim::Time> times =
        restart.zookeeper ? times_of<api::ZookeeperStatRequest>(recorder_, restart)
                          : times_of<api::DescribeQuorumRequest>(recorder_, restart);
    for (const sim::Time time : times) {
      if (keeps_majority(restart, alone, time)) continue;
      return verdicts_.violate(
          "quorum", restart.node, -1,
          restart.pod + " was restarted although the others were no majority " +
              (restart.zookeeper ? "of the ensemble" : "of the metadata quorum") + " at " +
              sim::format_clock(time) + ", when what it rests on was read");
    }
    if (!keeps_majority(restart, alone, restart.deleted)) {
      return verdicts_.unlucky(restart.node, 0,
                               "the others lost their majority between the operator's last look "
                               "and the restart");
    }
    const std::vector<api::NodeId> away = in_restart_.with(restart);
    if (keeps_majority(restart, away, restart.deleted)) return;
    verdicts_.violate("quorum", restart.node, -1,
                      restart.pod + " was restarted although " + others_of(away) +
                          " still on the way back: the rest is no majority");
  }

  bool keeps_majority(const RecordedRestart& restart, const std::vector<api::NodeId>& away,
                      sim::Time time) const {
    if (!processes_.ran(process_of(restart), time)) return true;
    return restart.zookeeper ? world_.kafka.ensemble_had_majority_without(away, time)
                             : world_.kafka.quorum_had_majority_without(away, time);
  }
  RunningProcesses processes_;
  InRestart in_restart_;
};

// Of several operators only the holder of the Lease restarts anything.
class OneLeader final : public Property {
 public:
  using Property::Property;
  void on_restart(const RecordedRestart& restart) override {
    const auto& options =
        world_.operators.options(static_cast<model::OperatorIndex>(restart.operator_index));
    if (!options.leader_election) return;
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::lease)) {
      const std::string& holder = api::as<api::Lease>(*object).holder;
      if (holder.empty() || holder == options.identity) continue;
      return verdicts_.violate("one-leader", restart.node, -1,
                               restart.pod + " was restarted by " + options.identity +
                                   " although " + holder + " holds the Lease");
    }
  }
};

}  // namespace

PropertyPtr make_one_leader(const PropertyContext& c) { return std::make_unique<OneLeader>(c); }
PropertyPtr make_citations(const PropertyContext& c) { return std::make_unique<Citations>(c); }
PropertyPtr make_min_isr(const PropertyContext& c) { return std::make_unique<MinIsr>(c); }
PropertyPtr make_quorum(const PropertyContext& c) { return std::make_unique<Quorum>(c); }

}  // namespace twin::scenario
