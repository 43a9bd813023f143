// The clock's zero, and the steps: when they are due and what they do.
#include <algorithm>

#include "model/events.h"
#include "scenarios/runner/session.h"
#include "scenarios/runner/set_path.h"
#include "scenarios/runner/watcher.h"
#include "sim/assert.h"

namespace twin::scenario {

namespace {

constexpr int32_t kOffsetsPartitions = 50;  // offsets.topic.num.partitions

// What the file says, for the timeline.
std::string describe(const Step& step) {
  const std::string target = step.target_kind + "/" + step.target;
  switch (step.kind) {
    case Step::Kind::apply: return "apply " + target;
    case Step::Kind::set: {
      std::string text = "set " + target + ":";
      for (const auto& [path, value] : step.changes) {
        text += " " + path + "=" +
                (value.is_null() ? "(removed)"
                 : value.is_scalar() ? value.scalar_text() : api::to_json(value));
      }
      return text;
    }
    case Step::Kind::annotate: return "annotate " + target;
    case Step::Kind::scale: return "scale " + target + " to " + std::to_string(step.replicas);
    case Step::Kind::remove: return "delete " + target;
    case Step::Kind::fault: return "fault: " + model::describe(step.fault);
    case Step::Kind::heal: return "heal " + step.heals;
    case Step::Kind::upgrade_clients: return "clients are upgraded to " + step.text;
    case Step::Kind::start_operator: return "the operator is started";
    case Step::Kind::stop_operator: return "the operator is stopped";
    case Step::Kind::note: return step.text;
  }
  return {};
}

bool changes_something(Step::Kind kind) {
  return kind != Step::Kind::note && kind != Step::Kind::upgrade_clients;
}

}  // namespace

void Session::begin_workload() {
  model::World& world = *world_;
  zero_ = world.kernel.now();
  zero_set_ = true;
  const auto resource = kafka();
  const std::string* min_isr =
      resource ? api::find_config(resource->config, "min.insync.replicas") : nullptr;
  const auto create = [&](const TopicWorkload& topic, bool internal) {
    model::TopicSpec spec;
    spec.name = topic.name;
    spec.partitions = topic.partitions;
    spec.replication_factor = topic.replication_factor;
    spec.configs = topic.config;
    spec.placement = topic.placement;
    spec.internal = internal;
    // A topic without a value of its own goes by the brokers'.
    if (min_isr != nullptr && !api::find_config(topic.config, "min.insync.replicas")) {
      spec.configs.emplace_back("min.insync.replicas", *min_isr);
    }
    if (!world.kafka.create_topic(spec)) {
      bad_step_ = "topic " + topic.name + " cannot be placed: too few brokers for " +
                  std::to_string(topic.replication_factor) + " replicas";
      return;
    }
    const auto index = static_cast<size_t>(world.kafka.topic_index(topic.name));
    const model::Topic& made = world.kafka.table().topics[index];
    for (uint32_t i = 0; i < made.partitions && topic.data_per_partition.value > 0; ++i) {
      world.replication.set_initial_size(made.first + i, topic.data_per_partition.value);
    }
  };
  for (const TopicWorkload& topic : scenario_.workload.topics) create(topic, false);
  if (!scenario_.workload.groups.empty()) {
    TopicWorkload offsets;
    offsets.name = "__consumer_offsets";
    offsets.partitions = kOffsetsPartitions;
    offsets.replication_factor =
        std::min(3, static_cast<int32_t>(world.kafka.live_brokers().size()));
    create(offsets, true);
  }
  world.clients.start(scenario_.workload.producers, scenario_.workload.groups);
  world.ledger.start_window();
  world.clients.start_window();
  watcher_->start_counting();
  calls_at_zero_ = world.operators.count() > 0 ? world.operators.calls_made(0) : 0;
  schedule_timed_steps();
  look_at_steps();
}

void Session::schedule_timed_steps() {
  for (size_t i = 0; i < scenario_.steps.size(); ++i) {
    const Step& step = scenario_.steps[i];
    if (step.trigger.at) {
      states_[i] = StepState::delayed;
      world_->kernel.at(zero_ + *step.trigger.at + step.trigger.after,
                        model::event_type(model::Part::director, Local::step_due),
                        static_cast<uint32_t>(i));
    }
    const bool crash = step.kind == Step::Kind::fault &&
                       step.fault.kind == model::FaultKind::operator_crash;
    if (!step.trigger.on_call || !crash || world_->operators.count() == 0) continue;
    // A crash around a call is arranged beforehand: it strikes inside the call.
    world_->operators.crash_at_call(0, calls_at_zero_ + step.trigger.on_call->nth,
                                    step.trigger.on_call->before, step.fault.duration);
    take(i);
  }
}

void Session::on_event(const sim::Event& event) {
  TWIN_ASSERT(model::local_type<Local>(event.type) == Local::step_due);
  take(event.entity);
}

void Session::look_at_steps() {
  for (size_t i = 0; i < scenario_.steps.size(); ++i) {
    const Step& step = scenario_.steps[i];
    if (states_[i] == StepState::taken) continue;
    if (states_[i] == StepState::delayed) {
      // Timed steps do not hold up those below; a condition waits for all above it.
      continue;
    }
    bool due = false;
    if (step.trigger.when) {
      bool above_taken = true;
      for (size_t j = 0; j < i; ++j) above_taken &= states_[j] == StepState::taken;
      due = above_taken && holds(*step.trigger.when);
    } else if (step.trigger.on_call && world_->operators.count() > 0) {
      due = world_->operators.calls_made(0) >= calls_at_zero_ + step.trigger.on_call->nth;
    }
    if (!due) continue;
    if (step.trigger.after.ns == 0) {
      take(i);
      continue;
    }
    states_[i] = StepState::delayed;
    world_->kernel.after(step.trigger.after,
                         model::event_type(model::Part::director, Local::step_due),
                         static_cast<uint32_t>(i));
  }
}

void Session::take(size_t index) {
  const Step& step = scenario_.steps[index];
  states_[index] = StepState::taken;
  model::Kernel& kernel = world_->kernel;
  if (changes_something(step.kind) && first_change_ == sim::kNever) first_change_ = kernel.now();
  const model::RecordId record =
      kernel.emit(trace::StepTaken{static_cast<int64_t>(index)}, describe(step));
  const model::Kernel::ScopedCause cause(kernel, record);
  if (step.trigger.on_call && step.kind == Step::Kind::fault) return;  // arranged beforehand
  std::string problem = act(step);
  if (step.kind == Step::Kind::fault && problem.empty()) {
    const auto fault = world_->faults.inject(step.fault);
    if (fault) {
      faults_of_step_[index] = *fault;
    } else {
      problem = fault.error().what;
    }
  }
  if (!problem.empty()) {
    bad_step_ = "step " + step.id + " (line " + std::to_string(step.mark.line) + "): " + problem;
  }
}

std::string Session::act(const Step& step) {
  model::World& world = *world_;
  switch (step.kind) {
    case Step::Kind::apply:
      world.kube.user_apply(*step.object);
      return {};
    case Step::Kind::set: return set_fields(step);
    case Step::Kind::annotate: return annotate(step);
    case Step::Kind::scale: return scale(step);
    case Step::Kind::remove: {
      const auto kind = api::kind_from_name(step.target_kind);
      for (const api::ObjectPtr& object : world.kube.objects(*kind)) {
        if (object->metadata.name != step.target) continue;
        world.kube.user_remove(*kind, object->metadata.namespace_name, step.target);
        return {};
      }
      return "there is no " + step.target_kind + " " + step.target;
    }
    case Step::Kind::heal:
      for (size_t i = 0; i < scenario_.steps.size(); ++i) {
        if (scenario_.steps[i].id == step.heals && faults_of_step_[i] != UINT32_MAX) {
          world.faults.heal(faults_of_step_[i]);
        }
      }
      return {};
    case Step::Kind::upgrade_clients:
      world.clients.upgrade(step.text);
      return {};
    case Step::Kind::start_operator:
    case Step::Kind::stop_operator: {
      const auto index = static_cast<model::OperatorIndex>(step.replicas);
      if (index >= world.operators.count()) return "there is no operator " +
                                                   std::to_string(step.replicas);
      if (step.kind == Step::Kind::start_operator) {
        world.operators.restart(index);
      } else {
        world.operators.kill(index);
      }
      return {};
    }
    case Step::Kind::fault:
    case Step::Kind::note:
      return {};
  }
  return {};
}

namespace {

api::ObjectPtr find_target(const model::World& world, const Step& step) {
  const auto kind = api::kind_from_name(step.target_kind);
  for (const api::ObjectPtr& object : world.kube.objects(*kind)) {
    if (object->metadata.name == step.target) return object;
  }
  return nullptr;
}

}  // namespace

std::string Session::set_fields(const Step& step) {
  const api::ObjectPtr object = find_target(*world_, step);
  if (!object) return "there is no " + step.target_kind + " " + step.target;
  api::Value text = api::encode(*object);
  for (const auto& [path, value] : step.changes) {
    const auto set = set_manifest_path(text, path, value);
    if (!set) return path + ": " + set.error().what;
  }
  const auto changed = api::decode({"step " + step.id, text});
  if (!changed) return changed.error().to_string();
  world_->kube.user_apply(**changed);
  return {};
}

std::string Session::annotate(const Step& step) {
  const api::ObjectPtr object = find_target(*world_, step);
  if (!object) return "there is no " + step.target_kind + " " + step.target;
  controller::KubeRequest request;
  request.verb = controller::Verb::update;
  request.kind = object->kind;
  std::shared_ptr<api::Object> changed = object->clone();
  for (const auto& [key, value] : step.changes) {
    const std::string text = value.scalar_text();
    if (text.empty()) {
      changed->metadata.annotations.erase(key);
    } else {
      changed->metadata.annotations[key] = text;
    }
  }
  request.object = changed;
  world_->kube.execute(request);
  return {};
}

std::string Session::scale(const Step& step) {
  const api::ObjectPtr object = find_target(*world_, step);
  if (!object) return "there is no " + step.target_kind + " " + step.target;
  std::shared_ptr<api::Object> changed = object->clone();
  if (changed->kind == api::Kind::kafka_node_pool) {
    static_cast<api::KafkaNodePool&>(*changed).replicas = static_cast<int32_t>(step.replicas);
  } else {
    static_cast<api::Kafka&>(*changed).replicas = static_cast<int32_t>(step.replicas);
  }
  world_->kube.user_apply(*changed);
  return {};
}

}  // namespace twin::scenario
