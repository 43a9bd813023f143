// What the twin's roller reads at each look.
#include "controller/api/strimzi.h"
#include "controller/client/retry.h"
#include "controller/roll/twin_roller.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

constexpr sim::Duration kAnswer{10'000'000'000};  // an Admin client's request.timeout.ms
// A voter that takes longer is none to count on, and the rest of the look is still fresh.
constexpr sim::Duration kVoterAnswer{1'000'000'000};

}  // namespace

bool TwinRoller::has_brokers() const {
  for (const RollNode& node : request_.nodes) {
    if (node.broker_role && !node.zookeeper) return true;
  }
  return false;
}

bool TwinRoller::has_controllers() const {
  for (const RollNode& node : request_.nodes) {
    if (node.controller_role) return true;
  }
  return false;
}

// One list for all of them. A pod that is the same object as at the last look is not judged again.
bool TwinRoller::look_at_pods(Calls& calls, Look& look) {
  const KubeReply* reply =
      calls.kube("look/pods", list_request(api::Kind::pod, request_.namespace_name,
                                           {{api::strimzi::kCluster, request_.cluster}}));
  if (reply == nullptr) return false;
  if (reply->meta.ok()) cite(look, look.cites, reply->meta);
  if (!reply->meta.ok()) {
    look.trouble = "the pods could not be read: " + std::string(outcome_name(reply->meta.outcome));
    look.trouble_in = reply->meta.id;
    return true;
  }
  for (const api::ObjectPtr& item : reply->items) {
    const auto found = index_of_.find(item->metadata.name);
    if (found == index_of_.end()) continue;
    Seen& seen = look.nodes[found->second];
    Known& known = known_[found->second];
    seen.pod = api::as<api::Pod>(item);
    if (known.pod != item) {
      known.pod = item;
      const bool terminating = api::is_terminating(*seen.pod);
      known.ready = api::is_ready(*seen.pod) && !terminating;
      known.reasons.clear();
      if (!terminating) {
        known.reasons = request_.predicate->reasons(*seen.pod, request_.nodes[found->second]);
      }
    }
    seen.ready = known.ready;
    seen.reasons = known.reasons;
    add_broken_reasons(look.now, found->second, seen);
  }
  return true;
}

void TwinRoller::add_broken_reasons(sim::Time now, size_t node, Seen& seen) {
  const Broken& broken = request_.broken;
  const RollNode& of = request_.nodes[node];
  if (broken.forgets_controllers && of.controller_role && !of.broker_role) seen.reasons.clear();
  sim::Time& since = known_[node].unready_since;
  if (seen.ready) since = sim::kNever;
  if (!broken.restarts_unready && !broken.restarts_fresh) return;
  if (seen.ready || api::is_terminating(*seen.pod)) return;
  if (since == sim::kNever) since = now;
  const sim::Duration patience{broken.restarts_fresh ? 5'000'000'000 : 30'000'000'000};
  seen.reasons.clear();
  if (now - since > patience) seen.reasons.push_back("PodUnresponsive");
}

// Only where it is broken so: who does not answer is restarted, and nothing else is asked.
bool TwinRoller::takes_for_dead(Seen& seen, const ReplyMeta& meta) const {
  const Broken& broken = request_.broken;
  const bool out_of_reach = meta.outcome == Outcome::unresolved || meta.outcome == Outcome::refused;
  const bool dead = (broken.takes_unresolved_for_dead && out_of_reach) ||
                    (broken.takes_silence_for_yes && meta.outcome == Outcome::unknown);
  if (!dead) return false;
  seen.forced = true;
  seen.reasons.push_back("PodUnresponsive");
  seen.cites.push_back(meta.id);
  return true;
}

bool TwinRoller::look_at_configs(Calls& calls, Look& look) {
  if (!request_.allow_reconfiguration || request_.desired_config.empty()) return true;
  bool all = true;
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    const RollNode& node = request_.nodes[i];
    Seen& seen = look.nodes[i];
    if (!seen.reasons.empty() || !seen.ready || node.zookeeper) continue;
    // Its process runs with what it was found to run with: the pod is the same one.
    if (known_[i].configured == seen.pod->metadata.uid) continue;
    const KafkaReply* reply =
        ask_node(calls, "look/config/" + node.pod_name, node.id, !node.broker_role,
                 api::DescribeBrokerConfigsRequest{node.id}, kAnswer);
    if (reply == nullptr) {
      all = false;
      continue;
    }
    const auto* body = std::get_if<api::DescribeBrokerConfigsReply>(&reply->body);
    if (takes_for_dead(seen, reply->meta)) continue;
    if (!reply->meta.ok() || body == nullptr) {
      look.trouble = "the configuration of " + node.pod_name +
                     " could not be read: " + std::string(outcome_name(reply->meta.outcome));
      look.trouble_in = reply->meta.id;
      continue;
    }
    cite(look, seen.cites, reply->meta);
    seen.diff = config::diff(
        request_.desired_config[i], body->entries,
        {request_.kafka_version, node.broker_role, node.controller_role, true, true, true});
    if (seen.diff.empty()) known_[i].configured = seen.pod->metadata.uid;
    if (seen.diff.needs_restart()) {
      seen.reasons.push_back("ConfigChangeRequiresRestart");
    } else if (!seen.diff.empty() && failed_alters_.contains(node.pod_name)) {
      seen.reasons.push_back("ConfigChangeRequiresRestart");
    } else {
      seen.reconfigure = !seen.diff.empty();
    }
  }
  return all;
}

bool TwinRoller::look_at_kafka(Calls& calls, Look& look) {
  bool all = true;
  AskKafka how;
  how.timeout = kAnswer;
  how.first = ask_first_;
  const bool remembers = request_.broken.keeps_first_quorum && first_quorum_;
  if (remembers) {
    look.quorum = first_quorum_;
    look.cites.push_back(first_quorum_call_);
  }
  if (has_controllers() && !remembers) {
    how.controllers = true;
    const KafkaReply* reply =
        ask_any(calls, "look/quorum", request_, api::DescribeQuorumRequest{}, how);
    all &= reply != nullptr;
    if (reply != nullptr) {
      note_silence(look, reply->meta);
      const auto* body = std::get_if<api::DescribeQuorumReply>(&reply->body);
      if (reply->meta.ok() && body != nullptr) {
        look.quorum = *body;
        cite(look, look.cites, reply->meta);
        first_quorum_ = *body;
        first_quorum_call_ = reply->meta.id;
        all &= look_at_voters(calls, look);
      }
    }
    how.controllers = false;
  }
  if (!has_brokers()) return all;
  const KafkaReply* cluster =
      ask_any(calls, "look/cluster", request_, api::DescribeClusterRequest{true}, how);
  TopicView view;
  const Progress topics = ask_topics(calls, "look", request_, how, view);
  const KafkaReply* moving = has_controllers() ? ask_any(calls, "look/moving", request_,
                                                         api::ListReassignmentsRequest{}, how)
                                               : nullptr;
  if (cluster == nullptr || topics.is_waiting()) return false;
  if (has_controllers() && moving == nullptr) return false;
  note_silence(look, cluster->meta);
  if (topics.is_failed()) note_silence(look, view.failed);
  if (moving != nullptr) note_silence(look, moving->meta);
  if (moving == nullptr) {
    look.moving.emplace();
  } else if (const auto* moves = std::get_if<api::ListReassignmentsReply>(&moving->body);
             moving->meta.ok() && moves != nullptr) {
    look.moving = moves->moves;
    cite(look, look.cites, moving->meta);
  }
  const auto* body = std::get_if<api::DescribeClusterReply>(&cluster->body);
  if (cluster->meta.ok() && body != nullptr) {
    look.cluster = *body;
    cite(look, look.cites, cluster->meta);
  }
  if (topics.is_done()) {
    for (const ReplyMeta& meta : view.metas) cite(look, look.cites, meta);
    look.topics = std::move(view);
  }
  return all;
}

// Asked after the leader was, so that a voter that answers was there when the leader counted it.
bool TwinRoller::look_at_voters(Calls& calls, Look& look) {
  bool wanted = false;
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    wanted |= request_.nodes[i].controller_role && !look.nodes[i].reasons.empty();
  }
  if (!wanted) return true;
  bool all = true;
  for (const RollNode& node : who_answers(request_)) {
    if (!node.controller_role) continue;
    const KafkaReply* reply = ask_node(calls, "look/voter/" + node.pod_name, node.id, true,
                                       api::DescribeFeaturesRequest{}, kVoterAnswer);
    all &= reply != nullptr;
    if (reply == nullptr) continue;
    if (reply->meta.ok()) {
      cite(look, look.cites, reply->meta);
    } else {
      TWIN_MARK("twin_roller_silent_voter");
      look.silent.push_back(node.id);
    }
  }
  return all;
}

bool TwinRoller::look_at_ensemble(Calls& calls, Look& look) {
  bool all = true;
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    const RollNode& node = request_.nodes[i];
    if (!node.zookeeper) continue;
    KafkaRequest stat;
    stat.node = node.id;
    stat.zookeeper = true;
    stat.timeout = kAnswer;
    stat.body = api::ZookeeperStatRequest{};
    const KafkaReply* reply = calls.kafka("look/stat/" + node.pod_name, stat);
    if (reply == nullptr) {
      all = false;
      continue;
    }
    const auto* body = std::get_if<api::ZookeeperStatReply>(&reply->body);
    look.nodes[i].answers = reply->meta.ok() && body != nullptr;
    look.nodes[i].zookeeper_leader = look.nodes[i].answers && body->leader;
    if (look.nodes[i].answers) cite(look, look.nodes[i].cites, reply->meta);
  }
  return all;
}

// What did not come. Where it is broken so it rests on that as well.
void TwinRoller::note_silence(Look& look, const ReplyMeta& meta) const {
  if (meta.ok()) return;
  look.out_of_reach |= meta.outcome == Outcome::unresolved || meta.outcome == Outcome::refused;
  if (request_.broken.takes_silence_for_yes) look.cites.push_back(meta.id);
}

void TwinRoller::cite(Look& look, std::vector<CallId>& cites, const ReplyMeta& meta) {
  cites.push_back(meta.id);
  if (!look.oldest || meta.as_of < *look.oldest) look.oldest = meta.as_of;
}

// While a node is on its way back nothing that runs is restarted, whatever Kafka says: it is not
// asked, unless a node that is down itself wants to be restarted.
bool TwinRoller::may_restart(const Look& look) const {
  bool wanted = false;
  bool all_back = true;
  for (const Seen& seen : look.nodes) {
    const bool back = seen.pod != nullptr && seen.ready;
    if (!seen.reasons.empty()) {
      wanted = true;
      if (!back) return true;
    } else {
      all_back &= back;
    }
  }
  const Broken& broken = request_.broken;
  return wanted && (all_back || broken.ignores_unready || broken.does_not_await_return);
}

// Pods first, since they say whether anything more has to be known; then everything else at once,
// so that all answers are of one moment.
bool TwinRoller::look(Calls& calls, Look& look) {
  look.now = calls.now();
  look.nodes.resize(request_.nodes.size());
  if (!look_at_pods(calls, look)) return false;
  if (!look.trouble.empty()) return true;
  // What does not run may be restarted whatever Kafka says, and Kafka may not run at all.
  for (const Seen& seen : look.nodes) {
    if (!seen.reasons.empty() && does_not_run(seen)) return true;
  }
  if (!look_at_configs(calls, look)) return false;
  if (!look.trouble.empty() || !may_restart(look)) return true;
  const bool kafka = look_at_kafka(calls, look);
  const bool ensemble = look_at_ensemble(calls, look);
  return kafka && ensemble;
}

}  // namespace twin::controller
