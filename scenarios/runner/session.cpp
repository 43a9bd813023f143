#include "scenarios/runner/session.h"

#include <algorithm>
#include <set>

#include "model/events.h"
#include "scenarios/runner/properties/liveness.h"
#include "scenarios/runner/properties/reached.h"
#include "scenarios/runner/watcher.h"
#include "sim/assert.h"

namespace twin::scenario {

using namespace sim::literals;

namespace {

constexpr sim::Duration kLookEvery =
    1_s;  // for rest; conditions are looked at when something happens

sim::TraceMetadata metadata_of(const Scenario& scenario) {
  return {{"scenario", scenario.name},
          {"file", scenario.file},
          {"seed", std::to_string(scenario.seed)},
          {"operator", scenario.operators.empty() ? "" : scenario.operators.front().profile}};
}

std::string replay_command(const Scenario& scenario) {
  std::string command =
      "kafka-twin run " + scenario.file + " --seed " + std::to_string(scenario.seed);
  if (!scenario.operators.empty()) command += " --operator " + scenario.operators.front().profile;
  return command;
}

// A signal ends a run within the instant that it plays, however much happens in it.
class StopsAtInterrupt : public model::TraceListener {
 public:
  StopsAtInterrupt(model::World& world, const volatile bool& interrupted)
      : world_(world), interrupted_(interrupted) {}
  void on_record(const sim::Record&) override {
    if (interrupted_) world_.kernel.engine.stop();
  }

 private:
  model::World& world_;
  const volatile bool& interrupted_;
};

}  // namespace

std::string_view end_name(EndReason reason) {
  switch (reason) {
    case EndReason::settled:
      return "settled";
    case EndReason::time_max:
      return "timeMax";
    case EndReason::deploy_failed:
      return "deployFailed";
    case EndReason::bad_step:
      return "badStep";
    case EndReason::interrupted:
      return "interrupted";
  }
  return "settled";
}

Session::Session(const Scenario& scenario, const SessionOptions& options)
    : scenario_(scenario),
      options_(options),
      moves_(recorder_.names()),
      watcher_(std::make_unique<Watcher>(recorder_)) {
  model::WorldOptions world;
  world.engine.seed = scenario.seed;
  if (options.instant_events_max > 0) {
    world.engine.instant_events_max = options.instant_events_max;
  }
  world.engine.tie_order = scenario.tie_order;
  world.engine.replay_command = replay_command(scenario);
  world.hardware = scenario.environment.hardware;
  world.kube.version = scenario.environment.kubernetes_version;
  world.trace_sink = options.trace;
  world.trace_metadata = metadata_of(scenario);
  world_ = std::make_unique<model::World>(world);
  world_->set_director(*this);
  world_->kernel.add_listener(recorder_);
  world_->kernel.add_listener(moves_);
  world_->kernel.add_listener(*watcher_);
  if (options.interrupt != nullptr) {
    stops_ = std::make_unique<StopsAtInterrupt>(*world_, *options.interrupt);
    world_->kernel.add_listener(*stops_);
  }
  reassign_tool_ = std::make_unique<ReassignTool>(*world_);
  for (model::TraceListener* listener : options.listeners) {
    world_->kernel.add_listener(*listener);
  }
  states_.resize(scenario.steps.size(), StepState::waiting);
  faults_of_step_.resize(scenario.steps.size(), UINT32_MAX);
}

Session::~Session() = default;

void Session::build() {
  model::World& world = *world_;
  world.kernel.emit(trace::RunStarted{static_cast<int64_t>(scenario_.seed),
                                      static_cast<int64_t>(scenario_.tie_order)},
                    scenario_.name);
  for (const KubeNodeSpec& node : scenario_.environment.nodes) {
    world.kube.add_node(node.name, node.zone, node.cpu_millis, node.memory);
  }
  for (const auto& storage : scenario_.environment.storage_classes) world.kube.user_apply(*storage);
  for (const auto& object : scenario_.objects) {
    const controller::KubeReply reply = world.kube.user_apply(*object);
    if (reply.meta.ok() || !bad_step_.empty()) continue;
    bad_step_ = "the API server refuses " + std::string(api::kind_name(object->kind)) + "/" +
                object->metadata.name + ": " + reply.meta.message;
  }
  for (const controller::OperatorOptions& options : scenario_.operators) {
    const auto added = world.operators.add(options);
    TWIN_ASSERT_MSG(added.has_value(), "the loader checks profiles");
  }
}

std::shared_ptr<const api::Kafka> Session::kafka() const {
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::kafka)) {
    return std::static_pointer_cast<const api::Kafka>(object);
  }
  return nullptr;
}

bool Session::ready(const api::Kafka& kafka) const {
  const api::Condition* condition = api::find_condition(kafka.status.conditions, "Ready");
  return condition != nullptr && condition->status == "True" &&
         kafka.status.observed_generation == kafka.metadata.generation;
}

// Runs up to `until`, instant by instant, and looks for steps whose condition holds. False: the run
// is over.
bool Session::drive(sim::Time until) {
  model::World& world = *world_;
  while (world.kernel.now() < until) {
    if (options_.interrupt != nullptr && *options_.interrupt) return false;
    const sim::Time next = world.kernel.engine.next_at();
    if (next > until) {
      world.run_until(until);
      break;
    }
    const uint64_t before = world.kernel.trace.records();
    world.run_until(next);
    if (world.kernel.trace.records() != before) look();
    if (!bad_step_.empty()) return false;
  }
  return true;
}

void Session::look() {
  if (watcher_->take_kafka_written()) {
    const auto resource = kafka();
    const bool now_ready = resource && ready(*resource);
    if (now_ready && !was_ready_) last_ready_ = world_->kernel.now();
    was_ready_ = now_ready;
  }
  if (zero_set_) look_at_steps();
}

void Session::deploy() {
  const sim::Time limit = sim::Time{} + scenario_.deploy_max;
  if (!kafka()) return;
  while (!was_ready_ && world_->kernel.now() < limit) {
    const sim::Time next = std::min(limit, world_->kernel.now() + kLookEvery);
    if (!drive(next)) return;
  }
}

std::vector<std::string> Session::steps_pending() const {
  std::vector<std::string> open;
  for (size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] == StepState::taken) continue;
    const Step& step = scenario_.steps[i];
    std::string why;
    if (step.trigger.when) why = ": " + step.trigger.when->text + " does not hold";
    if (step.trigger.on_call) {
      why = ": the operator made no call " + std::to_string(step.trigger.on_call->nth);
    }
    open.push_back("step " + step.id + " was not taken" + why);
  }
  return open;
}

// A proposal that nobody approves yet is rest.
std::vector<std::string> Session::rebalances_under_way() const {
  std::vector<std::string> open;
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::kafka_rebalance)) {
    for (const api::Condition& each : api::as<api::KafkaRebalance>(*object).conditions) {
      if (each.type != "PendingProposal" && each.type != "Rebalancing") continue;
      open.push_back("KafkaRebalance " + object->metadata.name + " is " + each.type);
    }
  }
  return open;
}

int64_t Session::under_replicated() const {
  const int64_t count = world_->ledger.under_replicated();
  return count == 0 ? 0 : count - lacking_what_nobody_runs(*world_);
}

// Those that a set means to have and that are not there: an operator that missed their end has them
// still to make.
std::vector<std::string> Session::missing_pods() const {
  std::set<std::string> there;
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::pod)) {
    there.insert(object->metadata.name);
  }
  std::vector<std::string> missing;
  const auto look_for = [&](const std::string& name) {
    if (!there.contains(name)) missing.push_back(name);
  };
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::strimzi_pod_set)) {
    for (const auto& pod : api::as<api::StrimziPodSet>(*object).pods) look_for(pod->metadata.name);
  }
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::stateful_set)) {
    const int32_t replicas = api::as<api::StatefulSet>(*object).replicas;
    for (int32_t ordinal = 0; ordinal < replicas; ++ordinal) {
      look_for(object->metadata.name + "-" + std::to_string(ordinal));
    }
  }
  return missing;
}

// The same question as pending(), asked once a second: no texts, and the cheapest things first.
bool Session::at_rest() const {
  if (!all_steps_taken() || moves_.moving() || !rebalances_under_way().empty()) return false;
  if (world_->ledger.offline() + world_->clients.stalled() > 0) return false;
  const auto all = [&](api::Kind kind, const auto& settled) {
    const std::vector<api::ObjectPtr> objects = world_->kube.objects(kind);
    return std::all_of(objects.begin(), objects.end(), settled);
  };
  return all(api::Kind::kafka,
             [&](const api::ObjectPtr& object) {
               const auto& resource = api::as<api::Kafka>(*object);
               return ready(resource) || is_refused(resource);
             }) &&
         all(api::Kind::pod,
             [](const api::ObjectPtr& object) {
               const auto& pod = api::as<api::Pod>(*object);
               return !api::is_terminating(pod) && api::is_ready(pod);
             }) &&
         under_replicated() == 0 && missing_pods().empty();
}

std::vector<std::string> Session::pending() const {
  std::vector<std::string> open = unrest();
  const int64_t moving = moves_.started() - moves_.ended();
  if (moving > 0) open.push_back(std::to_string(moving) + " partitions are being reassigned");
  for (std::string& line : rebalances_under_way()) open.push_back(std::move(line));
  for (std::string& step : steps_pending()) open.push_back(std::move(step));
  return open;
}

std::vector<std::string> Session::unrest() const {
  std::vector<std::string> open;
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::kafka)) {
    const auto& resource = api::as<api::Kafka>(*object);
    // A refused wish is rest only for a cluster that already stands.
    if (ready(resource) || (was_ready_ && is_refused(resource))) continue;
    std::string why = "Kafka " + resource.metadata.name + " is not Ready";
    if (const auto* condition = api::find_condition(resource.status.conditions, "NotReady")) {
      why += " (" + condition->reason + ": " + condition->message + ")";
    }
    open.push_back(why);
  }
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::pod)) {
    const auto& pod = api::as<api::Pod>(*object);
    if (api::is_terminating(pod))
      open.push_back("pod " + pod.metadata.name + " is Terminating");
    else if (!api::is_ready(pod))
      open.push_back("pod " + pod.metadata.name + " is not Ready");
  }
  for (const std::string& name : missing_pods()) open.push_back("pod " + name + " is not there");
  const auto count = [&](int64_t n, const char* what) {
    if (n > 0) open.push_back(std::to_string(n) + " partitions " + what);
  };
  count(world_->ledger.offline(), "have no leader");
  count(under_replicated(), "are under-replicated");
  count(world_->clients.stalled(), "take no records");
  return open;
}

sim::Duration Session::settle() const {
  if (scenario_.settle.ns > 0) return scenario_.settle;
  sim::Duration interval = 120_s;  // STRIMZI_FULL_RECONCILIATION_INTERVAL_MS of every release
  for (const controller::OperatorOptions& options : scenario_.operators) {
    interval = std::max(interval, options.full_reconciliation_interval);
  }
  return interval + 10_s;
}

bool Session::all_steps_taken() const {
  return std::all_of(states_.begin(), states_.end(),
                     [](StepState state) { return state == StepState::taken; });
}

bool Session::begin() {
  build();
  deploy();
  const bool interrupted = options_.interrupt != nullptr && *options_.interrupt;
  if (interrupted || !bad_step_.empty() || (kafka() && !was_ready_)) return false;
  begin_workload();
  return true;
}

bool Session::advance(sim::Time until) { return bad_step_.empty() && drive(until); }

SessionEnd Session::run() {
  const bool began = begin();
  SessionEnd end;
  const auto finish = [&](EndReason reason, std::string detail) {
    end.reason = reason;
    end.detail = std::move(detail);
    end.ended = world_->kernel.now();
    end.started = zero_set_;
    end.zero = zero_set_ ? zero_ : end.ended;
    end.first_change = first_change_ == sim::kNever ? end.zero : first_change_;
    end.last_busy = std::max(end.last_busy, end.first_change);
    world_->kernel.emit(
        trace::RunEnded{static_cast<int64_t>(world_->kernel.engine.events_handled())},
        std::string(end_name(reason)) + (end.detail.empty() ? "" : ": " + end.detail));
    return end;
  };
  const bool interrupted = options_.interrupt != nullptr && *options_.interrupt;
  if (!began && interrupted) return finish(EndReason::interrupted, "by the user");
  if (!began && !bad_step_.empty()) return finish(EndReason::bad_step, bad_step_);
  if (!began) {
    const auto open = pending();
    return finish(EndReason::deploy_failed, open.empty() ? "" : open.front());
  }
  sim::Time busy = world_->kernel.now();
  const sim::Time limit = zero_ + scenario_.time_max;
  const sim::Duration quiet = settle();
  for (;;) {
    const sim::Time now = world_->kernel.now();
    if (!at_rest()) busy = now;
    const sim::Time last = std::max(watcher_->last_move(), busy);
    end.last_busy = busy < watcher_->last_move() ? watcher_->last_move() : busy;
    if (all_steps_taken() && at_rest() && now - last >= quiet) {
      return finish(EndReason::settled, "");
    }
    if (now >= limit) {
      const auto open = pending();
      return finish(EndReason::time_max, open.empty() ? "" : open.front());
    }
    if (!drive(std::min(limit, now + kLookEvery))) break;
  }
  if (!bad_step_.empty()) return finish(EndReason::bad_step, bad_step_);
  return finish(EndReason::interrupted, "by the user");
}

}  // namespace twin::scenario
