#include "model/kafka/control/partition_store.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/assert.h"

namespace twin::model::control {

namespace {

bool same_row(const Partition& a, const Partition& b) {
  return a.isr == b.isr && a.leader_slot == b.leader_slot && a.leader_epoch == b.leader_epoch &&
         a.elr == b.elr && a.adding == b.adding && a.removing == b.removing &&
         a.replicas == b.replicas;
}

bool is_off_preferred(const Partition& p) { return p.leader_slot > 0; }

}  // namespace

api::NodeList nodes_of(const Partition& partition, SlotMask mask) {
  api::NodeList list;
  for (int slot = 0; slot < partition.replicas.size; ++slot)
    if (((mask >> slot) & 1) != 0) list.push(partition.replicas[slot]);
  return list;
}

PartitionTable& PartitionStore::mutable_table() {
  topics_stale_ = true;
  configs_.reset();
  return table_;
}

const std::vector<ReplicaRef>& PartitionStore::on_node(api::NodeId node) const {
  static const std::vector<ReplicaRef> kNone;
  const auto at = static_cast<size_t>(node.value);
  return node.valid() && at < table_.on_node.size() ? table_.on_node[at] : kNone;
}

int PartitionStore::topic_index(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? -1 : static_cast<int>(found->second);
}

void PartitionStore::add_ref(api::NodeId node, PartitionIndex index, int slot) {
  const auto at = static_cast<size_t>(node.value);
  if (at >= table_.on_node.size()) table_.on_node.resize(at + 1);
  table_.on_node[at].push_back({index, static_cast<uint8_t>(slot)});
}

TopicIndex PartitionStore::add_topic(Topic topic, const std::vector<api::NodeList>& replicas,
                                     const std::vector<SlotMask>& isr) {
  TWIN_ASSERT(!by_name_.contains(topic.name));
  TWIN_ASSERT(isr.empty() || isr.size() == replicas.size());
  const auto number = static_cast<TopicIndex>(table_.topics.size());
  std::sort(topic.configs.begin(), topic.configs.end());
  topic.first = static_cast<PartitionIndex>(table_.partitions.size());
  topic.partitions = static_cast<uint32_t>(replicas.size());
  by_name_.emplace(topic.name, number);
  table_.topics.push_back(std::move(topic));
  const Topic& added = table_.topics.back();
  put_in_effect(number);
  std::erase(new_min_isr_, number);  // its partitions are looked at below
  std::erase(new_throttles_, number);
  kernel_.emit(trace::TopicDefined{number, kernel_.string(added.name), added.first,
                                   added.partitions, added.min_isr, added.internal ? 1 : 0});
  std::vector<int64_t> tail;
  for (uint32_t i = 0; i < added.partitions; ++i) {
    Partition row;
    row.replicas = replicas[i];
    const auto all = static_cast<SlotMask>((1U << row.replicas.size) - 1);
    row.isr = isr.empty() ? all : isr[i];
    row.leader_slot =
        isr.empty() || isr[i] == 0 ? int8_t{-1} : static_cast<int8_t>(std::countr_zero(isr[i]));
    row.topic = number;
    row.number = i;
    if (is_off_preferred(row)) ++not_preferred_;
    const PartitionIndex index = added.first + i;
    table_.partitions.push_back(row);
    under_since_.push_back(sim::kNever);
    for (int slot = 0; slot < row.replicas.size; ++slot) add_ref(row.replicas[slot], index, slot);
    tail.assign(row.replicas.begin(), row.replicas.end());
    kernel_.emit(trace::PartitionPlaced{index, row.leader().value, row.isr}, tail, {});
  }
  ++table_.version;
  topics_stale_ = true;
  configs_.reset();
  if (data_ != nullptr) data_->partitions_added(added.first, added.partitions);
  for (uint32_t i = 0; i < added.partitions; ++i) {
    const bool crossed = track_min_isr(added.first + i);
    if (row(added.first + i).leader_slot < 0 && !crossed) continue;
    for (PartitionObserver* observer : observers_) observer->availability_changed(added.first + i);
  }
  return number;
}

void PartitionStore::apply(PartitionIndex index, const Partition& next, const ChangeCause& cause) {
  Partition& row = table_.partitions[index];
  if (same_row(row, next)) return;
  TWIN_ASSERT_EQ(row.topic, next.topic);
  TWIN_ASSERT_EQ(row.number, next.number);
  TWIN_ASSERT_LE(row.leader_epoch, next.leader_epoch);
  TWIN_ASSERT_LT(next.leader_slot, next.replicas.size);
  data_->partition_changing(index, next);
  const Partition before = row;
  past_.push_back({kernel_.now(), index, before});
  row = next;
  row.partition_epoch = before.partition_epoch + 1;
  if (!(before.replicas == row.replicas)) move_refs(index, before, row);
  trace_replicas(index, before, row);
  not_preferred_ += (is_off_preferred(row) ? 1 : 0) - (is_off_preferred(before) ? 1 : 0);
  ++table_.version;
  if (topics_ && !topics_stale_) {
    dirty_.push_back(index);
    topics_stale_ = dirty_.size() > table_.partitions.size();
  }
  trace_isr(index, before, row, cause);
  trace_leader(index, before, row, cause);
  const bool crossed = track_min_isr(index);
  data_->partition_changed(index, before);
  if (!crossed && before.leader() == row.leader() && before.isr == row.isr) return;
  for (PartitionObserver* observer : observers_) observer->availability_changed(index);
}

void PartitionStore::trace_replicas(PartitionIndex index, const Partition& before,
                                    const Partition& after) {
  if (before.replicas == after.replicas && before.adding == after.adding &&
      before.removing == after.removing) {
    return;
  }
  std::vector<int64_t> tail(before.replicas.begin(), before.replicas.end());
  tail.insert(tail.end(), after.replicas.begin(), after.replicas.end());
  kernel_.emit(
      trace::ReplicasChanged{index, before.replicas.size, after.adding, after.removing, after.isr},
      tail, {});
}

void PartitionStore::trace_isr(PartitionIndex index, const Partition& before,
                               const Partition& after, const ChangeCause& cause) {
  const bool same_replicas = before.replicas == after.replicas;
  if (same_replicas && before.isr == after.isr) return;
  int size = before.isr_size();
  for (int slot = 0; slot < before.replicas.size; ++slot) {
    if (!before.in_isr(slot)) continue;
    const int now = same_replicas ? slot : after.slot_of(before.replicas[slot]);
    if (now >= 0 && after.in_isr(now)) continue;
    kernel_.emit(trace::ReplicaLeftIsr{index, before.replicas[slot].value, --size,
                                       static_cast<int64_t>(cause.leave)});
  }
  for (int slot = 0; slot < after.replicas.size; ++slot) {
    if (!after.in_isr(slot)) continue;
    const int was = same_replicas ? slot : before.slot_of(after.replicas[slot]);
    if (was >= 0 && before.in_isr(was)) continue;
    kernel_.emit(trace::ReplicaJoinedIsr{index, after.replicas[slot].value, ++size});
  }
}

void PartitionStore::trace_leader(PartitionIndex index, const Partition& before,
                                  const Partition& after, const ChangeCause& cause) {
  if (before.leader() == after.leader()) return;
  if (after.leader_slot < 0) {
    kernel_.emit(trace::PartitionWentOffline{index, before.leader().value});
  } else {
    kernel_.emit(trace::LeaderElected{index, after.leader().value, after.leader_epoch,
                                      static_cast<int64_t>(cause.election)});
  }
}

bool PartitionStore::track_min_isr(PartitionIndex index) {
  const Partition& row = table_.partitions[index];
  const bool under = row.isr_size() < table_.effective_min_isr(row);
  sim::Time& since = under_since_[index];
  if (under == (since != sim::kNever)) return false;
  if (under) {
    kernel_.emit(trace::PartitionWentUnderMinIsr{index, row.isr_size()});
    since = kernel_.now();
  } else {
    const sim::Duration length = kernel_.now() - since;
    kernel_.emit(trace::PartitionBackAtMinIsr{index, row.isr_size(), length.ns});
    since = sim::kNever;
  }
  return true;
}

void PartitionStore::move_refs(PartitionIndex index, const Partition& before,
                               const Partition& after) {
  for (int slot = 0; slot < before.replicas.size; ++slot) {
    auto& refs = table_.on_node[static_cast<size_t>(before.replicas[slot].value)];
    std::erase_if(refs, [index](const ReplicaRef& ref) { return ref.partition == index; });
  }
  for (int slot = 0; slot < after.replicas.size; ++slot) add_ref(after.replicas[slot], index, slot);
}

// The topic's own setting before the default.
void PartitionStore::put_in_effect(TopicIndex index) {
  Topic& topic = table_.topics[index];
  const int32_t min_isr_before = topic.min_isr;
  topic.min_isr = defaults_.min_isr;
  topic.unclean_election = defaults_.unclean_election;
  topic.segment_bytes = defaults_.segment_bytes;
  const auto leaders = std::exchange(topic.throttled_leaders, {});
  const auto followers = std::exchange(topic.throttled_followers, {});
  for (const auto& [key, value] : topic.configs) {
    if (key == "min.insync.replicas") topic.min_isr = std::max(1, std::atoi(value.c_str()));
    if (key == "unclean.leader.election.enable") topic.unclean_election = value == "true";
    if (key == "segment.bytes") topic.segment_bytes = std::max(1LL, std::atoll(value.c_str()));
    if (key == kLeaderThrottledReplicas) {
      topic.throttled_leaders = ThrottledReplicas::parse(value).value_or(ThrottledReplicas{});
    }
    if (key == kFollowerThrottledReplicas) {
      topic.throttled_followers = ThrottledReplicas::parse(value).value_or(ThrottledReplicas{});
    }
  }
  if (leaders != topic.throttled_leaders || followers != topic.throttled_followers) {
    new_throttles_.push_back(index);
  }
  if (topic.min_isr != min_isr_before) new_min_isr_.push_back(index);
  ++table_.version;
  configs_.reset();
}

void PartitionStore::set_topic_config(TopicIndex topic, const std::string& key,
                                      const std::string& value, bool remove) {
  auto& configs = table_.topics[topic].configs;
  std::erase_if(configs, [&](const auto& entry) { return entry.first == key; });
  if (!remove) {
    const auto after = [&](const auto& entry) { return entry.first > key; };
    configs.insert(std::find_if(configs.begin(), configs.end(), after), {key, value});
  }
  put_in_effect(topic);
}

void PartitionStore::set_defaults(const TopicDefaults& defaults) {
  if (defaults == defaults_) return;
  defaults_ = defaults;
  for (TopicIndex topic = 0; topic < table_.topics.size(); ++topic) put_in_effect(topic);
}

void PartitionStore::settings_changed() {
  for (const TopicIndex topic : std::exchange(new_throttles_, {})) data_->throttles_changed(topic);
  const std::vector<TopicIndex> changed = std::exchange(new_min_isr_, {});
  for (const TopicIndex topic : changed) {
    const PartitionIndex first = table_.topics[topic].first;
    const uint32_t count = table_.topics[topic].partitions;
    for (PartitionIndex index = first; index < first + count; ++index) {
      if (row(index).elr != 0) {
        Partition next = row(index);
        next.elr = 0;
        apply(index, next, {});
      }
      if (!track_min_isr(index)) continue;
      for (PartitionObserver* observer : observers_) observer->availability_changed(index);
    }
  }
}

void PartitionStore::leader_reachability_changed(api::NodeId node) {
  if (observers_.empty()) return;
  for (const ReplicaRef ref : on_node(node)) {
    if (row(ref.partition).leader_slot != ref.slot) continue;
    for (PartitionObserver* observer : observers_) observer->availability_changed(ref.partition);
  }
}

}  // namespace twin::model::control
