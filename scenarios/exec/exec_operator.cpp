#include "scenarios/exec/exec_operator.h"

#include <algorithm>
#include <variant>

#include "controller/api/strimzi.h"
#include "controller/client/retry.h"

namespace twin::exec {

using controller::DecisionKind;
using controller::KafkaReply;
using controller::KubeReply;

namespace {

constexpr sim::Duration kAnswer{10'000'000'000};  // an Admin client's request.timeout.ms
// After a change that is watched: others come with it.
constexpr sim::Duration kSoonest{100'000'000};

constexpr api::Kind kWatched[] = {api::Kind::kafka, api::Kind::kafka_node_pool,
                                  api::Kind::strimzi_pod_set, api::Kind::pod};
constexpr size_t kWatchedPodSets = 2, kWatchedPods = 3;
constexpr api::Kind kListed[] = {api::Kind::kafka,
                                 api::Kind::kafka_node_pool,
                                 api::Kind::strimzi_pod_set,
                                 api::Kind::pod,
                                 api::Kind::persistent_volume_claim,
                                 api::Kind::config_map,
                                 api::Kind::secret,
                                 api::Kind::service,
                                 api::Kind::pod_disruption_budget};

std::vector<controller::RollNode> kafka_nodes(const std::vector<api::ObjectPtr>& objects) {
  std::vector<controller::RollNode> nodes;
  for (const api::ObjectPtr& object : objects) {
    const auto* pod = api::as<api::Pod>(object);
    if (pod == nullptr || api::is_terminating(*pod)) continue;
    const std::string& name = pod->metadata.name;
    const std::string number = name.substr(name.rfind('-') + 1);
    if (number.empty() || number.size() > 6 ||
        number.find_first_not_of("0123456789") != number.npos) {
      continue;
    }
    const bool broker = controller::has_role(*pod, api::strimzi::kBrokerRole, false);
    const bool quorum = controller::has_role(*pod, api::strimzi::kControllerRole, false);
    if (broker || quorum) nodes.push_back({{std::stoi(number)}, name, broker, quorum, false});
  }
  return nodes;
}

}  // namespace

ExecOperator::ExecOperator(const controller::OperatorOptions& options,
                           const controller::Profile& profile, std::string command,
                           controller::Ports& ports)
    : options_(options),
      profile_(profile),
      command_(std::move(command)),
      ports_(ports),
      calls_(ports) {
  if (!options_.leader_election) return;
  controller::ElectionOptions election;
  election.namespace_name = options_.namespace_name;
  election.identity = options_.identity;
  election_.emplace(ports_, election);
}

void ExecOperator::start() {
  ready_at_ = ports_.now() + profile_.start_up;
  ports_.wake_at(ready_at_);
}

void ExecOperator::on_reply(const KubeReply& reply) {
  bool taken = election_ && election_->deliver(reply);
  for (auto& informer : informers_) taken = taken || informer->deliver(reply);
  taken = taken || (pod_sets_ && pod_sets_->deliver(reply));
  taken = taken || calls_.deliver(reply);
  step();
}

void ExecOperator::on_reply(const KafkaReply& reply) {
  calls_.deliver(reply);
  step();
}

void ExecOperator::on_watch(const controller::WatchEvent& event) {
  bool taken = false;
  for (auto& informer : informers_) taken = taken || informer->deliver(event);
  step();
}

void ExecOperator::on_change(api::Kind kind, const api::ObjectPtr& before,
                             const api::ObjectPtr& after) {
  if (before != after) stirred_ = true;
  if (kind == api::Kind::strimzi_pod_set || kind == api::Kind::pod) {
    pod_sets_->on_change(kind, after ? after : before);
  }
}

// With leader election, who has the Lease. One that lost it ends.
bool ExecOperator::leads() {
  if (!election_) return true;
  if (!election_started_) election_->start();
  election_started_ = true;
  election_->step();
  if (!election_->lost()) return election_->leads();
  ports_.decided({DecisionKind::note,
                  {},
                  options_.identity,
                  "the Lease is lost: this process ends, and a new one stands for it again",
                  "LeaseLost",
                  {}});
  ended_ = true;
  program_.reset();
  ports_.exit_process();
  return false;
}

void ExecOperator::begin() {
  program_ = std::make_unique<Program>(command_);
  for (const api::Kind kind : kWatched) {
    controller::InformerOptions options;
    options.kind = kind;
    options.namespace_name = options_.namespace_name;
    options.resync = profile_.informer_resync;
    options.relist = profile_.informer_relist;
    informers_.push_back(std::make_unique<controller::Informer>(ports_, options, *this));
  }
  pod_sets_ = std::make_unique<controller::PodSetController>(
      ports_, profile_, options_.namespace_name, *informers_[kWatchedPodSets],
      *informers_[kWatchedPods]);
  for (auto& informer : informers_) informer->start();
}

void ExecOperator::step() {
  if (stepping_ || ended_ || ports_.now() < ready_at_) return;
  stepping_ = true;
  if (leads()) {
    if (!program_) begin();
    for (auto& informer : informers_) informer->step();
    if (std::ranges::all_of(informers_, [](const auto& each) { return each->synced(); })) {
      pod_sets_->step();
      while (advance()) {
      }
    }
  }
  stepping_ = false;
}

// True: the program is to be asked again.
bool ExecOperator::advance() {
  if (!orders_) {
    if (!look()) return false;
    ask();
  }
  if (!act()) return false;
  const bool soon = calls_.elapsed("pause/soon", kSoonest);
  const bool due = calls_.elapsed("pause/wake", orders_->wake);
  if (!due && !(soon && stirred_)) return false;
  calls_.forget_all();
  orders_.reset();
  return true;
}

void ExecOperator::take(const controller::ReplyMeta& meta, const std::string& what) {
  if (meta.ok()) {
    cites_.push_back(meta.id);
  } else {
    seen_.unanswered.push_back(what + ": " + std::string(controller::outcome_name(meta.outcome)));
  }
}

bool ExecOperator::look_at_objects() {
  bool all = true;
  for (const api::Kind kind : kListed) {
    const std::string name(api::kind_name(kind));
    const KubeReply* reply =
        calls_.kube("look/" + name, controller::list_request(kind, options_.namespace_name, {}));
    if (reply == nullptr) {
      all = false;
      continue;
    }
    take(reply->meta, name);
    seen_.objects.insert(seen_.objects.end(), reply->items.begin(), reply->items.end());
  }
  return all;
}

bool ExecOperator::look_at_kafka() {
  controller::RollRequest request;
  request.nodes = kafka_nodes(seen_.objects);
  const auto any = [&](bool controller::RollNode::*role) {
    return std::ranges::any_of(request.nodes, [&](const auto& node) { return node.*role; });
  };
  controller::AskKafka how;
  how.timeout = kAnswer;
  how.controllers = true;
  bool all = true;
  const auto read = [&]<class Reply>(const char* what, const api::KafkaBody& body,
                                     std::optional<Reply>& into) {
    const KafkaReply* reply =
        controller::ask_any(calls_, std::string("look/") + what, request, body, how);
    all &= reply != nullptr;
    if (reply == nullptr) return;
    take(reply->meta, what);
    const auto* found = std::get_if<Reply>(&reply->body);
    if (reply->meta.ok() && found != nullptr) into = *found;
  };
  if (any(&controller::RollNode::controller_role)) {
    read("quorum", api::DescribeQuorumRequest{}, seen_.quorum);
  }
  if (!any(&controller::RollNode::broker_role)) return all;
  how.controllers = false;
  read("brokers", api::DescribeClusterRequest{true}, seen_.brokers);
  read("features", api::DescribeFeaturesRequest{}, seen_.features);
  controller::TopicView view;
  const auto topics = controller::ask_topics(calls_, "look", request, how, view);
  if (topics.is_waiting()) return false;
  if (topics.is_failed()) {
    take(view.failed, "partitions");
    return all;
  }
  for (const controller::ReplyMeta& meta : view.metas) take(meta, "partitions");
  seen_.topics = std::move(view);
  return all;
}

bool ExecOperator::look() {
  seen_ = {};
  cites_.clear();
  seen_.now = ports_.now();
  seen_.namespace_name = options_.namespace_name;
  if (calls_.asked_at("look/Kafka") == sim::kNever) stirred_ = false;
  return look_at_objects() && look_at_kafka();
}

void ExecOperator::ask() {
  seen_.results = std::move(results_);
  results_.clear();
  orders_ = read_orders(command_, program_->ask(to_line(seen_)), seen_);
  if (orders_->say == said_ || orders_->say.empty()) return;
  said_ = orders_->say;
  ports_.decided({DecisionKind::note, {}, options_.namespace_name, said_, "Program", cites_});
}

// What a deletion of a pod is: a restart, which properties judge by what it cites.
void ExecOperator::decide(const Action& action) {
  const auto& kube = action.kube;
  const bool takes =
      kube && (kube->verb == controller::Verb::remove || kube->verb == controller::Verb::evict);
  if (!takes) return;
  const bool pod = kube->kind == api::Kind::pod;
  controller::Decision decision;
  decision.kind = pod ? DecisionKind::restart : DecisionKind::remove;
  decision.subject = kube->name;
  decision.reason = action.why.empty() ? "the program says so" : action.why;
  decision.code = "Program";
  decision.cites = cites_;
  for (const controller::RollNode& node : kafka_nodes(seen_.objects)) {
    if (pod && node.pod_name == kube->name) decision.node = node.id;
  }
  ports_.decided(std::move(decision));
}

// False while waiting.
bool ExecOperator::act_one(size_t index) {
  const Action& action = orders_->actions[index];
  const std::string key = "act/" + std::to_string(index);
  if (calls_.asked_at(key) == sim::kNever) decide(action);
  const controller::ReplyMeta* meta = nullptr;
  if (action.kube) {
    const KubeReply* reply = calls_.kube(key, *action.kube);
    if (reply != nullptr) meta = &reply->meta;
  } else {
    const KafkaReply* reply = calls_.kafka(key, *action.kafka);
    if (reply != nullptr) meta = &reply->meta;
  }
  if (meta == nullptr) return false;
  results_.push_back(
      {action.what, std::string(controller::outcome_name(meta->outcome)), meta->message});
  return true;
}

bool ExecOperator::act() {
  while (results_.size() < orders_->actions.size()) {
    if (!act_one(results_.size())) return false;
  }
  return true;
}

}  // namespace twin::exec
