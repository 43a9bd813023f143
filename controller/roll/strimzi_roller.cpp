#include "controller/roll/strimzi_roller.h"

#include <algorithm>

#include "controller/client/retry.h"
#include "controller/roll/questions.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::controller {

const StrimziBehaviour* find_behaviour(std::string_view profile) {
  static const StrimziBehaviour kBehaviours[] = {
      {.profile = "strimzi@0.47"},
      {.profile = "strimzi@1.2",
       .controller_admin = true,
       .cluster_wide_to_cluster = true,
       .stuck_on_invalid_image = true,
       .unread_config_is_reason = true,
       .event_only_of_success = true,
       .compares_numbers = true,
       .agent_timeout = sim::Duration{10'000'000'000}},
  };
  for (const StrimziBehaviour& behaviour : kBehaviours) {
    if (behaviour.profile == profile) return &behaviour;
  }
  return nullptr;
}

namespace {

// 250 ms and its doublings: 127750 ms in ten attempts.
int64_t total_delay_ms(const StrimziBehaviour& behaviour) {
  const int64_t slots = (int64_t{1} << (behaviour.attempts - 1)) - 1;
  return sim::whole_ms(behaviour.first_backoff * slots);
}

}  // namespace

StrimziRoller::StrimziRoller(RollRequest request, const StrimziBehaviour& behaviour)
    : request_(std::move(request)), behaviour_(behaviour) {}

const api::ServerConfig* StrimziRoller::config_of(const Context& context) const {
  return context.node < request_.desired_config.size() ? &request_.desired_config[context.node]
                                                       : nullptr;
}

std::string StrimziRoller::key(const Context& context, const char* part) const {
  return "roll/" + node_of(context).pod_name + "/" + part;
}

void StrimziRoller::decide(Calls& calls, const Context& context, DecisionKind kind,
                           std::string code, std::string reason, std::vector<CallId> cites) const {
  const RollNode& node = node_of(context);
  calls.decide(
      {kind, node.id, node.pod_name, std::move(reason), std::move(code), std::move(cites)});
}

// Reads which pods are Ready now: that is what the order of the whole roll goes by. One that cannot
// be read ends the roll before it began.
Progress StrimziRoller::begin(Calls& calls) {
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    if (ask_pod(calls, "roll/order/" + request_.nodes[i].pod_name, request_,
                request_.nodes[i].pod_name) == nullptr) {
      return Progress::waiting();
    }
  }
  std::vector<CallId> cites;
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    const KubeReply* reply = ask_pod(calls, "roll/order/" + request_.nodes[i].pod_name, request_,
                                     request_.nodes[i].pod_name);
    cites.push_back(reply->meta.id);
    if (!reply->meta.ok() && reply->meta.outcome != Outcome::not_found) {
      return kube_failure("reading pod " + request_.nodes[i].pod_name, *reply);
    }
    const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
    if (pod == nullptr || !api::is_ready(*pod)) unready_.push_back(i);
  }
  calls.forget_prefix("roll/order/");
  begun_ = true;
  std::string order;
  for (const bool controllers : {true, false}) {
    start_phase(calls, controllers);
    order += controllers ? "controllers [" : "], brokers [";
    bool first = true;
    for (const Context& context : contexts_) {
      order += (first ? "" : ",") + std::to_string(node_of(context).id.value);
      first = false;
    }
  }
  calls.decide(
      {DecisionKind::order, {}, request_.cluster, "initial order: " + order + "]", "Order", cites});
  start_phase(calls, true);
  return Progress::done();
}

// Unready ones are put at the head one after the other, so several come in reverse order.
void StrimziRoller::start_phase(Calls& calls, bool controllers) {
  contexts_.clear();
  broker_phase_ = !controllers;
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    if (request_.nodes[i].controller_role != controllers) continue;
    Context context;
    context.node = i;
    context.due = calls.now();
    const bool unready = std::find(unready_.begin(), unready_.end(), i) != unready_.end();
    contexts_.insert(unready ? contexts_.begin() : contexts_.end(), context);
  }
  for (Context& context : contexts_) context.order = scheduled_++;
}

StrimziRoller::Context* StrimziRoller::next_context(sim::Time now) {
  Context* best = nullptr;
  for (Context& context : contexts_) {
    if (!context.open || context.due > now) continue;
    const bool earlier = best == nullptr || context.due < best->due ||
                         (context.due == best->due && context.order < best->order);
    if (earlier) best = &context;
  }
  return best;
}

Progress StrimziRoller::step(Calls& calls) {
  if (!begun_) {
    const Progress ordered = begin(calls);
    if (!ordered.is_done()) return ordered;
  }
  for (;;) {
    if (fatal_) return finish();
    if (current_ < 0) {
      Context* next = next_context(calls.now());
      if (next == nullptr) {
        sim::Time due = sim::kNever;
        for (const Context& context : contexts_) {
          if (context.open) due = std::min(due, context.due);
        }
        if (due != sim::kNever) {
          calls.wake_at(due);
          return Progress::waiting();
        }
        const Progress ended = finish();
        if (broker_phase_ || ended.is_failed()) return ended;
        start_phase(calls, false);
        continue;
      }
      current_ = static_cast<int>(next - contexts_.data());
    }
    Context& context = contexts_[static_cast<size_t>(current_)];
    const Visit result = visit(context, calls);
    if (result.state == Visit::State::waiting) return Progress::waiting();
    close_visit(context, calls);
    if (result.state == Visit::State::done) {
      context.open = false;
    } else {
      handle_problem(context, result, calls);
    }
  }
}

void StrimziRoller::close_visit(Context& context, Calls& calls) {
  calls.forget_prefix("roll/" + node_of(context).pod_name + "/");
  context.restarting = context.reconfigured = context.event_sent = context.delete_failed = false;
  context.deleted = {};
  current_ = -1;
}

void StrimziRoller::handle_problem(Context& context, const Visit& visit, Calls& calls) {
  if (visit.shown_by.value != 0) context.cites.push_back(visit.shown_by);
  if (visit.problem == Problem::fatal) {
    TWIN_MARK("strimzi_roller_fatal");
    decide(
        calls, context, DecisionKind::give_up, "FatalProblem",
        "Could not restart pod " + node_of(context).pod_name +
            ", giving up without retrying because we encountered a fatal error: " + visit.message,
        context.cites);
    fatal_ = true;
    for (Context& each : contexts_) {
      if (!each.open) continue;
      each.open = false;
      each.error_class = "FatalProblem";
      each.message = visit.message;
    }
    return;
  }
  const std::string what =
      visit.detail.empty() ? visit.message : visit.message + " " + visit.detail;
  const bool forceable = visit.problem == Problem::forceable;
  const char* name = forceable ? "ForceableProblem" : "UnforceableProblem";
  if (context.attempt >= behaviour_.attempts) {
    TWIN_MARK("strimzi_roller_gives_up");
    decide(calls, context, DecisionKind::give_up, name,
           "Could not verify pod " + node_of(context).pod_name +
               " is up-to-date, giving up after " + std::to_string(behaviour_.attempts) +
               " attempts. Total delay between attempts " +
               std::to_string(total_delay_ms(behaviour_)) + "ms: " + what,
           context.cites);
    context.open = false;
    context.error_class = name;
    context.message = visit.message;
    return;
  }
  // Counted from the end of the failed attempt; one thread, so it may be overrun.
  sim::Duration delay = behaviour_.first_backoff;
  for (int i = 1; i < context.attempt; ++i) delay = delay * 2;
  decide(calls, context, DecisionKind::wait, name,
         "Will temporarily skip verifying pod " + node_of(context).pod_name +
             " is up-to-date (attempt " + std::to_string(context.attempt) +
             "), retrying after at "
             "least " +
             std::to_string(sim::whole_ms(delay)) + "ms: " + what,
         context.cites);
  ++context.attempt;
  context.due = calls.now() + delay;
  context.order = scheduled_++;
  context.cites.clear();
}

// The first node that failed, in the order of the phase, names the failure of the roll: one that
// had been given up before another one's fatal problem ended all.
Progress StrimziRoller::finish() const {
  for (const Context& context : contexts_) {
    if (!context.error_class.empty()) {
      return Progress::failed(context.error_class, context.message);
    }
  }
  return Progress::done();
}

std::vector<std::string> StrimziRoller::pending() const {
  std::vector<std::string> open;
  for (const Context& context : contexts_) {
    if (!context.open) continue;
    open.push_back(node_of(context).pod_name + ": attempt " + std::to_string(context.attempt));
  }
  return open;
}

}  // namespace twin::controller
