// One visit of KafkaRoller: restartIfNecessary, in its order.
#include <algorithm>

#include "controller/client/retry.h"
#include "controller/roll/availability.h"
#include "controller/roll/questions.h"
#include "controller/roll/quorum_check.h"
#include "controller/roll/restart_reasons.h"
#include "controller/roll/strimzi_roller.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

constexpr sim::Duration kQuorumFetchTimeout{2'000'000'000};  // controller.quorum.fetch.timeout.ms
constexpr int32_t kRecovery = 2;
// How late a watch's event can be here: a deleted pod is looked at so often.
constexpr sim::Duration kWatch{100'000'000};

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

bool has_old_revision(const std::vector<std::string>& reasons) {
  for (const std::string& reason : reasons) {
    if (reason == "PodHasOldRevision" || reason == "UpgradePhase") return true;
  }
  return false;
}

std::string unread_config(const StrimziBehaviour& behaviour, bool broker) {
  if (!behaviour.controller_admin) return "Error getting broker config";
  return std::string("Error getting ") + (broker ? "broker" : "controller") +
         " config: java.util.concurrent.TimeoutException";
}

sim::Duration milliseconds_of(const api::ServerConfig* config, std::string_view key,
                              sim::Duration otherwise) {
  const std::string* value = config == nullptr ? nullptr : api::find_value(*config, key);
  return value == nullptr ? otherwise : sim::Duration{std::atoll(value->c_str()) * 1'000'000};
}

}  // namespace

StrimziRoller::Visit StrimziRoller::visit(Context& context, Calls& calls) {
  if (context.restarting) return await_restart(context, calls);
  const RollNode& node = node_of(context);
  const sim::Duration work = context.attempt > 1 ? behaviour_.later_visit
                             : node.broker_role  ? behaviour_.first_broker_visit
                                                 : behaviour_.first_visit;
  if (!calls.elapsed(key(context, "work"), work)) return Visit::waiting();
  const KubeReply* reply = ask_pod(calls, key(context, "pod"), request_, node.pod_name);
  if (reply == nullptr) return Visit::waiting();
  context.cites = {reply->meta.id};
  // A pod that is not there: nothing is waited for, the next one is looked at.
  if (reply->meta.outcome == Outcome::not_found) return Visit::done();
  const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
  if (pod == nullptr) {
    return Visit::stop_by(reply->meta, Problem::unforceable, "Error getting pod " + node.pod_name);
  }
  return visit_pod(context, *pod, reply->meta.id, calls);
}

// The agent says whether a node that is not Ready is recovering its logs. Anything else, silence
// included, does not stop the roller. False while waiting.
bool StrimziRoller::ask_agent(Context& context, Calls& calls, Visit& recovering) {
  const RollNode& node = node_of(context);
  const bool for_ever = behaviour_.agent_timeout.ns == 0;
  const sim::Duration timeout = for_ever ? behaviour_.poll : behaviour_.agent_timeout;
  for (;;) {
    const KafkaReply* state =
        ask_node(calls, key(context, "agent"), node.id, false, api::AgentStateRequest{}, timeout);
    if (state == nullptr) return false;
    if (for_ever && state->meta.outcome == Outcome::unknown) {
      calls.forget(key(context, "agent"));
      continue;
    }
    const auto* body = std::get_if<api::AgentStateReply>(&state->body);
    if (!state->meta.ok() || body == nullptr || body->broker_state != kRecovery) return true;
    TWIN_MARK("strimzi_roller_log_recovery");
    recovering = Visit::stop_by(
        state->meta, Problem::unforceable,
        "Pod " + node.pod_name +
            " is not ready because the Kafka node is performing log recovery. There are " +
            std::to_string(body->remaining_logs) + " logs and " +
            std::to_string(body->remaining_segments) + " segments left to recover.");
    return true;
  }
}

StrimziRoller::Visit StrimziRoller::visit_pod(Context& context, const api::Pod& pod, CallId read,
                                              Calls& calls) {
  const bool stuck = is_stuck(pod, behaviour_.stuck_on_invalid_image);
  if (!stuck) {
    const Visit ready = await_ready(context, calls, "first-ready", Problem::none, {});
    if (ready.state == Visit::State::waiting) return ready;
    if (ready.state == Visit::State::problem) {
      Visit recovering = Visit::done();
      if (!ask_agent(context, calls, recovering)) return Visit::waiting();
      if (recovering.state == Visit::State::problem) return recovering;
    }
  }
  context.cites = {read};
  context.reasons = request_.predicate->reasons(pod, node_of(context));
  context.restart_keys.clear();
  Needs needs;
  const Visit found = find_needs(context, pod, stuck, calls, needs);
  const Visit end =
      found.state == Visit::State::done ? apply_needs(context, pod, needs, calls) : found;
  return end.state == Visit::State::problem ? force_if_last(context, pod, end, calls) : end;
}

StrimziRoller::Visit StrimziRoller::find_needs(Context& context, const api::Pod& pod, bool stuck,
                                               Calls& calls, Needs& needs) {
  needs.restart = !context.reasons.empty();
  if (stuck) {
    if (!has_old_revision(context.reasons)) {
      return Visit::stop(Problem::fatal, "Pod is unschedulable or is not starting");
    }
    context.reasons.push_back("PodStuck");
    needs.force = true;
    return Visit::done();
  }
  const bool broker = has_role(pod, api::strimzi::kBrokerRole, node_of(context).broker_role);
  const bool controller =
      has_role(pod, api::strimzi::kControllerRole, node_of(context).controller_role);
  bool made = true;
  if (controller) {
    const Visit admin = make_admin(context, calls, true, made);
    if (admin.state != Visit::State::done) return admin;
    // Up to 0.48 the quorum is asked through brokers: that none resolves says nothing of this node.
    if (!made && !behaviour_.controller_admin && !broker) {
      return Visit::stop(Problem::unforceable,
                         "KafkaQuorumCheck cannot be initialised for " + node_of(context).pod_name +
                             " because none of the brokers do not seem to responding to connection "
                             "attempts");
    }
  }
  if (made && broker) {
    const Visit admin = make_admin(context, calls, false, made);
    if (admin.state != Visit::State::done) return admin;
  }
  if (!made) {
    TWIN_MARK("strimzi_roller_unresponsive");
    context.reasons.push_back("PodUnresponsive");
    needs.force = true;  // nobody asks whether it may: a known hazard of this roller
    return Visit::done();
  }
  if (broker || behaviour_.controller_admin) return find_config_needs(context, pod, calls, needs);
  return Visit::done();
}

// An Admin client is made once in a roll. It cannot be made when no name of its bootstrap list
// resolves: to the roller that looks like a node that does not respond.
StrimziRoller::Visit StrimziRoller::make_admin(Context& context, Calls& calls, bool for_quorum,
                                               bool& made) {
  const bool controllers = for_quorum && behaviour_.controller_admin;
  bool& kept = for_quorum ? quorum_admin_ : broker_admin_;
  made = true;
  if (kept) return Visit::done();
  const std::string name = for_quorum ? "quorum-admin" : "broker-admin";
  const sim::Duration warming =
      request_.cold && for_quorum ? behaviour_.cold_admin_client : sim::Duration{};
  if (!calls.elapsed(key(context, (name + "-time").c_str()), behaviour_.admin_client + warming)) {
    return Visit::waiting();
  }
  AskKafka how;
  how.controllers = controllers;
  const KafkaReply* reply =
      ask_any(calls, key(context, name.c_str()), request_, api::DescribeClusterRequest{}, how);
  if (reply == nullptr) {
    for (const RollNode& node : who_answers(request_)) {
      if (controllers ? node.controller_role : node.broker_role) return Visit::waiting();
    }
    return Visit::done();  // nobody has that role here
  }
  made = kept = reply->meta.outcome != Outcome::unresolved;
  return Visit::done();
}

// The node's configuration is always read: an answer shows that it can be reached.
StrimziRoller::Visit StrimziRoller::find_config_needs(Context& context, const api::Pod& pod,
                                                      Calls& calls, Needs& needs) {
  const RollNode& node = node_of(context);
  const bool broker = has_role(pod, api::strimzi::kBrokerRole, node.broker_role);
  const bool controller = has_role(pod, api::strimzi::kControllerRole, node.controller_role);
  const KafkaReply* reply =
      ask_patiently(calls, key(context, "describe"), node.id, !broker,
                    api::DescribeBrokerConfigsRequest{node.id}, behaviour_.admin_timeout);
  if (reply == nullptr) return Visit::waiting();
  const auto* body = std::get_if<api::DescribeBrokerConfigsReply>(&reply->body);
  if (!reply->meta.ok() || body == nullptr) {
    if (context.attempt < behaviour_.attempts) {
      return Visit::stop_by(reply->meta, Problem::forceable, unread_config(behaviour_, broker),
                            "(" + std::string(outcome_name(reply->meta.outcome)) + ")");
    }
    needs.restart = true;
    if (behaviour_.unread_config_is_reason) {
      context.reasons.push_back("ConfigChangeRequiresRestart");
    }
    return Visit::done();
  }
  context.cites.push_back(reply->meta.id);
  const api::ServerConfig* desired = config_of(context);
  if (needs.restart || !request_.allow_reconfiguration || desired == nullptr) return Visit::done();
  needs.diff = config::diff(
      *desired, body->entries,
      {request_.kafka_version, broker, controller, behaviour_.compares_numbers, false, false});
  if (needs.diff.needs_restart()) {
    needs.restart = true;
    context.restart_keys = needs.diff.restart_keys;
    context.reasons.push_back("ConfigChangeRequiresRestart");
  } else {
    needs.reconfigure = !needs.diff.empty();
  }
  return Visit::done();
}

// Forceable, and nothing left to try: the node is restarted although it did not answer, if it may.
// Whether it may is asked anew; that it may not leaves the problem as it was, that nobody can tell
// is a problem of its own.
StrimziRoller::Visit StrimziRoller::force_if_last(Context& context, const api::Pod& pod,
                                                  Visit problem, Calls& calls) {
  if (problem.problem != Problem::forceable || context.attempt < behaviour_.attempts) {
    return problem;
  }
  const Visit allowed = can_roll(context, pod, "forced-", calls);
  if (allowed.state == Visit::State::waiting) return allowed;
  if (allowed.state == Visit::State::problem) return allowed.refused ? problem : allowed;
  TWIN_MARK("strimzi_roller_forced");
  context.reasons.push_back("PodForceRestartOnError");
  return begin_restart(context, pod, calls);
}

StrimziRoller::Visit StrimziRoller::apply_needs(Context& context, const api::Pod& pod, Needs& needs,
                                                Calls& calls) {
  if (needs.force) return begin_restart(context, pod, calls);
  const std::string& name = node_of(context).pod_name;
  if (!needs.restart && !needs.reconfigure) {
    const Visit ready =
        await_ready(context, calls, "unchanged", Problem::fatal,
                    "Error while waiting for non-restarted pod " + name + " to become ready");
    if (ready.state == Visit::State::done && calls.asked_at(key(context, "skip")) == sim::kNever) {
      decide(calls, context, DecisionKind::skip, "NoReason", "nothing to restart it for",
             context.cites);
    }
    return ready;
  }
  if (!context.reconfigured) {
    if (has_role(pod, api::strimzi::kControllerRole, node_of(context).controller_role)) {
      const Visit active = check_active_controller(context, calls);
      if (active.state != Visit::State::done) return active;
    }
    const Visit allowed = can_roll(context, pod, "", calls);
    if (allowed.state != Visit::State::done) return allowed;
  }
  if (needs.reconfigure && !needs.restart) {
    bool failed = false;
    const Visit changed = reconfigure(context, needs, calls, failed);
    if (changed.state == Visit::State::waiting) return changed;
    if (!failed) {
      context.reconfigured = true;
      return await_ready(context, calls, "reconfigured", Problem::fatal,
                         "Error while waiting for restarted pod " + name + " to become ready");
    }
    // No reason is added: the restart that follows has none, and no Event.
  }
  return begin_restart(context, pod, calls);
}

StrimziRoller::Visit StrimziRoller::reconfigure(Context& context, const Needs& needs, Calls& calls,
                                                bool& failed) {
  using Alter = api::IncrementalAlterConfigsRequest;
  const RollNode& node = node_of(context);
  if (calls.asked_at(key(context, "alter-said")) == sim::kNever) {
    calls.elapsed(key(context, "alter-said"), {});
    std::vector<std::string> keys;
    for (const auto& change : needs.diff.per_broker) keys.push_back(change.name);
    for (const auto& change : needs.diff.cluster_wide) keys.push_back(change.name);
    decide(calls, context, DecisionKind::reconfigure, "DynamicUpdate",
           "changed without a restart: " + joined(keys), context.cites);
  }
  const auto send = [&](const char* part, Alter::Resource resource,
                        const std::vector<Alter::Change>& changes) -> const KafkaReply* {
    Alter request;
    request.resource = resource;
    request.broker = node.id;
    request.changes = changes;
    return ask_patiently(calls, key(context, part), node.id, !node.broker_role, request,
                         behaviour_.admin_timeout);
  };
  std::vector<Alter::Change> of_broker = needs.diff.per_broker;
  std::vector<Alter::Change> of_cluster = needs.diff.cluster_wide;
  if (!behaviour_.cluster_wide_to_cluster) {
    of_broker.insert(of_broker.end(), of_cluster.begin(), of_cluster.end());
    of_cluster.clear();
  }
  if (!of_broker.empty()) {
    const KafkaReply* reply = send("alter-broker", Alter::Resource::broker, of_broker);
    if (reply == nullptr) return Visit::waiting();
    failed |= !reply->meta.ok();
  }
  if (!failed && !of_cluster.empty()) {
    const KafkaReply* reply = send("alter-cluster", Alter::Resource::cluster, of_cluster);
    if (reply == nullptr) return Visit::waiting();
    failed |= !reply->meta.ok();
  }
  if (failed) TWIN_MARK("strimzi_roller_alter_failed");
  return Visit::done();
}

StrimziRoller::Visit StrimziRoller::check_active_controller(Context& context, Calls& calls) {
  size_t open = 0;
  for (const Context& other : contexts_) open += other.open ? 1 : 0;
  AskKafka how;
  how.controllers = behaviour_.controller_admin;
  how.patience = behaviour_.api_timeout;
  const KafkaReply* reply =
      ask_any(calls, key(context, "active"), request_, api::DescribeQuorumRequest{}, how);
  if (reply == nullptr) return Visit::waiting();
  const auto* quorum = std::get_if<api::DescribeQuorumReply>(&reply->body);
  if (!reply->meta.ok() || quorum == nullptr) {
    return Visit::stop_by(reply->meta, Problem::unforceable,
                          "An error while trying to determine the active controller");
  }
  context.cites.push_back(reply->meta.id);
  if (quorum->leader != node_of(context).id || open <= 1) return Visit::done();
  return Visit::stop(Problem::forceable,
                     "Pod " + node_of(context).pod_name +
                         " is the active controller and there are other pods to verify first");
}

// A node of both roles is asked about in both, also when the first answer is no.
StrimziRoller::Visit StrimziRoller::can_roll(Context& context, const api::Pod& pod,
                                             const std::string& when, Calls& calls) {
  const RollNode& node = node_of(context);
  Visit quorum = Visit::done();
  if (has_role(pod, api::strimzi::kControllerRole, node.controller_role)) {
    quorum = can_roll_controller(context, when, calls);
    const bool answered = quorum.state == Visit::State::done || quorum.refused;
    if (!answered) return quorum;
  }
  if (!has_role(pod, api::strimzi::kBrokerRole, node.broker_role)) return quorum;
  const Visit partitions = can_roll_broker(context, when, calls);
  return partitions.state == Visit::State::done ? quorum : partitions;
}

StrimziRoller::Visit StrimziRoller::can_roll_controller(Context& context, const std::string& when,
                                                        Calls& calls) {
  const RollNode& node = node_of(context);
  AskKafka how;
  how.controllers = behaviour_.controller_admin;
  how.patience = behaviour_.api_timeout;
  const KafkaReply* reply = ask_any(calls, key(context, (when + "quorum").c_str()), request_,
                                    api::DescribeQuorumRequest{}, how);
  if (reply == nullptr) return Visit::waiting();
  const auto* quorum = std::get_if<api::DescribeQuorumReply>(&reply->body);
  if (!reply->meta.ok() || quorum == nullptr) {
    return Visit::stop_by(reply->meta, Problem::unforceable,
                          "An error while trying to determine the possibility of updating Kafka "
                          "controller pods");
  }
  context.cites.push_back(reply->meta.id);
  const sim::Duration fetch_timeout = milliseconds_of(
      config_of(context), "controller.quorum.fetch.timeout.ms", kQuorumFetchTimeout);
  const QuorumVerdict verdict = quorum_check(*quorum, node.id, fetch_timeout);
  if (verdict.may_stop) return Visit::done();
  return Visit::refuse("Pod " + node.pod_name + " cannot be updated right now.", verdict.reason);
}

StrimziRoller::Visit StrimziRoller::can_roll_broker(Context& context, const std::string& when,
                                                    Calls& calls) {
  const RollNode& node = node_of(context);
  TopicView view;
  AskKafka how;
  how.patience = behaviour_.api_timeout;
  const Progress asked =
      ask_topics(calls, key(context, (when + "availability").c_str()), request_, how, view);
  if (asked.is_waiting()) return Visit::waiting();
  if (asked.is_failed()) {
    return Visit::stop_by(view.failed, Problem::forceable,
                          "An error while trying to determine the possibility of updating Kafka "
                          "broker pods",
                          asked.message);
  }
  context.cites.insert(context.cites.end(), view.cites.begin(), view.cites.end());
  const auto blocking = blocking_partitions(*view.topics, *view.configs, node.id, 1);
  if (blocking.empty()) return Visit::done();
  TWIN_MARK("strimzi_roller_blocked");
  return Visit::refuse("Pod " + node.pod_name + " cannot be updated right now.",
                       blocking.front().sentence(node.id));
}

StrimziRoller::Visit StrimziRoller::begin_restart(Context& context, const api::Pod& pod,
                                                  Calls& calls) {
  const RollNode& node = node_of(context);
  if (calls.asked_at(key(context, "restart-said")) == sim::kNever) {
    calls.elapsed(key(context, "restart-said"), {});
    const std::string code = context.reasons.empty() ? "" : context.reasons.front();
    const std::string why = context.reasons.empty()
                                ? "its configuration could not be read, or not be changed while it "
                                  "runs (no reason is published)"
                                : restart_sentence(context.reasons, context.restart_keys);
    decide(calls, context, DecisionKind::restart, code, why, context.cites);
  }
  // Whatever incarnation has the name now: KafkaRoller sends no precondition.
  const KubeReply* reply =
      calls.kube(key(context, "delete"),
                 remove_request(api::Kind::pod, request_.namespace_name, node.pod_name, {}));
  if (reply == nullptr) return Visit::waiting();
  context.restarting = true;
  context.deleted = pod.metadata.uid;
  // A delete that fails is found out when the wait for its end is over: the two are joined.
  context.delete_failed = !reply->meta.ok() && reply->meta.outcome != Outcome::not_found;
  return await_restart(context, calls);
}

StrimziRoller::Visit StrimziRoller::await_restart(Context& context, Calls& calls) {
  const RollNode& node = node_of(context);
  // Until the name belongs to another incarnation or to nobody. Strimzi watches for that.
  if (calls.asked_at(key(context, "gone-done")) == sim::kNever) {
    const bool late = calls.elapsed(key(context, "gone-since"), request_.operation_timeout);
    const KubeReply* reply = ask_pod(calls, key(context, "gone"), request_, node.pod_name);
    if (reply == nullptr) return Visit::waiting();
    const bool same = reply->meta.ok() && reply->object->metadata.uid == context.deleted;
    const bool unread = !reply->meta.ok() && reply->meta.outcome != Outcome::not_found;
    if ((same || unread) && !late) {
      if (!calls.elapsed(key(context, "gone-poll"), kWatch)) return Visit::waiting();
      calls.forget(key(context, "gone"));
      calls.forget(key(context, "gone-poll"));
      return await_restart(context, calls);
    }
    if (same || unread || context.delete_failed) {
      if (!behaviour_.event_only_of_success) publish_event(context, calls);
      return Visit::stop_by(
          reply->meta, Problem::unforceable,
          "Error while trying to restart pod " + node.pod_name + " to become ready");
    }
    calls.elapsed(key(context, "gone-done"), {});
  }
  publish_event(context, calls);
  return await_ready(context, calls, "restarted", Problem::fatal,
                     "Error while waiting for restarted pod " + node.pod_name + " to become ready");
}

// For `kubectl get events`: why the operator restarted it. Sent once the old pod is gone, about the
// Kafka resource; what becomes of it does not matter.
void StrimziRoller::publish_event(Context& context, Calls& calls) {
  if (context.event_sent || context.reasons.empty()) return;
  context.event_sent = true;
  const std::string& pod = node_of(context).pod_name;
  for (const std::string& reason : context.reasons) {
    auto event = std::make_shared<api::KubeEvent>();
    event->metadata.namespace_name = request_.namespace_name;
    event->metadata.name = "strimzi-event-" + pod + "-" + std::to_string(context.deleted.value) +
                           "-" + std::to_string(&reason - context.reasons.data());
    event->type = "Normal";
    event->reason = reason;
    event->action = "StrimziInitiatedPodRestart";
    event->note = "Pod " + pod + " was restarted: " + reason;
    event->reporting_controller = "strimzi.io/cluster-operator";
    event->regarding_kind = "Kafka";
    event->regarding_name = request_.cluster;
    calls.kube(key(context, ("event/" + reason).c_str()), write_request(Verb::create, event));
  }
}

// Polls readiness each second up to the operation timeout; then it is a problem, of which kind the
// caller says (none: the caller goes on).
StrimziRoller::Visit StrimziRoller::await_ready(Context& context, Calls& calls,
                                                const std::string& name, Problem on_timeout,
                                                const std::string& message) {
  const std::string pod_key = key(context, (name + "-pod").c_str());
  const std::string poll_key = key(context, (name + "-poll").c_str());
  const bool late =
      calls.elapsed(key(context, (name + "-since").c_str()), request_.operation_timeout);
  const KubeReply* reply = ask_pod(calls, pod_key, request_, node_of(context).pod_name);
  if (reply == nullptr) return Visit::waiting();
  const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
  if (pod != nullptr && api::is_ready(*pod) && pod->metadata.uid != context.deleted) {
    return Visit::done();
  }
  if (late) return Visit::stop_by(reply->meta, on_timeout, message);
  if (!calls.elapsed(poll_key, behaviour_.poll)) return Visit::waiting();
  calls.forget(pod_key);
  calls.forget(poll_key);
  return await_ready(context, calls, name, on_timeout, message);
}

}  // namespace twin::controller
