#include "controller/roll/statefulset_roller.h"

#include <algorithm>

#include "controller/client/retry.h"
#include "controller/roll/questions.h"

namespace twin::controller {

namespace {

constexpr sim::Duration kPoll{1'000'000'000};
constexpr sim::Duration kStatTimeout{10'000'000'000};

}  // namespace

bool StatefulSetRoller::find_order(Calls& calls) {
  std::vector<size_t> leaders;
  order_.clear();
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    const RollNode& node = request_.nodes[i];
    bool leads = false;
    if (node.zookeeper && request_.nodes.size() > 1) {
      KafkaRequest stat;
      stat.node = node.id;
      stat.zookeeper = true;
      stat.timeout = kStatTimeout;
      stat.body = api::ZookeeperStatRequest{};
      const KafkaReply* reply = calls.kafka("order/" + node.pod_name, stat);
      if (reply == nullptr) return false;
      const auto* body = std::get_if<api::ZookeeperStatReply>(&reply->body);
      leads = reply->meta.ok() && body != nullptr && body->leader;
    }
    (leads ? leaders : order_).push_back(i);
  }
  order_.insert(order_.end(), leaders.begin(), leaders.end());
  return true;
}

Progress StatefulSetRoller::step(Calls& calls) {
  if (!ordered_) {
    if (!find_order(calls)) return Progress::waiting();
    ordered_ = true;
  }
  while (at_ < order_.size()) {
    const RollNode& node = request_.nodes[order_[at_]];
    const Progress one = deleting_ ? await(calls, node) : roll_one(calls, node);
    if (!one.is_done()) return one;
    calls.forget_prefix("pod/" + node.pod_name + "/");
    deleting_ = false;
    ++at_;
  }
  return Progress::done();
}

Progress StatefulSetRoller::roll_one(Calls& calls, const RollNode& node) {
  const std::string prefix = "pod/" + node.pod_name + "/";
  const KubeReply* reply = ask_pod(calls, prefix + "read", request_, node.pod_name);
  if (reply == nullptr) return Progress::waiting();
  const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
  if (pod == nullptr && reply->meta.outcome != Outcome::not_found) {
    return kube_failure("reading pod " + node.pod_name, *reply);
  }
  if (pod == nullptr) {  // the StatefulSet makes it: wait until it is Ready
    deleting_ = true;
    deleted_ = {};
    return await(calls, node);
  }
  const std::vector<std::string> reasons = request_.predicate->reasons(*pod, node);
  if (reasons.empty()) return Progress::done();
  if (calls.asked_at(prefix + "said") == sim::kNever) {
    calls.elapsed(prefix + "said", {});
    calls.decide({DecisionKind::restart, node.id, node.pod_name,
                  "restarted for " + reasons.front() + ": it is pod " +
                      std::to_string(at_ + 1) + " of " + std::to_string(order_.size()),
                  reasons.front(), {reply->meta.id}});
  }
  const KubeReply* removed =
      calls.kube(prefix + "delete",
                 remove_request(api::Kind::pod, request_.namespace_name, node.pod_name, {}));
  if (removed == nullptr) return Progress::waiting();
  if (!removed->meta.ok() && removed->meta.outcome != Outcome::not_found) {
    return kube_failure("deleting pod " + node.pod_name, *removed);
  }
  deleting_ = true;
  deleted_ = pod->metadata.uid;
  return await(calls, node);
}

Progress StatefulSetRoller::await(Calls& calls, const RollNode& node) {
  const std::string prefix = "pod/" + node.pod_name + "/";
  const bool late = calls.elapsed(prefix + "since", request_.operation_timeout);
  const KubeReply* reply = ask_pod(calls, prefix + "poll-pod", request_, node.pod_name);
  if (reply == nullptr) return Progress::waiting();
  const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
  if (pod != nullptr && pod->metadata.uid != deleted_ && api::is_ready(*pod)) {
    return Progress::done();
  }
  if (late) {
    calls.decide({DecisionKind::give_up, node.id, node.pod_name,
                  "not Ready within " + sim::format_duration(request_.operation_timeout),
                  "TimeoutException", {reply->meta.id}});
    return Progress::failed("TimeoutException", "Exceeded timeout of " +
                                                    std::to_string(sim::whole_ms(
                                                        request_.operation_timeout)) +
                                                    "ms while waiting for Pods resource " +
                                                    node.pod_name + " to be ready");
  }
  if (!calls.elapsed(prefix + "poll", kPoll)) return Progress::waiting();
  calls.forget(prefix + "poll-pod");
  calls.forget(prefix + "poll");
  return await(calls, node);
}

std::vector<std::string> StatefulSetRoller::pending() const {
  std::vector<std::string> open;
  for (size_t i = at_; i < order_.size(); ++i) open.push_back(request_.nodes[order_[i]].pod_name);
  return open;
}

}  // namespace twin::controller
