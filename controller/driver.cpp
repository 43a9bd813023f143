#include "controller/driver.h"

#include <algorithm>

#include "controller/api/strimzi.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

sim::Duration first_of(sim::Duration asked, sim::Duration otherwise) {
  return asked.ns > 0 ? asked : otherwise;
}

// Did anything change but the status?
bool asks_for_more(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (!before || !after) return true;
  const api::ObjectMeta& a = before->metadata;
  const api::ObjectMeta& b = after->metadata;
  return a.generation != b.generation || a.annotations != b.annotations || a.uid != b.uid;
}

}  // namespace

Driver::Driver(const OperatorOptions& options, const Profile& profile, Ports& ports)
    : options_(options),
      profile_(profile),
      ports_(ports),
      interval_(
          first_of(options.full_reconciliation_interval, profile.full_reconciliation_interval)),
      operation_timeout_(first_of(options.operation_timeout, profile.operation_timeout)) {
  if (options_.leader_election) {
    ElectionOptions election;
    election.namespace_name = options_.namespace_name;
    election.identity = options_.identity;
    election_.emplace(ports_, election);
  }
}

void Driver::start() {
  ready_at_ = ports_.now() + profile_.start_up;
  ports_.wake_at(ready_at_);
  next_tick_ = ready_at_ + interval_;
}

bool Driver::started() {
  if (ports_.now() < ready_at_) return false;
  if (begun_) return true;
  if (election_) {
    if (!election_started_) election_->start();
    election_started_ = true;
    election_->step();
    if (!election_->leads()) return false;
  }
  begin();
  return true;
}

void Driver::begin() {
  begun_ = true;
  std::vector<api::Kind> kinds{api::Kind::kafka};
  if (profile_.kraft) {
    kinds.insert(kinds.end(),
                 {api::Kind::kafka_node_pool, api::Kind::strimzi_pod_set, api::Kind::pod});
    // Strimzi's releases leave rebalances to Cruise Control, which is not played.
    if (profile_.twin) kinds.push_back(api::Kind::kafka_rebalance);
  }
  for (const api::Kind kind : kinds) {
    InformerOptions options;
    options.kind = kind;
    options.namespace_name = options_.namespace_name;
    options.resync = profile_.informer_resync;
    options.relist = profile_.informer_relist;
    informers_.push_back(std::make_unique<Informer>(ports_, options, *this));
  }
  kafkas_ = informers_.front().get();
  if (profile_.kraft) {
    pod_sets_ = std::make_unique<PodSetController>(ports_, profile_, options_.namespace_name,
                                                   *informers_[2], *informers_[3]);
  }
  if (kinds.back() == api::Kind::kafka_rebalance) {
    rebalances_ = std::make_unique<rebalance::RebalanceController>(ports_, options_.namespace_name,
                                                                   *informers_.back());
  }
  for (auto& informer : informers_) informer->start();
}

bool Driver::synced() const {
  return begun_ && std::all_of(informers_.begin(), informers_.end(),
                               [](const auto& informer) { return informer->synced(); });
}

void Driver::on_reply(const KubeReply& reply) {
  bool taken = election_ && election_->deliver(reply);
  for (auto& informer : informers_) taken = taken || informer->deliver(reply);
  taken = taken || (pod_sets_ && pod_sets_->deliver(reply));
  taken = taken || (rebalances_ && rebalances_->deliver(reply));
  for (auto& [cluster, topics] : topics_) taken = taken || topics->deliver(reply);
  for (auto& [cluster, work] : running_) taken = taken || work->calls.deliver(reply);
  step();
}

void Driver::on_reply(const KafkaReply& reply) {
  bool taken = rebalances_ && rebalances_->deliver(reply);
  for (auto& [cluster, topics] : topics_) taken = taken || topics->deliver(reply);
  for (auto& [cluster, work] : running_) taken = taken || work->calls.deliver(reply);
  step();
}

void Driver::on_watch(const WatchEvent& event) {
  bool taken = false;
  for (auto& informer : informers_) taken = taken || informer->deliver(event);
  for (auto& [cluster, topics] : topics_) taken = taken || topics->deliver(event);
  step();
}

void Driver::on_change(api::Kind kind, const api::ObjectPtr& before, const api::ObjectPtr& after) {
  const api::ObjectPtr& object = after ? after : before;
  if (pod_sets_ && (kind == api::Kind::strimzi_pod_set || kind == api::Kind::pod)) {
    pod_sets_->on_change(kind, object);
    return;
  }
  if (kind == api::Kind::kafka_rebalance) {
    rebalances_->on_change(before, after);
    return;
  }
  if (warm_at_ == sim::kNever) return;  // the first lists: everything is reconciled anyway
  const bool resync = before == after;
  if (resync || (profile_.twin && !asks_for_more(before, after))) return;
  if (kind == api::Kind::kafka) trigger(object->metadata.name, "change of Kafka");
  if (kind == api::Kind::kafka_node_pool) {
    const auto owner = object->metadata.labels.find(api::strimzi::kCluster);
    if (owner != object->metadata.labels.end()) {
      trigger(owner->second, "change of KafkaNodePool " + object->metadata.name);
    }
  }
}

void Driver::trigger(const std::string& cluster, const std::string& why) {
  const sim::Time now = ports_.now();
  if (given_up_.contains(cluster) && why == "timer") return;
  given_up_.erase(cluster);
  if (profile_.merges_triggers) {
    const auto running = running_.find(cluster);
    // What it works towards is no longer asked for.
    if (running != running_.end() && why != "timer") {
      TWIN_MARK("driver_lets_go_of_reconcile");
      running_.erase(running);
    }
    for (Trigger& waiting : triggers_) {
      if (waiting.cluster != cluster) continue;
      // A retry that waits must not hold up what somebody asked for meanwhile.
      if (now + profile_.trigger_delay < waiting.due) {
        waiting.due = now + profile_.trigger_delay;
        waiting.why = why;
        ports_.wake_at(waiting.due);
      }
      return;
    }
    if (running_.contains(cluster)) return;
  }
  triggers_.push_back({cluster, why, now, now + profile_.trigger_delay});
  ports_.wake_at(now + profile_.trigger_delay);
}

void Driver::tick() {
  const sim::Time now = ports_.now();
  if (interval_.ns <= 0) return;
  while (next_tick_ <= now) {
    next_tick_ += interval_;
    for (const auto& [name, kafka] : kafkas_->items()) {
      if (warm_at_ <= now) trigger(name, "timer");
    }
  }
  ports_.wake_at(next_tick_);
}

void Driver::take_triggers() {
  const sim::Time now = ports_.now();
  std::deque<Trigger> later;
  while (!triggers_.empty()) {
    Trigger trigger = triggers_.front();
    triggers_.pop_front();
    const bool locked = running_.contains(trigger.cluster);
    if (trigger.due > now) {
      later.push_back(std::move(trigger));
    } else if (!locked) {
      start_reconcile(trigger);
    } else if (profile_.lock_timeout.ns > 0 && now - trigger.due >= profile_.lock_timeout) {
      TWIN_MARK("driver_lock_timeout");
      ports_.decided(
          {DecisionKind::note,
           {},
           trigger.cluster,
           "Failed to acquire lock lock::" + options_.namespace_name + "::Kafka::" +
               trigger.cluster + " within " + std::to_string(sim::whole_ms(profile_.lock_timeout)) +
               "ms: a reconcile is running, and this one (" + trigger.why + ") is dropped",
           "LockTimeout",
           {}});
    } else {
      if (profile_.lock_timeout.ns > 0) ports_.wake_at(trigger.due + profile_.lock_timeout);
      later.push_back(std::move(trigger));
    }
  }
  triggers_ = std::move(later);
}

void Driver::start_reconcile(const Trigger& trigger) {
  ReconcileOptions options;
  options.profile = &profile_;
  options.namespace_name = options_.namespace_name;
  options.cluster = trigger.cluster;
  options.trigger = trigger.why;
  options.operation_timeout = operation_timeout_;
  ports_.decided(
      {DecisionKind::reconcile, {}, trigger.cluster, "begins: " + trigger.why, "Started", {}});
  options.cold = !warm_;
  options.batch = options_.batch;
  warm_ = true;
  auto work = std::make_unique<Work>(ports_, std::move(options));
  work->began = ports_.now();
  if (profile_.progress_every.ns > 0) work->says_so_at = work->began + profile_.progress_every;
  running_[trigger.cluster] = std::move(work);
}

void Driver::finish(const std::string& cluster, const Progress& progress) {
  if (progress.is_done()) {
    failures_.erase(cluster);
    ports_.decided({DecisionKind::reconcile, {}, cluster, "is as desired", "Reconciled", {}});
    return;
  }
  ports_.decided({DecisionKind::reconcile,
                  {},
                  cluster,
                  "failed: " + progress.message,
                  progress.error_class,
                  {}});
  if (profile_.broken.gives_up_for_good && progress.error_class == "GivesUp") {
    given_up_.insert(cluster);
    return;
  }
  if (profile_.retry_failed.ns <= 0) return;
  // The same failure again and again is asked about less and less often: a refusal will not go away
  // before somebody changes something, and that is a trigger of its own.
  Failure& failure = failures_[cluster];
  failure.times = failure.message == progress.message ? failure.times + 1 : 0;
  failure.message = progress.message;
  const sim::Duration delay =
      std::min(profile_.retry_failed * (int64_t{1} << std::min(failure.times, 16)), interval_);
  const sim::Time now = ports_.now();
  triggers_.push_back({cluster, "retry", now, now + delay});
  ports_.wake_at(now + delay);
}

void Driver::say_so(const std::string& cluster, Work& work) {
  if (work.says_so_at == sim::kNever) return;
  if (work.says_so_at <= ports_.now()) {
    work.says_so_at += profile_.progress_every;
    ports_.decided(
        {DecisionKind::note, {}, cluster, "Reconciliation is in progress", "InProgress", {}});
  }
  ports_.wake_at(work.says_so_at);
}

void Driver::step_reconciles() {
  std::vector<std::pair<std::string, Progress>> ended;
  for (auto& [cluster, work] : running_) {
    const Progress progress = work->reconcile.step(work->calls);
    if (progress.is_waiting()) say_so(cluster, *work);
    if (!progress.is_waiting()) ended.emplace_back(cluster, progress);
  }
  for (const auto& [cluster, progress] : ended) {
    running_.erase(cluster);
    finish(cluster, progress);
  }
}

// A rebalance that ended may have emptied brokers that wait to be removed.
void Driver::step_rebalances() {
  rebalances_->step();
  for (const std::string& cluster : rebalances_->take_ended()) {
    if (kafkas_->find(cluster) && !running_.contains(cluster))
      trigger(cluster, "end of a rebalance");
  }
}

// Strimzi deploys the Entity Operator at the end of a cluster's first reconcile. Of the era before
// 0.39, whose topic operator went both ways, nothing is played.
void Driver::step_topics() {
  if (!profile_.kraft) return;
  for (const auto& [name, object] : kafkas_->items()) {
    const auto& kafka = api::as<api::Kafka>(*object);
    const auto* ready = api::find_condition(kafka.status.conditions, "Ready");
    const bool wanted = kafka.entity_operator && kafka.entity_operator->topic_operator;
    if (!wanted || topics_.contains(name)) continue;
    if (ready == nullptr || ready->status != "True") continue;
    topics_[name] = std::make_unique<topics::TopicOperator>(
        ports_, topics::TopicOperatorOptions{options_.namespace_name, name,
                                             kafka.cruise_control || profile_.twin});
  }
  for (auto& [name, topics] : topics_) topics->step();
}

void Driver::step() {
  if (stepping_ || !started()) return;
  stepping_ = true;
  if (election_) {
    election_->step();
    if (election_->lost() &&
        !profile_.broken
             .leads_without_lease) {  // another one may lead by now: nothing more is done
      ports_.decided({DecisionKind::note,
                      {},
                      options_.identity,
                      "the Lease is lost: this process ends, and a new one stands for it again",
                      "LeaseLost",
                      {}});
      running_.clear();
      triggers_.clear();
      ports_.exit_process();  // stays in `stepping_`: nothing is done any more
      return;
    }
  }
  for (auto& informer : informers_) informer->step();
  if (synced() && warm_at_ == sim::kNever) {
    warm_at_ = ports_.now() + profile_.warm_up;
    ports_.wake_at(warm_at_);
    for (const auto& [name, kafka] : kafkas_->items()) {
      triggers_.push_back({name, "start of the operator", ports_.now(), warm_at_});
    }
  }
  if (warm_at_ <= ports_.now()) {
    if (pod_sets_) pod_sets_->step();
    if (rebalances_) step_rebalances();
    step_topics();
    tick();
    // A reconcile that ends may let the next trigger in, and that one may end at once.
    for (;;) {
      take_triggers();
      step_reconciles();
      const bool waits = std::any_of(triggers_.begin(), triggers_.end(), [&](const Trigger& t) {
        return t.due <= ports_.now() && !running_.contains(t.cluster);
      });
      if (!waits) break;
    }
  }
  stepping_ = false;
}

}  // namespace twin::controller
