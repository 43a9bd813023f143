#include "controller/calls.h"

#include "sim/assert.h"

namespace twin::controller {

const KubeReply* Calls::kube(std::string_view key, const KubeRequest& request) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) return found->second.kube.get();
  Entry& entry = entries_[std::string(key)];
  entry.asked = ports_.now();
  entry.id = ports_.call(request);
  open_[entry.id] = std::string(key);
  return nullptr;
}

const KafkaReply* Calls::kafka(std::string_view key, const KafkaRequest& request) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) return found->second.kafka.get();
  Entry& entry = entries_[std::string(key)];
  entry.asked = ports_.now();
  entry.id = ports_.call(request);
  open_[entry.id] = std::string(key);
  return nullptr;
}

bool Calls::elapsed(std::string_view key, sim::Duration delay) {
  const auto found = entries_.find(key);
  const sim::Time asked = found == entries_.end() ? ports_.now() : found->second.asked;
  if (found == entries_.end()) entries_[std::string(key)].asked = asked;
  if (ports_.now() - asked >= delay) return true;
  ports_.wake_at(asked + delay);
  return false;
}

sim::Time Calls::asked_at(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? sim::kNever : found->second.asked;
}

void Calls::forget(std::string_view key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  open_.erase(found->second.id);
  entries_.erase(found);
}

void Calls::forget_prefix(std::string_view prefix) {
  auto it = entries_.lower_bound(prefix);
  while (it != entries_.end() && std::string_view(it->first).starts_with(prefix)) {
    open_.erase(it->second.id);
    it = entries_.erase(it);
  }
}

void Calls::forget_all() {
  entries_.clear();
  open_.clear();
}

bool Calls::deliver(const KubeReply& reply) {
  const auto open = open_.find(reply.meta.id);
  if (open == open_.end()) return false;
  Entry& entry = entries_.at(open->second);
  entry.answered = true;
  entry.kube = std::make_unique<KubeReply>(reply);
  open_.erase(open);
  return true;
}

bool Calls::deliver(const KafkaReply& reply) {
  const auto open = open_.find(reply.meta.id);
  if (open == open_.end()) return false;
  Entry& entry = entries_.at(open->second);
  entry.answered = true;
  entry.kafka = std::make_unique<KafkaReply>(reply);
  open_.erase(open);
  return true;
}

}  // namespace twin::controller
