// When a condition of a step holds.
#include <algorithm>
#include <charconv>

#include "controller/api/catalogue/versions.h"
#include "scenarios/runner/session.h"
#include "scenarios/runner/watcher.h"

namespace twin::scenario {

namespace {

api::NodeId node_of(const std::string& text) {
  int32_t id = -1;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return {id};
}

bool state_holds(const model::KafkaCluster& kafka, api::NodeId node, const std::string& state) {
  const bool runs = kafka.process_running(node);
  const model::BrokerState now = kafka.broker_state(node);
  if (state == "down") return !runs;
  if (state == "fenced") return kafka.is_fenced(node);
  if (state == "loading") return runs && now == model::BrokerState::recovery;
  if (state == "starting") {
    return runs && (now == model::BrokerState::starting || now == model::BrokerState::not_running);
  }
  return runs && now == model::BrokerState::running;
}

bool all_run(const model::KafkaCluster& kafka, const std::string& version) {
  bool any = false;
  for (const model::VersionState& state : kafka.version_state()) {
    if (!state.live || state.binary != version) return false;
    any = true;
  }
  return any;
}

bool level_is(const model::KafkaCluster& kafka, const std::string& name) {
  const auto* version = api::find_metadata_version(name);
  return version != nullptr && version->level == kafka.metadata_level();
}

}  // namespace

bool Session::holds(const Condition& condition) const {
  using K = Condition::Kind;
  const model::World& world = *world_;
  const auto pod = [&]() -> std::shared_ptr<const api::Pod> {
    for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
      if (object->metadata.name == condition.subject) {
        return std::static_pointer_cast<const api::Pod>(object);
      }
    }
    return nullptr;
  };
  switch (condition.kind) {
    case K::resource_ready:
      for (const api::ObjectPtr& object : world.kube.objects(api::Kind::kafka)) {
        if (object->metadata.name == condition.subject) return ready(api::as<api::Kafka>(*object));
      }
      return false;
    case K::resource_condition:
      return resource_condition_holds(condition);
    case K::pod_ready: {
      const auto found = pod();
      return found && api::is_ready(*found);
    }
    case K::pod_missing:
      return !pod();
    case K::pod_terminating: {
      const auto found = pod();
      return found && api::is_terminating(*found);
    }
    case K::node_empty: {
      const auto pods = world.kube.objects(api::Kind::pod);
      return std::none_of(pods.begin(), pods.end(), [&](const api::ObjectPtr& object) {
        return api::as<api::Pod>(*object).spec.node_name == condition.subject;
      });
    }
    case K::node_state:
      return state_holds(world.kafka, node_of(condition.subject), condition.value);
    case K::restarts_begun:
      return watcher_->restarts_begun() >= condition.count;
    case K::restarts_done:
      return watcher_->restarts_done() >= condition.count;
    case K::running_version:
      return all_run(world.kafka, condition.value);
    case K::metadata_version:
      return level_is(world.kafka, condition.value);
    case K::isr_full:
      return world.ledger.under_replicated() == 0;
    case K::reassigned:
      return !moves_.moving();
    case K::step_done:
      for (size_t i = 0; i < scenario_.steps.size(); ++i) {
        if (scenario_.steps[i].id == condition.subject) return states_[i] == StepState::taken;
      }
      return false;
    case K::decision: {
      const int64_t node = condition.value.empty() ? -1 : node_of(condition.value).value;
      return watcher_->decisions(condition.subject, node) >= std::max<int64_t>(1, condition.count);
    }
  }
  return false;
}

// value is "Type", "Type=Status", "Type/Reason" or "Type=Status/Reason".
bool Session::resource_condition_holds(const Condition& condition) const {
  const size_t slash = condition.value.find('/');
  const std::string head = condition.value.substr(0, slash);
  const std::string reason = slash == std::string::npos ? "" : condition.value.substr(slash + 1);
  const size_t equals = head.find('=');
  const std::string type = head.substr(0, equals);
  const std::string status = equals == std::string::npos ? "True" : head.substr(equals + 1);
  const auto any = [&](const std::vector<api::Condition>& conditions) {
    return std::any_of(conditions.begin(), conditions.end(), [&](const api::Condition& each) {
      return each.type == type && each.status == status &&
             (reason.empty() || each.reason == reason);
    });
  };
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::kafka)) {
    if (object->metadata.name != condition.subject) continue;
    if (any(api::as<api::Kafka>(*object).status.conditions)) return true;
  }
  for (const api::ObjectPtr& object : world_->kube.objects(api::Kind::kafka_rebalance)) {
    if (object->metadata.name != condition.subject) continue;
    if (any(api::as<api::KafkaRebalance>(*object).conditions)) return true;
  }
  return false;
}

}  // namespace twin::scenario
