#include "controller/live/ports.h"

#include <algorithm>
#include <utility>

#include "sim/assert.h"

namespace twin::controller::live {

CallId LivePorts::call(KubeRequest request) {
  const CallId id{++last_call_};
  if (!exited_) kube_.call(id, std::move(request));
  return id;
}

CallId LivePorts::call(KafkaRequest request) {
  const CallId id{++last_call_};
  if (exited_) return id;
  if (kafka_ != nullptr) {
    kafka_->call(id, request);
    return id;
  }
  KafkaReply reply;
  reply.node = request.node;
  reply.meta.id = id;
  reply.meta.asked = reply.meta.answered = reply.meta.as_of = now();
  reply.meta.outcome = Outcome::unresolved;
  reply.meta.message = "no Kafka node can be reached from here";
  unreachable_.push_back(std::move(reply));
  return id;
}

void LivePorts::decided(Decision decision) {
  if (!exited_ && on_decision) on_decision(decision);
}

void LivePorts::on_kube_reply(const KubeReply& reply) {
  if (!exited_) process_->on_reply(reply);
}

void LivePorts::on_kube_watch(const WatchEvent& event) {
  if (!exited_) process_->on_watch(event);
}

bool LivePorts::turn(sim::Duration wait_max, int wake_fd) {
  TWIN_ASSERT(process_ != nullptr);
  if (exited_) return false;
  if (!wake_ups_.empty()) {
    wait_max = std::min(wait_max, std::max(sim::Duration{0}, *wake_ups_.begin() - now()));
  }
  if (!unreachable_.empty()) wait_max = {};
  kube_.run(wait_max, wake_fd);
  for (KafkaReply& reply : std::exchange(unreachable_, {})) {
    if (!exited_) process_->on_reply(reply);
  }
  if (kafka_ != nullptr) {
    for (const KafkaReply& reply : kafka_->take_replies()) {
      if (!exited_) process_->on_reply(reply);
    }
  }
  // All that are due at once: the process looks at everything whenever it wakes.
  const sim::Time at = now();
  const auto due = wake_ups_.upper_bound(at);
  const bool wakes = due != wake_ups_.begin();
  wake_ups_.erase(wake_ups_.begin(), due);
  if (wakes && !exited_) process_->on_wake();
  return !exited_;
}

}  // namespace twin::controller::live
