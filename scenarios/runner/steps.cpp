// The clock's zero, and the steps: when they are due and what they do.
#include <algorithm>
#include <charconv>

#include "model/events.h"
#include "scenarios/runner/ask_broker.h"
#include "scenarios/runner/session.h"
#include "scenarios/runner/set_path.h"
#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/watcher.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::scenario {

namespace {

std::string describe(const Reassign& what) {
  std::string text = "kafka-reassign-partitions --execute:";
  for (const auto& [from, to] : what.replace) {
    text += " broker " + std::to_string(to.value) + " in place of " + std::to_string(from.value);
  }
  if (!what.targets.empty()) {
    text += " " + std::to_string(what.targets.size()) +
            (what.targets.size() == 1 ? " partition" : " partitions");
  }
  return what.throttle ? text + ", at most " + rate_text(*what.throttle) : text;
}

// What the file says, for the timeline.
std::string describe(const Step& step) {
  const std::string target = step.target_kind + "/" + step.target;
  switch (step.kind) {
    case Step::Kind::apply:
      return "apply " + target;
    case Step::Kind::set: {
      std::string text = "set " + target + ":";
      for (const auto& [path, value] : step.changes) {
        text += " " + path + "=" +
                (value.is_null()     ? "(removed)"
                 : value.is_scalar() ? value.scalar_text()
                                     : api::to_json(value));
      }
      return text;
    }
    case Step::Kind::annotate:
      return "annotate " + target;
    case Step::Kind::scale:
      return "scale " + target + " to " + std::to_string(step.replicas);
    case Step::Kind::remove:
      return "delete " + target;
    case Step::Kind::undo:
      return "rollout undo " + target;
    case Step::Kind::fault:
      return "fault: " + model::describe(step.fault);
    case Step::Kind::heal:
      return "heal " + step.heals;
    case Step::Kind::upgrade_clients:
      return "clients are upgraded to " + step.text;
    case Step::Kind::reassign:
      return describe(step.reassign);
    case Step::Kind::throttle:
      return "the throttle becomes " + rate_text(*step.reassign.throttle);
    case Step::Kind::verify_reassignment:
      return "kafka-reassign-partitions --verify";
    case Step::Kind::cancel_reassignment:
      return "kafka-reassign-partitions --cancel";
    case Step::Kind::create_topic:
      return "kafka-topics --create --topic " + step.topic.name;
    case Step::Kind::start_operator:
      return "the operator is started";
    case Step::Kind::stop_operator:
      return "the operator is stopped";
    case Step::Kind::upgrade_operator:
      return "the operator is replaced by " + step.text;
    case Step::Kind::note:
      return step.text;
  }
  return {};
}

bool changes_something(Step::Kind kind) {
  return kind != Step::Kind::note && kind != Step::Kind::upgrade_clients;
}

}  // namespace

// Topics, what is in them, and clients; then the steps' clock runs.
void Session::begin_workload() {
  model::World& world = *world_;
  zero_ = world.kernel.now();
  zero_set_ = true;
  for (const TopicWorkload& topic : scenario_.workload.topics) create_topic(topic, false);
  if (!scenario_.workload.groups.empty()) create_topic(offsets_topic(), true);
  world.clients.start(scenario_.workload.producers, scenario_.workload.groups);
  world.ledger.start_window();
  world.clients.start_window();
  watcher_->start_counting();
  for (size_t i = 0; i < world.operators.count(); ++i) {
    calls_at_zero_.push_back(world.operators.calls_made(static_cast<model::OperatorIndex>(i)));
  }
  schedule_timed_steps();
  look_at_steps();
}

void Session::create_topic(const TopicWorkload& topic, bool internal) {
  model::World& world = *world_;
  model::TopicSpec spec;
  spec.name = topic.name;
  spec.partitions = topic.partitions;
  spec.replication_factor = topic.replication_factor;
  spec.configs = topic.config;
  spec.placement = topic.placement;
  spec.internal = internal;
  spec.batch_bytes = topic.batch.value;
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
}

// As kafka-topics does: the first broker that answers is asked.
std::string Session::create_while_it_runs(const TopicWorkload& topic) {
  api::CreateTopicRequest body;
  body.name = topic.name;
  body.partitions = topic.partitions;
  body.replication_factor = topic.replication_factor;
  body.configs = topic.config;
  body.placement = topic.placement;
  controller::KafkaReply reply;
  return ask_broker(*world_, body, reply);
}

// __consumer_offsets, as the first group of a cluster makes it. Kafka's defaults are 50 partitions
// of 3 replicas (offsets.topic.num.partitions, offsets.topic.replication.factor); creation waits
// until so many brokers live, which they do at the clock's zero or never.
TopicWorkload Session::offsets_topic() const {
  TopicWorkload offsets;
  offsets.name = "__consumer_offsets";
  const auto resource = kafka();
  const auto number = [&](const char* key, int32_t fallback) {
    const std::string* text = resource ? api::find_config(resource->config, key) : nullptr;
    int32_t value = fallback;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), value);
    return std::max(1, value);
  };
  offsets.partitions = number("offsets.topic.num.partitions", 50);
  offsets.replication_factor = number("offsets.topic.replication.factor", 3);
  return offsets;
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
    if (step.trigger.on_call) arm_crash(i);
  }
}

namespace {

// Whose calls a step counts: those of the operator that it kills, or of the first.
model::OperatorIndex operator_of(const Step& step) {
  int32_t index = 0;
  if (step.kind == Step::Kind::fault && step.fault.kind == model::FaultKind::operator_crash) {
    const std::string& text = step.fault.target;
    std::from_chars(text.data(), text.data() + text.size(), index);
  }
  return static_cast<model::OperatorIndex>(std::max(0, index));
}

}  // namespace

// A crash around a call is arranged beforehand, since it strikes inside the call; the step is taken
// when it struck. With `after` it is an ordinary crash so long after the call.
void Session::arm_crash(size_t index) {
  const Step& step = scenario_.steps[index];
  if (step.kind != Step::Kind::fault || step.trigger.after.ns > 0 ||
      step.fault.kind != model::FaultKind::operator_crash) {
    return;
  }
  const model::OperatorIndex who = operator_of(step);
  if (who >= calls_at_zero_.size()) return;  // never due, and said so at the end
  world_->operators.crash_at_call(who, calls_at_zero_[who] + step.trigger.on_call->nth,
                                  step.trigger.on_call->before, step.fault.duration);
  states_[index] = StepState::armed;
}

bool Session::call_made(const Step& step) const {
  const model::OperatorIndex who = operator_of(step);
  return who < calls_at_zero_.size() &&
         world_->operators.calls_made(who) >= calls_at_zero_[who] + step.trigger.on_call->nth;
}

bool Session::armed_crash_struck(const Step& step) const {
  return call_made(step) && watcher_->kills(operator_of(step)) > 0 &&
         watcher_->last_kill() == world_->kernel.now();
}

void Session::on_event(const sim::Event& event) {
  TWIN_ASSERT(model::local_type<Local>(event.type) == Local::step_due);
  take(event.entity);
}

void Session::look_at_steps() {
  for (size_t i = 0; i < scenario_.steps.size(); ++i) {
    const Step& step = scenario_.steps[i];
    if (states_[i] == StepState::taken) continue;
    // Timed steps do not hold up those below; a condition waits for all above it.
    if (states_[i] == StepState::delayed) continue;
    if (states_[i] == StepState::armed) {
      if (armed_crash_struck(step)) take(i);
      continue;
    }
    bool due = false;
    if (step.trigger.when) {
      bool above_taken = true;
      for (size_t j = 0; j < i; ++j) above_taken &= states_[j] == StepState::taken;
      due = above_taken && holds(*step.trigger.when);
    } else if (step.trigger.on_call) {
      due = call_made(step);
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
  const std::string problem = step.kind == Step::Kind::fault ? inject(index) : act(step);
  if (!problem.empty() && scenario_.skips_failing_steps) {
    TWIN_MARK("session_step_left_out");
    kernel.emit(trace::StepTaken{static_cast<int64_t>(index)}, "left out: " + problem);
    left_out_.push_back(index);
  } else if (!problem.empty()) {
    bad_step_ = "step " + step.id + " (line " + std::to_string(step.mark.line) + "): " + problem;
  }
}

std::string Session::inject(size_t index) {
  const Step& step = scenario_.steps[index];
  model::Fault fault = step.fault;
  const auto injected = world_->faults.inject(fault);
  if (!injected) return injected.error().what + "; " + injected.error().hint;
  faults_of_step_[index] = *injected;
  // Of a crash inside a call the process is dead already and comes back by itself.
  const bool came_back = step.trigger.on_call && fault.duration.ns == 0 &&
                         fault.kind == model::FaultKind::operator_crash &&
                         step.trigger.after.ns == 0;
  if (came_back) world_->faults.heal(*injected);
  return {};
}

std::string Session::undo(const Step& step) {
  for (const api::ObjectPtr& set : world_->kube.objects(api::Kind::stateful_set)) {
    if (set->metadata.name != step.target) continue;
    if (world_->kube.user_rollout_undo(set->metadata.namespace_name, step.target)) return {};
    return "StatefulSet " + step.target + " has had one template only";
  }
  return "there is no StatefulSet " + step.target;
}

std::string Session::heal(const Step& step) {
  for (size_t i = 0; i < scenario_.steps.size(); ++i) {
    if (scenario_.steps[i].id != step.heals) continue;
    if (faults_of_step_[i] == UINT32_MAX) {
      return "there is nothing to heal: step " + step.heals + " was not taken yet";
    }
    world_->faults.heal(faults_of_step_[i]);
  }
  return {};
}

std::string Session::switch_operator(const Step& step) {
  const auto index = static_cast<model::OperatorIndex>(step.replicas);
  if (index >= world_->operators.count()) {
    return "there is no operator " + std::to_string(step.replicas);
  }
  if (step.kind == Step::Kind::start_operator) {
    world_->operators.restart(index);
  } else {
    world_->operators.kill(index);
  }
  return {};
}

namespace {

// What kubectl would print.
std::string problem_of(const controller::KubeReply& reply) {
  if (reply.meta.ok()) return {};
  return "the API server answers " + std::string(controller::outcome_name(reply.meta.outcome)) +
         (reply.meta.message.empty() ? "" : ": " + reply.meta.message);
}

}  // namespace

std::string Session::act(const Step& step) {
  switch (step.kind) {
    case Step::Kind::apply:
      return problem_of(world_->kube.user_apply(*step.object));
    case Step::Kind::set:
      return set_fields(step);
    case Step::Kind::annotate:
      return annotate(step);
    case Step::Kind::scale:
      return scale(step);
    case Step::Kind::remove:
      return remove(step);
    case Step::Kind::undo:
      return undo(step);
    case Step::Kind::heal:
      return heal(step);
    case Step::Kind::upgrade_clients:
      world_->clients.upgrade(step.text);
      return {};
    case Step::Kind::reassign:
      return reassign_tool_->execute(step.reassign);
    case Step::Kind::throttle:
      return reassign_tool_->throttle(*step.reassign.throttle);
    case Step::Kind::verify_reassignment:
      return reassign_tool_->verify();
    case Step::Kind::cancel_reassignment:
      return reassign_tool_->cancel();
    case Step::Kind::create_topic:
      return create_while_it_runs(step.topic);
    case Step::Kind::start_operator:
    case Step::Kind::stop_operator:
      return switch_operator(step);
    case Step::Kind::upgrade_operator:
      return upgrade_operators(step.text);
    case Step::Kind::fault:
    case Step::Kind::note:
      return {};
  }
  return {};
}

std::string Session::upgrade_operators(const std::string& profile) {
  for (size_t i = 0; i < world_->operators.count(); ++i) {
    const auto done = world_->operators.upgrade(static_cast<model::OperatorIndex>(i), profile);
    if (!done) return done.error().what;
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

std::string Session::remove(const Step& step) {
  const api::ObjectPtr object = find_target(*world_, step);
  if (!object) return "there is no " + step.target_kind + " " + step.target;
  world_->kube.user_remove(object->kind, object->metadata.namespace_name, step.target);
  return {};
}

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
  return problem_of(world_->kube.user_apply(**changed));
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
  return problem_of(world_->kube.execute(request));
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
  return problem_of(world_->kube.user_apply(*changed));
}

}  // namespace twin::scenario
