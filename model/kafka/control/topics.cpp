// Topics: those that a run starts with, which wait for their brokers, and those created later.
#include <algorithm>

#include "model/kafka/control/placement.h"
#include "model/kafka/control/plane.h"
#include "sim/assert.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

// Topics of the start of a run wait so long for all their replicas, counted from the first of them.
constexpr sim::Duration kPatience = 60_s;

Topic topic_of(const TopicSpec& spec) {
  Topic topic;
  topic.name = spec.name;
  topic.replication_factor = spec.replication_factor;
  topic.internal = spec.internal;
  topic.batch_bytes = spec.batch_bytes;
  topic.configs = spec.configs;
  return topic;
}

}  // namespace

void ControlPlane::declare(api::NodeId id, const std::string& rack) {
  Node& node = at(id);
  node.declared = true;
  if (node.rack.empty()) node.rack = rack;
}

std::vector<api::NodeList> ControlPlane::place(const TopicSpec& spec) {
  if (!spec.placement.empty()) return spec.placement;
  std::vector<PlaceableBroker> brokers;
  for (const Node& node : nodes_) {
    const bool known = node.declared || (node.broker_role && node.registration.exists);
    if (known) brokers.push_back({node.id, node.rack});
  }
  std::vector<api::NodeList> placement;
  if (static_cast<int32_t>(brokers.size()) < spec.replication_factor) return placement;
  StripedPlacer placer(brokers, kernel.seed, store.table().topics.size());
  for (int32_t i = 0; i < spec.partitions; ++i) {
    placement.push_back(placer.place(spec.replication_factor));
  }
  return placement;
}

bool ControlPlane::create_topic(const TopicSpec& spec) {
  if (spec.partitions < 1 || spec.replication_factor < 1 || spec.name.empty() ||
      spec.replication_factor > api::NodeList::kMax || store.topic_index(spec.name) >= 0) {
    return false;
  }
  const std::vector<api::NodeList> placement = place(spec);
  if (placement.empty()) return false;
  bool all_up = true;
  std::vector<SlotMask> isr;
  for (const api::NodeList& replicas : placement) {
    SlotMask up = 0;
    for (int slot = 0; slot < replicas.size; ++slot) {
      const Node* node = find(replicas[slot]);
      if (node != nullptr && node->active()) up = static_cast<SlotMask>(up | (1U << slot));
    }
    all_up &= up == static_cast<SlotMask>((1U << replicas.size) - 1);
    isr.push_back(up);
  }
  if (all_up) {
    store.add_topic(topic_of(spec), placement, isr);
    return true;
  }
  fresh_topics_.push_back(store.add_topic(topic_of(spec), placement, {}));
  return true;
}

// While the cluster runs: the ISR is of those that are active, of whom each partition needs one
// (ReplicationControlManager.createTopic); nobody waits for the others.
bool ControlPlane::create_topic_now(const TopicSpec& spec) {
  if (spec.partitions < 1 || spec.replication_factor < 1 || spec.name.empty() ||
      spec.replication_factor > api::NodeList::kMax || store.topic_index(spec.name) >= 0) {
    return false;
  }
  const std::vector<api::NodeList> placement = place(spec);
  std::vector<SlotMask> isr;
  for (const api::NodeList& replicas : placement) {
    SlotMask up = 0;
    for (int slot = 0; slot < replicas.size; ++slot) {
      const Node* node = find(replicas[slot]);
      if (node == nullptr || !node->registration.exists) return false;
      if (node->active()) up = static_cast<SlotMask>(up | (1U << slot));
    }
    if (up == 0) return false;
    isr.push_back(up);
  }
  if (placement.empty()) return false;
  store.add_topic(topic_of(spec), placement, isr);
  return true;
}

// What the cluster says for topics that do not: cluster-wide dynamic settings before the brokers'
// files. Brokers whose files differ (during a roll) would each go by their own for the partitions
// that they lead; here the running broker of the lowest id stands for all.
void ControlPlane::refresh_topic_defaults() {
  const Node* broker = nullptr;
  for (const Node& node : nodes_) {
    if (broker == nullptr && node.broker_role && node.running()) broker = &node;
  }
  if (broker == nullptr) return;
  const auto setting = [&](std::string_view key) {
    const auto dynamic = dynamic_.cluster_wide().find(key);
    return dynamic != dynamic_.cluster_wide().end() ? dynamic->second
                                                    : config_text(broker->config, key, "");
  };
  TopicDefaults defaults;
  const std::string min_isr = setting("min.insync.replicas");
  if (!min_isr.empty()) defaults.min_isr = std::max(1, std::atoi(min_isr.c_str()));
  defaults.unclean_election = setting("unclean.leader.election.enable") == "true";
  const std::string segment = setting("log.segment.bytes");
  if (!segment.empty()) defaults.segment_bytes = std::max(1LL, std::atoll(segment.c_str()));
  store.set_defaults(defaults);
}

void ControlPlane::fresh_broker(const Node& node) {
  const auto index = static_cast<size_t>(node.id.value);
  if (index >= seen_up_.size()) seen_up_.resize(index + 1);
  seen_up_[index] = true;
  if (fresh_topics_.empty()) return;
  if (!patience_armed_) {
    patience_armed_ = true;
    kernel.after(kPatience, type_of(Local::fresh_patience), 0);
  }
  const std::vector<TopicIndex> waiting = fresh_topics_;
  for (const TopicIndex topic : waiting) {
    const Topic& row = store.table().topics[topic];
    bool all = true;
    for (uint32_t i = 0; i < row.partitions && all; ++i) {
      for (const int32_t id : store.row(row.first + i).replicas) {
        all &= static_cast<size_t>(id) < seen_up_.size() && seen_up_[static_cast<size_t>(id)];
      }
    }
    if (all) bring_online(topic);
  }
}

void ControlPlane::fresh_patience_over() {
  const std::vector<TopicIndex> waiting = fresh_topics_;
  for (const TopicIndex topic : waiting) bring_online(topic);
}

// Whoever is up is in the ISR and the first of them leads; brokers that were only just loaded
// count, since this is the moment at which the cluster comes to life.
void ControlPlane::bring_online(TopicIndex topic) {
  std::erase(fresh_topics_, topic);
  const PartitionIndex first = store.table().topics[topic].first;
  const uint32_t count = store.table().topics[topic].partitions;
  for (uint32_t i = 0; i < count; ++i) {
    Partition next = store.row(first + i);
    SlotMask up = 0;
    for (int slot = 0; slot < next.replicas.size; ++slot) {
      if (serving(next.replicas[slot])) up = static_cast<SlotMask>(up | (1U << slot));
    }
    if (up == 0) continue;
    next.isr = up;
    next.leader_slot = static_cast<int8_t>(first_slot(up));
    ++next.leader_epoch;
    store.apply(first + i, next, {trace::LeaveReason::fenced, trace::ElectionReason::initial});
  }
}

}  // namespace twin::model::control
