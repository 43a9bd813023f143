#include "controller/roll/twin_roller.h"

#include <algorithm>

#include "controller/client/retry.h"
#include "controller/roll/quorum_check.h"
#include "controller/roll/restart_reasons.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

constexpr sim::Duration kLookEvery{1'000'000'000};
constexpr sim::Duration kQuorumFetchTimeout{2'000'000'000};
constexpr sim::Duration kAgeMax{2'000'000'000};  // of what a restart rests on
// After its grace period a kubelet kills the containers and says so within a moment.
constexpr sim::Duration kOverdue{5'000'000'000};

// A kubelet that is gone ends nothing: the object stays until a person acts.
std::string terminating(const api::Pod& pod, sim::Time now) {
  const std::string text = "pod " + pod.metadata.name + " is Terminating";
  const sim::Duration grace = pod.metadata.deletion_grace;
  if (now < *pod.metadata.deletion_time + grace + kOverdue) return text;
  return text + ", and its grace period of " + sim::format_duration(grace) +
         " is over: the kubelet of " + pod.spec.node_name +
         " does not answer, and it stays until that machine is back, its Node is deleted or "
         "tainted out-of-service, or the pod is deleted by force";
}

}  // namespace

TwinRoller::TwinRoller(RollRequest request) : request_(std::move(request)) {
  for (size_t i = 0; i < request_.nodes.size(); ++i) index_of_[request_.nodes[i].pod_name] = i;
  known_.resize(request_.nodes.size());
}

Progress TwinRoller::again(Calls& calls) {
  if (!calls.elapsed("pause", kLookEvery)) return Progress::waiting();
  for (const char* prefix : {"look", "pause", "delete", "alter"}) calls.forget_prefix(prefix);
  going_.reset();
  return step(calls);
}

Progress TwinRoller::step(Calls& calls) {
  if (calls.asked_at("pause") != sim::kNever) return again(calls);
  Look seen;
  if (!look(calls, seen)) return Progress::waiting();
  pending_.clear();
  if (seen.quorum) active_controller_ = seen.quorum->leader;
  // Without a quorum a broker is the controller. (With one, brokers name any of themselves.)
  if (seen.cluster && !has_controllers()) active_controller_ = seen.cluster->controller;
  if (!seen.trouble.empty()) {
    TWIN_MARK("twin_roller_unanswered");
    wait_for(calls, nullptr, seen.trouble, {seen.trouble_in});
    return again(calls);
  }
  if (!refused_.empty()) return Progress::failed("InvalidResourceException", refused_);
  if (const std::string old = came_back_as_it_was(seen); !old.empty()) {
    TWIN_MARK("twin_roller_came_back_as_it_was");
    return Progress::failed("ConcurrentChange", old);
  }
  bool anything = false;
  for (size_t i = 0; i < seen.nodes.size(); ++i) {
    const Seen& node = seen.nodes[i];
    if (node.reasons.empty() && !node.reconfigure && node.ready) continue;
    anything = true;
    std::string& line = pending_.emplace_back();
    line.reserve(96);
    line.append(request_.nodes[i].pod_name);
    if (!node.reasons.empty()) {
      line.append(": to be restarted: ").append(node.reasons.front());
    } else {
      line.append(node.reconfigure ? ": to be reconfigured" : ": not Ready");
    }
  }
  const std::string unfinished_work = unfinished(seen, seen.nodes.size());
  if (!anything && unfinished_work.empty()) return Progress::done();
  const std::optional<size_t> chosen = choose(seen);
  if (!chosen) {
    if (!unfinished_work.empty()) {
      pending_.push_back(unfinished_work);
      wait_for(calls, nullptr, unfinished_work, seen.cites);
    }
    return again(calls);
  }
  const Seen& node = seen.nodes[*chosen];
  const bool restarts = !node.reasons.empty();
  const std::string why_not = obstacle(seen, *chosen);
  if (!why_not.empty() && restarts) {
    if (const Progress given_up = give_up(calls, why_not); given_up.is_failed()) return given_up;
    pending_.push_back(request_.nodes[*chosen].pod_name + ": " + why_not);
    wait_for(calls, &request_.nodes[*chosen], why_not, seen.cites);
    return again(calls);
  }
  return restarts ? restart(calls, seen, going_with(seen, *chosen))
                  : reconfigure(calls, seen, *chosen);
}

// Only where it is broken so: what stood in the way for a minute is left alone.
Progress TwinRoller::give_up(Calls& calls, const std::string& why) {
  if (!request_.broken.gives_up_for_good) return Progress::waiting();
  constexpr sim::Duration kPatience{60'000'000'000};
  if (blocked_since_ == sim::kNever) blocked_since_ = calls.now();
  if (calls.now() - blocked_since_ < kPatience) return Progress::waiting();
  return Progress::failed("GivesUp", why);
}

// Restarted in this roll, and the pod that came for it is to be restarted as well: somebody changed
// what pods are made from, and this roll knows only what it began with.
std::string TwinRoller::came_back_as_it_was(const Look& look) const {
  for (size_t i = 0; i < look.nodes.size(); ++i) {
    const Seen& seen = look.nodes[i];
    const api::Uid deleted = known_[i].deleted;
    if (seen.pod == nullptr || seen.reasons.empty() || !deleted.valid()) continue;
    if (is_forced(seen)) continue;
    if (seen.pod->metadata.uid == deleted) continue;  // it has not gone yet
    return "pod " + request_.nodes[i].pod_name + " was restarted and came back as it was (" +
           seen.reasons.front() + "): what pods are made from was changed, the roll begins anew";
  }
  return {};
}

bool TwinRoller::is_active(const RollNode& node) const {
  const bool may_be = node.controller_role || (node.broker_role && !has_controllers());
  return may_be && active_controller_ == node.id;
}

// Dynamic changes first: they cost nothing. Then who is down already; then controllers, the active
// one last; then brokers, of the ZooKeeper era the one that is controller last, so that the
// controller's place changes once a roll. An ensemble's leader last.
std::optional<size_t> TwinRoller::choose(const Look& look) {
  std::optional<size_t> best;
  int best_rank = 0;
  for (size_t i = 0; i < look.nodes.size(); ++i) {
    const Seen& seen = look.nodes[i];
    const RollNode& node = request_.nodes[i];
    if (seen.pod == nullptr || api::is_terminating(*seen.pod)) continue;
    if (seen.reasons.empty() && !(seen.reconfigure && seen.ready)) continue;
    int rank = node.controller_role ? 3 : 5;
    if (seen.reasons.empty()) rank = 0;
    if (!seen.reasons.empty() && !seen.ready) rank = does_not_run(seen) ? 1 : 2;
    if (rank >= 3 && (is_active(node) || seen.zookeeper_leader)) ++rank;
    if (!best || rank < best_rank) {
      best = i;
      best_rank = rank;
    }
  }
  return best;
}

// Nodes that are on their way back, other than the one asked about.
std::string TwinRoller::unfinished(const Look& look, size_t except) const {
  for (size_t i = 0; i < look.nodes.size(); ++i) {
    if (i == except) continue;
    const Seen& seen = look.nodes[i];
    const std::string& name = request_.nodes[i].pod_name;
    if (seen.pod == nullptr) return "pod " + name + " is not there yet";
    if (api::is_terminating(*seen.pod)) return terminating(*seen.pod, look.now);
    if (!seen.ready && !request_.broken.ignores_unready) return "pod " + name + " is not Ready yet";
  }
  return {};
}

// No container of it runs: there is no process that anything could rest on.
bool TwinRoller::does_not_run(const Seen& seen) {
  if (seen.pod == nullptr || seen.ready) return false;
  const auto& containers = seen.pod->status.containers;
  return std::none_of(containers.begin(), containers.end(),
                      [](const auto& container) { return container.waiting_reason.empty(); });
}

// Down, and nothing rests on it: its container does not run, or nobody counts on what it did when
// it ran.
bool TwinRoller::holds_nothing(const Look& look, size_t index) const {
  const RollNode& node = request_.nodes[index];
  const Seen& seen = look.nodes[index];
  if (seen.pod == nullptr || seen.ready || node.zookeeper) return false;
  if (does_not_run(seen)) return true;
  if (node.controller_role) {
    if (!look.quorum || !look.quorum->leader.valid()) return false;
    if (quorum_counts_on(*look.quorum, node.id, kQuorumFetchTimeout)) return false;
  }
  if (!node.broker_role) return true;
  if (!look.topics) return false;
  const auto& partitions = look.topics->topics->partitions;
  for (size_t i = 0; i < partitions.size(); ++i) {
    if (partitions[i].isr.contains(node.id)) return false;
  }
  return true;
}

std::string TwinRoller::obstacle(const Look& look, size_t index) {
  const RollNode& node = request_.nodes[index];
  if (holds_nothing(look, index)) {
    TWIN_MARK("twin_roller_restarts_what_is_down");
    return {};
  }
  const Broken& broken = request_.broken;
  if (is_forced(look.nodes[index])) return {};
  const std::string others = unfinished(look, index);
  if (!others.empty() && !broken.does_not_await_return) return others;
  if (broken.skips_active_controller && is_active(node)) return {};
  if (broken.takes_unresolved_for_dead && look.out_of_reach) return {};
  if (node.zookeeper && broken.ignores_unready) return {};
  if (node.zookeeper) {
    for (size_t i = 0; i < look.nodes.size(); ++i) {
      if (i != index && request_.nodes[i].zookeeper && !look.nodes[i].answers) {
        return request_.nodes[i].pod_name + " does not answer";
      }
    }
    return {};
  }
  const bool asks_quorum = has_controllers() && !(broken.takes_silence_for_yes && !look.quorum) &&
                           !broken.trusts_ready_controllers;
  if (asks_quorum) {
    if (!look.quorum) return "the metadata quorum did not answer";
    if (!look.quorum->leader.valid()) return "the metadata quorum has no leader";
  }
  if (node.controller_role && asks_quorum) {
    const bool silence_counts = !broken.takes_silence_for_yes;
    const QuorumVerdict verdict =
        quorum_check(*look.quorum, node.id, kQuorumFetchTimeout,
                     silence_counts ? look.silent : std::vector<api::NodeId>{});
    if (!verdict.may_stop) return verdict.reason;
  }
  return node.broker_role ? partition_obstacle(look, node) : std::string();
}

// Only where it is broken so. Strimzi's KafkaAvailability before #2968 knew no exemption of
// partitions that no restart leaves above their minimum.
std::string TwinRoller::broken_obstacle(const Look& look, const RollNode& node) const {
  const api::TopicsSnapshot& topics = *look.topics->topics;
  for (const api::TopicConfigDescription& config : look.topics->configs->topics) {
    for (const api::TopicDescription& topic : topics.topics) {
      if (topic.name != config.name || !config.min_insync_replicas) continue;
      for (uint32_t i = 0; i < topic.count; ++i) {
        const api::PartitionDescription& row = topics.partitions[topic.first + i];
        const int32_t min_isr = *config.min_insync_replicas;
        const bool at_minimum = row.replicas.size <= min_isr && row.replicas.contains(node.id);
        const bool led = row.leader == node.id.value && forbids(row, min_isr, node.id);
        if (request_.broken.blocks_at_minimum ? at_minimum : led) {
          return topic.name + "-" + std::to_string(i) + " would fall below min.insync.replicas";
        }
      }
    }
  }
  return {};
}

std::string TwinRoller::partition_obstacle(const Look& look, const RollNode& node) {
  const Broken& broken = request_.broken;
  const bool answered = look.topics && look.cluster && look.moving;
  if (broken.takes_silence_for_yes && !answered) return {};
  if (!answered) return "no broker answered for the cluster's topics";
  if (broken.checks_led_partitions_only) return broken_obstacle(look, node);
  if (broken.blocks_at_minimum) {
    if (std::string why = broken_obstacle(look, node); !why.empty()) return why;
  }
  open_partitions_.look(*look.topics->topics, *look.topics->configs, *look.moving);
  const auto blocking = open_partitions_.blocking(node.id);
  // A replica whose broker is registered and up comes back into the ISR: worth waiting for.
  std::set<int32_t> up;
  for (const api::BrokerDescription& broker : look.cluster->brokers) {
    if (!broker.fenced) up.insert(broker.node.value);
  }
  std::set<int32_t> who;
  const int64_t catching_up = open_partitions_.coming_back(up, who);
  std::string below = blocking ? blocking->sentence(node.id) : std::string();
  if (catching_up == 0 || broken.does_not_await_return) return below;
  if (below.ends_with('.')) below.pop_back();
  std::string brokers;
  for (const int32_t id : who) brokers += (brokers.empty() ? "" : ", ") + std::to_string(id);
  return "replicas of broker " + brokers + " are not back in the ISR yet" +
         (blocking ? ", and " + below : std::string()) + "; " + std::to_string(catching_up) +
         " to go";
}

void TwinRoller::wait_for(Calls& calls, const RollNode* node, const std::string& why,
                          const std::vector<CallId>& cites) {
  const std::string pod = node == nullptr ? std::string() : node->pod_name;
  // What counts down behind the semicolon is no news.
  std::string news = why.substr(0, why.find("; "));
  if (said_[pod] == news) return;
  said_[pod] = std::move(news);
  calls.decide({DecisionKind::wait, node == nullptr ? api::NodeId{} : node->id,
                node == nullptr ? request_.cluster : pod, why, "NotYet", cites});
}

Progress TwinRoller::restart(Calls& calls, const Look& look, const Going& going) {
  const size_t first = going.nodes.front();
  if (calls.asked_at("delete/" + request_.nodes[first].pod_name) == sim::kNever) {
    const bool too_old = look.oldest && calls.now() - *look.oldest > kAgeMax;
    const bool minds = !request_.broken.minds_no_age && !request_.broken.takes_silence_for_yes;
    if (too_old && minds) {
      TWIN_MARK("twin_roller_stale_answer");
      ++ask_first_;
      std::vector<CallId> cites = look.nodes[first].cites;
      cites.insert(cites.end(), look.cites.begin(), look.cites.end());
      wait_for(calls, &request_.nodes[first],
               "what was answered is older than " + sim::format_duration(kAgeMax) +
                   ": another node is asked",
               cites);
      return again(calls);
    }
    for (const size_t index : going.nodes) decide_restart(calls, look, index, going.why);
    say_who_goes_last(calls, look, request_.nodes[first]);
  }
  bool all = true;
  for (const size_t index : going.nodes) {
    const std::string& name = request_.nodes[index].pod_name;
    all &= calls.kube("delete/" + name,
                      remove_request(api::Kind::pod, request_.namespace_name, name,
                                     look.nodes[index].pod->metadata.uid)) != nullptr;
  }
  if (!all) return Progress::waiting();
  if (request_.broken.two_at_once && !restart_another(calls, look, first)) {
    return Progress::waiting();
  }
  // Whatever became of it, the next look says what is true.
  for (const size_t index : going.nodes) {
    known_[index].deleted = look.nodes[index].pod->metadata.uid;
  }
  said_.clear();
  blocked_since_ = sim::kNever;
  return again(calls);
}

// Another one was chosen before it: whoever asks about the active one is told why, once a roll.
void TwinRoller::say_who_goes_last(Calls& calls, const Look& look, const RollNode& first) {
  for (size_t i = 0; i < look.nodes.size(); ++i) {
    const RollNode& node = request_.nodes[i];
    const Seen& seen = look.nodes[i];
    const bool same_kind = node.controller_role == first.controller_role &&
                           node.zookeeper == first.zookeeper && node.id != first.id;
    if (!same_kind || seen.reasons.empty() || !(is_active(node) || seen.zookeeper_leader)) continue;
    if (!said_last_.insert(node.pod_name).second) continue;
    std::vector<CallId> cites = seen.cites;
    cites.insert(cites.end(), look.cites.begin(), look.cites.end());
    calls.decide({DecisionKind::wait, node.id, node.pod_name,
                  node.zookeeper         ? "it leads the ensemble, and the leader goes last"
                  : node.controller_role ? "it is the active controller, which goes after the "
                                           "other controllers"
                                         : "it is the controller, which goes after the other "
                                           "brokers",
                  "GoesLast", std::move(cites)});
  }
}

void TwinRoller::decide_restart(Calls& calls, const Look& look, size_t index,
                                const std::string& why) {
  const RollNode& node = request_.nodes[index];
  const Seen& seen = look.nodes[index];
  std::vector<CallId> cites = seen.cites;
  cites.insert(cites.end(), look.cites.begin(), look.cites.end());
  calls.decide({DecisionKind::restart, node.id, node.pod_name,
                restart_sentence(seen.reasons, seen.diff.restart_keys) +
                    (node.broker_role ? "; every partition keeps its minimum ISR"
                                      : "; the others keep the majority") +
                    (why.empty() ? "" : "; " + why),
                seen.reasons.front(), std::move(cites)});
}

// Only where it is broken so: a second one on the same look. False while waiting.
bool TwinRoller::restart_another(Calls& calls, const Look& look, size_t first) {
  for (size_t i = 0; i < look.nodes.size(); ++i) {
    const RollNode& node = request_.nodes[i];
    const Seen& seen = look.nodes[i];
    if (i == first || seen.reasons.empty() || !seen.ready || !obstacle(look, i).empty()) continue;
    if (calls.asked_at("delete/another") == sim::kNever) {
      std::vector<CallId> cites = seen.cites;
      cites.insert(cites.end(), look.cites.begin(), look.cites.end());
      calls.decide({DecisionKind::restart, node.id, node.pod_name,
                    "restarted together with another", seen.reasons.front(), std::move(cites)});
    }
    return calls.kube("delete/another", remove_request(api::Kind::pod, request_.namespace_name,
                                                       node.pod_name, seen.pod->metadata.uid)) !=
           nullptr;
  }
  return true;
}

// Only where it is broken so: not Ready for long enough to be restarted by force.
bool TwinRoller::is_forced(const Seen& seen) const {
  return seen.forced ||
         (!seen.ready && (request_.broken.restarts_unready || request_.broken.restarts_fresh));
}

Progress TwinRoller::reconfigure(Calls& calls, const Look& look, size_t index) {
  using Alter = api::IncrementalAlterConfigsRequest;
  const RollNode& node = request_.nodes[index];
  const config::ConfigDiff& diff = look.nodes[index].diff;
  constexpr sim::Duration kTimeout{30'000'000'000};
  if (calls.asked_at("alter-said") == sim::kNever) {
    calls.elapsed("alter-said", {});
    std::string keys;
    for (const auto* changes : {&diff.per_broker, &diff.cluster_wide}) {
      for (const auto& change : *changes) keys += (keys.empty() ? "" : ", ") + change.name;
    }
    calls.decide({DecisionKind::reconfigure, node.id, node.pod_name,
                  "changed without a restart: " + keys, "DynamicUpdate", look.nodes[index].cites});
  }
  bool refused = false;
  for (const bool cluster : {false, true}) {
    const std::vector<Alter::Change>& changes = cluster ? diff.cluster_wide : diff.per_broker;
    if (changes.empty() || refused) continue;
    Alter request;
    request.resource = cluster ? Alter::Resource::cluster : Alter::Resource::broker;
    request.broker = node.id;
    request.changes = changes;
    const KafkaReply* reply = ask_node(calls, cluster ? "alter-cluster" : "alter-broker", node.id,
                                       !node.broker_role, request, kTimeout);
    if (reply == nullptr) return Progress::waiting();
    refused = reply->meta.outcome == Outcome::invalid;
    if (refused && reply->meta.kafka_error == api::KafkaError::invalid_config) {
      // Kafka would not start with it either.
      TWIN_MARK("twin_roller_value_refused");
      refused_ = "Kafka refuses the configuration of " + node.pod_name + ": " + reply->meta.message;
      calls.decide({DecisionKind::refuse,
                    node.id,
                    node.pod_name,
                    refused_,
                    "InvalidConfiguration",
                    {reply->meta.id}});
    } else if (refused) {
      // It cannot be changed at run time: that takes a restart.
      failed_alters_.insert(node.pod_name);
    }
  }
  return again(calls);
}

}  // namespace twin::controller
