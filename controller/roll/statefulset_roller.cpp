#include "controller/roll/statefulset_roller.h"

#include <algorithm>

#include "controller/client/retry.h"
#include "controller/roll/questions.h"
#include "controller/roll/restart_reasons.h"

namespace twin::controller {

namespace {

constexpr sim::Duration kPoll{1'000'000'000};
constexpr sim::Duration kStatTimeout{10'000'000'000};

}  // namespace

bool StatefulSetRoller::is_ensemble() const {
  return !request_.nodes.empty() && request_.nodes.front().zookeeper;
}

std::string StatefulSetRoller::key(const RollNode& node, const char* part) const {
  return "pod/" + node.pod_name + "/" + part;
}

Progress StatefulSetRoller::find_order(Calls& calls) {
  order_.clear();
  std::vector<size_t> leaders;
  bool any = !is_ensemble();
  for (const RollNode& node : request_.nodes) {
    if (any) break;
    const KubeReply* reply = ask_pod(calls, "order/" + node.pod_name, request_, node.pod_name);
    if (reply == nullptr) return Progress::waiting();
    const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
    if (pod == nullptr && reply->meta.outcome != Outcome::not_found) {
      return kube_failure("reading pod " + node.pod_name, *reply);
    }
    any = pod == nullptr || !request_.predicate->reasons(*pod, node).empty();
  }
  if (!any) return Progress::done();
  for (size_t i = 0; i < request_.nodes.size(); ++i) {
    const RollNode& node = request_.nodes[i];
    bool leads = false;
    if (node.zookeeper && request_.nodes.size() > 1) {
      KafkaRequest stat;
      stat.node = node.id;
      stat.zookeeper = true;
      stat.timeout = kStatTimeout;
      stat.body = api::ZookeeperStatRequest{};
      const KafkaReply* reply = calls.kafka("order/stat/" + node.pod_name, stat);
      if (reply == nullptr) return Progress::waiting();
      const auto* body = std::get_if<api::ZookeeperStatReply>(&reply->body);
      leads = reply->meta.ok() && body != nullptr && body->leader;
    }
    (leads ? leaders : order_).push_back(i);
  }
  order_.insert(order_.end(), leaders.begin(), leaders.end());
  return Progress::done();
}

Progress StatefulSetRoller::step(Calls& calls) {
  if (!ordered_) {
    const Progress found = find_order(calls);
    if (!found.is_done()) return found;
    ordered_ = true;
  }
  while (at_ < order_.size()) {
    const RollNode& node = request_.nodes[order_[at_]];
    const Progress one = one_pod(calls, node);
    if (!one.is_done()) return one;
    calls.forget_prefix("pod/" + node.pod_name + "/");
    stage_ = Stage::read;
    ++at_;
  }
  return Progress::done();
}

Progress StatefulSetRoller::one_pod(Calls& calls, const RollNode& node) {
  if (stage_ == Stage::read) {
    const Progress read = read_pod(calls, node);
    if (!read.is_done()) return read;
    stage_ = reasons_.empty() ? Stage::ready : Stage::remove;
  }
  if (stage_ == Stage::remove) {
    const Progress removed = remove_pod(calls, node);
    if (!removed.is_done()) return removed;
    stage_ = Stage::gone;
  }
  if (stage_ == Stage::gone) {
    const Progress gone = await(calls, node, Stage::gone);
    if (!gone.is_done()) return gone;
    stage_ = Stage::ready;
  }
  return await(calls, node, Stage::ready);
}

Progress StatefulSetRoller::read_pod(Calls& calls, const RollNode& node) {
  const KubeReply* reply = ask_pod(calls, key(node, "read"), request_, node.pod_name);
  if (reply == nullptr) return Progress::waiting();
  if (reply->meta.outcome == Outcome::not_found) {
    const std::string why = "pod " + node.pod_name + " does not exist";
    calls.decide({DecisionKind::give_up,
                  node.id,
                  node.pod_name,
                  why,
                  "NullPointerException",
                  {reply->meta.id}});
    return Progress::failed("NullPointerException", why);
  }
  const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
  if (pod == nullptr) return kube_failure("reading pod " + node.pod_name, *reply);
  reasons_ = request_.predicate->reasons(*pod, node);
  read_ = reply->meta.id;
  deleted_ = pod->metadata.uid;
  return Progress::done();
}

Progress StatefulSetRoller::remove_pod(Calls& calls, const RollNode& node) {
  if (calls.asked_at(key(node, "delete")) == sim::kNever) {
    const std::string turn =
        "; pod " + std::to_string(at_ + 1) + " of " + std::to_string(order_.size()) +
        (at_ == 0 ? "" : ", and the one before it is Ready: nothing else is asked");
    calls.decide({DecisionKind::restart,
                  node.id,
                  node.pod_name,
                  restart_sentence({reasons_.front()}, {}) + turn,
                  reasons_.front(),
                  {read_}});
  }
  const KubeReply* removed =
      retried(calls, key(node, "delete"),
              remove_request(api::Kind::pod, request_.namespace_name, node.pod_name, {}));
  if (removed == nullptr) return Progress::waiting();
  if (removed->meta.ok() || removed->meta.outcome == Outcome::not_found) return Progress::done();
  return kube_failure("deleting pod " + node.pod_name, *removed);
}

Progress StatefulSetRoller::await(Calls& calls, const RollNode& node, Stage what) {
  const bool for_ready = what == Stage::ready;
  const std::string since = key(node, for_ready ? "ready-since" : "gone-since");
  const std::string poll = key(node, for_ready ? "ready-poll" : "gone-poll");
  const bool late = calls.elapsed(since, request_.operation_timeout);
  for (;;) {
    const KubeReply* reply = ask_pod(calls, poll + "-pod", request_, node.pod_name);
    if (reply == nullptr) return Progress::waiting();
    const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
    const bool missing = reply->meta.outcome == Outcome::not_found;
    if (for_ready && pod != nullptr && api::is_ready(*pod)) return Progress::done();
    if (!for_ready && (missing || (pod != nullptr && pod->metadata.uid != deleted_))) {
      return Progress::done();
    }
    if (late) {
      const std::string message =
          "Exceeded timeout of " + std::to_string(sim::whole_ms(request_.operation_timeout)) +
          "ms while waiting for Pods resource " + node.pod_name + " in namespace " +
          request_.namespace_name + (for_ready ? " to be ready" : " to be deleted");
      calls.decide({DecisionKind::give_up,
                    node.id,
                    node.pod_name,
                    message,
                    "TimeoutException",
                    {reply->meta.id}});
      return Progress::failed("TimeoutException", message);
    }
    if (!calls.elapsed(poll, kPoll)) return Progress::waiting();
    calls.forget(poll + "-pod");
    calls.forget(poll);
  }
}

std::vector<std::string> StatefulSetRoller::pending() const {
  std::vector<std::string> open;
  for (size_t i = at_; i < order_.size(); ++i) open.push_back(request_.nodes[order_[i]].pod_name);
  return open;
}

}  // namespace twin::controller
