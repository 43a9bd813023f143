#include "controller/topics/topic_operator.h"

#include <algorithm>
#include <utility>

#include "controller/client/any_broker.h"
#include "controller/client/retry.h"
#include "sim/marks.h"

namespace twin::controller::topics {

namespace {

using namespace sim::literals;

// A JVM until it looks for the first time, as measured of Strimzi's operator
// (controller/profile.cpp).
constexpr sim::Duration kStartUp = 3950_ms;
constexpr sim::Duration kFull = 120_s;
constexpr sim::Duration kLinger = 100_ms;
constexpr size_t kBatch = 100;

InformerOptions informer_options(const TopicOperatorOptions& options) {
  InformerOptions out;
  out.kind = api::Kind::kafka_topic;
  out.namespace_name = options.namespace_name;
  out.selector = {{api::strimzi::kCluster, options.cluster}};
  return out;
}

const api::TopicDescription* find_topic(const api::TopicsSnapshot& topics,
                                        const std::string& name) {
  const auto found =
      std::ranges::lower_bound(topics.topics, name, {}, &api::TopicDescription::name);
  return found == topics.topics.end() || found->name != name ? nullptr : &*found;
}

std::vector<std::pair<std::string, std::string>> overrides_of(
    const api::TopicConfigsSnapshot& configs, const std::string& name) {
  const auto found = std::ranges::find(configs.topics, name, &api::TopicConfigDescription::name);
  if (found == configs.topics.end()) return {};
  return found->overrides;
}

// A partition that moves counts with the replicas that it will have.
TopicRows rows_of(const api::TopicsSnapshot& topics, const api::TopicDescription& topic,
                  const std::vector<api::ReassignmentDescription>& moving) {
  TopicRows rows;
  for (uint32_t i = 0; i < topic.count; ++i) {
    rows.replicas.push_back(topics.partitions[topic.first + i].replicas.size);
  }
  for (const api::ReassignmentDescription& move : moving) {
    const auto number = static_cast<size_t>(move.partition);
    if (move.topic != topic.name || number >= rows.replicas.size()) continue;
    rows.replicas[number] = move.replicas.size - move.removing.size;
  }
  return rows;
}

std::string said_of(const ReplyMeta& meta) {
  if (!meta.message.empty()) return meta.message;
  return "no broker answers: " + std::string(outcome_name(meta.outcome));
}

}  // namespace

TopicOperator::TopicOperator(Ports& ports, TopicOperatorOptions options)
    : ports_(ports),
      options_(std::move(options)),
      informer_(ports, informer_options(options_), *this),
      calls_(ports),
      starts_at_(ports.now() + kStartUp) {}

bool TopicOperator::deliver(const KubeReply& reply) {
  return informer_.deliver(reply) || calls_.deliver(reply);
}

// Its own status is news as well; there is nothing left to do then.
void TopicOperator::on_change(api::Kind, const api::ObjectPtr& before,
                              const api::ObjectPtr& after) {
  if (before == after) return;
  if (after == nullptr) {
    const auto& gone = api::as<api::KafkaTopic>(*before);
    said_.erase(gone.metadata.name);
    if (!is_managed(gone)) return;
    decide(DecisionKind::note, gone, "NotModelled",
           "topic " + name_of(gone) + " stays: that a topic is deleted is not modelled", {});
    return;
  }
  pending_.insert(after->metadata.name);
  if (batch_at_ == sim::kNever) batch_at_ = ports_.now() + kLinger;
}

void TopicOperator::step() {
  if (ports_.now() < starts_at_) return ports_.wake_at(starts_at_);
  if (!std::exchange(started_, true)) informer_.start();
  informer_.step();
  if (!informer_.synced()) return;
  if (next_full_ == sim::kNever || next_full_ <= ports_.now()) {
    next_full_ = ports_.now() + kFull;
    for (const auto& [name, resource] : informer_.items()) pending_.insert(name);
    batch_at_ = ports_.now();
  }
  ports_.wake_at(next_full_);
  for (;;) {
    if (batch_.empty()) take_batch();
    if (batch_.empty() || !find_brokers() || !read() || !write_statuses()) return;
    end_batch();
  }
}

void TopicOperator::take_batch() {
  if (pending_.empty()) batch_at_ = sim::kNever;
  if (batch_at_ == sim::kNever) return;
  if (ports_.now() < batch_at_) return ports_.wake_at(batch_at_);
  while (batch_.size() < kBatch && !pending_.empty()) {
    batch_.push_back(*pending_.begin());
    pending_.erase(pending_.begin());
  }
}

void TopicOperator::end_batch() {
  batch_.clear();
  results_.clear();
  calls_.forget_all();
}

// The bootstrap address leads to any of them.
bool TopicOperator::find_brokers() {
  const KubeReply* pools = retried(calls_, "pools",
                                   list_request(api::Kind::kafka_node_pool, options_.namespace_name,
                                                {{api::strimzi::kCluster, options_.cluster}}));
  if (pools == nullptr) return false;
  brokers_.clear();
  for (const api::ObjectPtr& item : pools->items) {
    const auto& pool = api::as<api::KafkaNodePool>(*item);
    for (const int32_t id : pool.node_ids) {
      if (pool.broker_role) brokers_.push_back({id});
    }
  }
  std::ranges::sort(brokers_);
  if (!brokers_.empty()) return true;
  end_batch();  // the next full look finds them
  return false;
}

// False while waiting. Everything that Kafka says of the batch, and what is done about it.
bool TopicOperator::read() {
  const KafkaReply* topics = ask_any(calls_, "topics", api::DescribeTopicsRequest{}, brokers_);
  const KafkaReply* configs =
      ask_any(calls_, "configs", api::DescribeTopicConfigsRequest{}, brokers_);
  const KafkaReply* moving = ask_any(calls_, "moving", api::ListReassignmentsRequest{}, brokers_);
  if (topics == nullptr || configs == nullptr || moving == nullptr) return false;
  const std::vector<const api::KafkaTopic*> resources = all();
  bool done = true;
  for (const std::string& name : batch_) {
    const api::ObjectPtr object = informer_.find(name);
    if (object == nullptr) continue;
    const auto& resource = api::as<api::KafkaTopic>(*object);
    Result& result = results_[name];
    result = {};
    if (!is_managed(resource)) {
      result.condition = "Unmanaged";
      continue;
    }
    result.refused = refusal_of(resource, resources);
    if (result.refused) continue;
    if (is_paused(resource)) {
      result.condition = "ReconciliationPaused";
      continue;
    }
    for (const KafkaReply* reply : {topics, configs, moving}) {
      result.cites.push_back(reply->meta.id);
      if (!reply->meta.ok()) result.refused = Refusal{"KafkaError", said_of(reply->meta)};
    }
    if (result.refused) continue;
    const Answers answers{*std::get<api::DescribeTopicsReply>(topics->body).topics,
                          *std::get<api::DescribeTopicConfigsReply>(configs->body).configs,
                          std::get<api::ListReassignmentsReply>(moving->body).moves};
    done &= act(resource, answers, result);
  }
  return done;
}

bool TopicOperator::act(const api::KafkaTopic& resource, const Answers& answers, Result& result) {
  const api::TopicDescription* topic = find_topic(answers.topics, name_of(resource));
  if (topic == nullptr) return create(resource, result);
  const auto changes = config_changes(resource, overrides_of(answers.configs, topic->name),
                                      options_.throttles_are_others);
  if (!changes.empty() && !change(resource, changes, result)) return false;
  const TopicRows rows = rows_of(answers.topics, *topic, answers.moving);
  if (const auto refusal = shape_refusal(resource, rows)) result.refused = refusal;
  if (wants_more_partitions(resource, rows)) {
    result.refused = Refusal{"NotModelled", "that a topic gets more partitions is not modelled"};
  }
  return true;
}

bool TopicOperator::create(const api::KafkaTopic& resource, Result& result) {
  TWIN_MARK("topic_operator_creates");
  api::CreateTopicRequest request;
  request.name = name_of(resource);
  request.partitions = resource.partitions;
  request.replication_factor = resource.replicas;
  request.configs = resource.config;
  const std::string key = "create/" + resource.metadata.name;
  if (calls_.asked_at(key + "/" + std::to_string(brokers_.front().value)) == sim::kNever) {
    decide(DecisionKind::create, resource, "TopicCreated",
           "topic " + request.name + " is not there and is created", result.cites);
  }
  const KafkaReply* reply = ask_any(calls_, key, request, brokers_);
  if (reply == nullptr) return false;
  result.cites.push_back(reply->meta.id);
  if (!reply->meta.ok()) result.refused = Refusal{"KafkaError", said_of(reply->meta)};
  return true;
}

bool TopicOperator::change(const api::KafkaTopic& resource,
                           const std::vector<api::IncrementalAlterConfigsRequest::Change>& changes,
                           Result& result) {
  TWIN_MARK("topic_operator_alters");
  api::IncrementalAlterConfigsRequest request;
  request.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
  request.topic = name_of(resource);
  request.changes = changes;
  const std::string key = "alter/" + resource.metadata.name;
  if (calls_.asked_at(key + "/" + std::to_string(brokers_.front().value)) == sim::kNever) {
    std::string what;
    for (const auto& each : changes) {
      const bool removed = each.op == api::AlterOp::remove;
      what += (what.empty() ? "" : ", ") + each.name +
              (removed ? " is taken away, since " + resource.metadata.name + " does not name it"
                       : " becomes " + each.value);
    }
    decide(DecisionKind::reconfigure, resource, "TopicConfigChanged",
           "of topic " + request.topic + " " + what, result.cites);
  }
  const KafkaReply* reply = ask_any(calls_, key, request, brokers_);
  if (reply == nullptr) return false;
  result.cites.push_back(reply->meta.id);
  if (!reply->meta.ok()) result.refused = Refusal{"KafkaError", said_of(reply->meta)};
  return true;
}

std::vector<const api::KafkaTopic*> TopicOperator::all() const {
  std::vector<const api::KafkaTopic*> resources;
  for (const auto& [name, object] : informer_.items()) {
    resources.push_back(&api::as<api::KafkaTopic>(*object));
  }
  return resources;
}

void TopicOperator::decide(DecisionKind kind, const api::KafkaTopic& resource,
                           const std::string& code, const std::string& reason,
                           const std::vector<CallId>& cites) {
  Decision decision;
  decision.kind = kind;
  decision.subject = resource.metadata.name;
  decision.code = code;
  decision.reason = reason;
  decision.cites = cites;
  ports_.decided(std::move(decision));
}

// False while waiting. Whoever changed the resource meanwhile brings it back into a batch.
bool TopicOperator::write_statuses() {
  bool done = true;
  for (const auto& [name, result] : results_) {
    const api::ObjectPtr object = informer_.find(name);
    if (object == nullptr) continue;
    const auto& resource = api::as<api::KafkaTopic>(*object);
    if (result.refused && said_[name] != result.refused->message) {
      said_[name] = result.refused->message;
      TWIN_MARK("topic_operator_refuses");
      decide(DecisionKind::refuse, resource, result.refused->reason, result.refused->message,
             result.cites);
    }
    if (!result.refused) said_.erase(name);
    auto next = std::make_shared<api::KafkaTopic>(resource);
    api::Condition condition{result.condition, "True", "", "", ports_.now()};
    if (result.refused) {
      condition = {"Ready", "False", result.refused->reason, result.refused->message, ports_.now()};
    }
    const api::Condition* known = api::find_condition(resource.conditions, condition.type);
    if (known != nullptr && known->status == condition.status) {
      condition.last_transition = known->last_transition;
    }
    next->conditions = {condition};
    next->observed_generation = resource.metadata.generation;
    if (result.condition == "Ready" && !result.refused) next->status_topic_name = name_of(resource);
    if (next->conditions == resource.conditions &&
        next->observed_generation == resource.observed_generation &&
        next->status_topic_name == resource.status_topic_name) {
      continue;
    }
    done &= retried(calls_, "status/" + name, write_request(Verb::update_status, next)) != nullptr;
  }
  return done;
}

}  // namespace twin::controller::topics
