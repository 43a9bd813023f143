// The alarm: a replication throttle that stands although nothing moves. It slows every later
// catch-up (KAFKA-8330), so that a restarted broker stays out of the ISR and the next roll waits.
#include "controller/client/retry.h"
#include "controller/rebalance/throttles.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

constexpr const char* kCode = "ThrottleLeftBehind";
// kafka-reassign-partitions sets throttles a moment before its moves begin.
constexpr sim::Duration kBetweenLooks{10'000'000'000};
constexpr int kLooks = 2;

bool is_carried_out(const api::KafkaRebalance& rebalance) {
  return api::find_condition(rebalance.conditions, "Rebalancing") != nullptr;
}

// Done with an empty `topic`: nothing is left behind.
Progress look(Reconcile& run, Calls& calls, const std::string& key, std::string& topic,
              std::vector<CallId>& cites) {
  const KafkaReply* configs =
      ask_brokers(run, calls, key + "/configs", api::DescribeTopicConfigsRequest{});
  if (configs == nullptr) return Progress::waiting();
  const auto* topics = std::get_if<api::DescribeTopicConfigsReply>(&configs->body);
  if (!configs->meta.ok() || topics == nullptr) return Progress::done();
  const auto lists = rebalance::lists_in(*topics->configs);
  if (lists.empty()) return Progress::done();
  const KafkaReply* moves =
      ask_brokers(run, calls, key + "/moving", api::ListReassignmentsRequest{});
  const KubeReply* rebalances =
      retried(calls, key + "/rebalances",
              list_request(api::Kind::kafka_rebalance, run.options.namespace_name,
                           {{api::strimzi::kCluster, run.options.cluster}}));
  if (moves == nullptr || rebalances == nullptr) return Progress::waiting();
  const auto* moving = std::get_if<api::ListReassignmentsReply>(&moves->body);
  if (!moves->meta.ok() || moving == nullptr || !moving->moves.empty()) return Progress::done();
  if (!rebalances->meta.ok()) return Progress::done();
  for (const api::ObjectPtr& item : rebalances->items) {
    if (is_carried_out(api::as<api::KafkaRebalance>(*item))) return Progress::done();
  }
  topic = lists.begin()->first;
  cites = {configs->meta.id, moves->meta.id, rebalances->meta.id};
  return Progress::done();
}

}  // namespace

Progress throttles_left(Reconcile& run, Calls& calls) {
  std::string topic;
  std::vector<CallId> cites;
  for (int i = 0; i < kLooks; ++i) {
    if (i > 0 && !calls.elapsed("left/between", kBetweenLooks)) return Progress::waiting();
    topic.clear();
    const Progress looked = look(run, calls, "left/" + std::to_string(i), topic, cites);
    if (!looked.is_done() || topic.empty()) return looked;
  }
  TWIN_MARK("throttle_left_behind");
  const std::string message =
      "topic " + topic +
      " lists throttled replicas although nothing moves: a broker that comes back catches up no "
      "faster than the throttle; kafka-reassign-partitions --verify removes it";
  run.warn(kCode, message);
  bool said = false;
  for (const api::Condition& condition : run.observed.kafka->status.conditions) {
    said |= condition.type == "Warning" && condition.reason == kCode;
  }
  if (!said) run.decide(calls, DecisionKind::note, kCode, message, {}, {}, std::move(cites));
  return Progress::done();
}

}  // namespace twin::controller::steps
