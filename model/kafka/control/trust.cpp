#include "model/kafka/control/trust.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "controller/api/strimzi.h"
#include "model/kafka/control/plane.h"

namespace twin::model::control {

namespace {

std::string annotation_of(const api::ObjectPtr& secret, const char* key) {
  if (!secret) return {};
  const auto found = secret->metadata.annotations.find(key);
  return found == secret->metadata.annotations.end() ? std::string() : found->second;
}

bool trusts(const Identity& who, const Identity& whom) {
  return std::find(who.trusts.begin(), who.trusts.end(), whom.signed_by) != who.trusts.end();
}

}  // namespace

Identity identity_of(const ContainerStart& start) {
  Identity identity;
  const std::string key = annotation_of(start.certificate, api::strimzi::kSignedBy);
  std::from_chars(key.data(), key.data() + key.size(), identity.signed_by);
  const std::string list = annotation_of(start.authority, api::strimzi::kCaCertificates);
  if (list.empty()) return identity;
  identity.trusts.clear();
  const char* end = list.data() + list.size();
  for (const char* at = list.data(); at < end;) {
    int64_t number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc{}) break;
    identity.trusts.push_back(number);
    at = read.ptr == end ? end : read.ptr + 1;
  }
  return identity;
}

bool believe_each_other(const Identity& a, const Identity& b) {
  return trusts(a, b) && trusts(b, a);
}

std::vector<std::pair<api::NodeId, api::NodeId>> ControlPlane::strangers() const {
  std::vector<std::pair<api::NodeId, api::NodeId>> pairs;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].running()) continue;
    for (size_t j = i + 1; j < nodes_.size(); ++j) {
      if (!nodes_[j].running()) continue;
      if (believe_each_other(nodes_[i].identity, nodes_[j].identity)) continue;
      pairs.emplace_back(nodes_[i].id, nodes_[j].id);
    }
  }
  return pairs;
}

// Those that do not believe each other are cut off by the names of their processes.
void ControlPlane::look_at_trust() {
  const auto found = strangers();
  const std::set<std::pair<api::NodeId, api::NodeId>> now(found.begin(), found.end());
  if (now == strangers_) return;
  const auto name = [&](api::NodeId id) {
    const Node* node = find(id);
    return (node->broker_role ? "broker:" : "controller:") + std::to_string(id.value);
  };
  const auto before = std::exchange(strangers_, now);
  for (const auto& [a, b] : now) {
    if (!before.contains({a, b})) network.cut(name(a), name(b));
  }
  for (const auto& [a, b] : before) {
    if (!now.contains({a, b})) network.heal(name(a), name(b));
  }
  reachability_changed();
  data_->reachability_changed();
}

}  // namespace twin::model::control
