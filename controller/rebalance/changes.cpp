#include "controller/rebalance/changes.h"

#include <algorithm>

#include "controller/rebalance/json_cursor.h"
#include "sim/assert.h"

namespace twin::controller::rebalance {

std::vector<ReplicaList> start_lists(const ClusterView& view) {
  std::vector<ReplicaList> lists;
  lists.reserve(view.partitions.size());
  for (const PartitionView& row : view.partitions) lists.push_back(row.replicas);
  return lists;
}

ReplicaList added(const ReplicaList& from, const ReplicaList& to) {
  ReplicaList out;
  for (int slot = 0; slot < to.size; ++slot) {
    if (!from.contains(to[slot])) out.push(to[slot], to.dir(slot));
  }
  return out;
}

ReplicaList changed_dirs(const ReplicaList& from, const ReplicaList& to) {
  ReplicaList out;
  for (int slot = 0; slot < to.size; ++slot) {
    const int before = from.slot_of(to[slot]);
    if (before >= 0 && from.dir(before) != to.dir(slot)) out.push(to[slot], to.dir(slot));
  }
  return out;
}

std::vector<PartitionIndex> changed(const std::vector<ReplicaList>& from,
                                    const std::vector<ReplicaList>& to) {
  TWIN_ASSERT_EQ(from.size(), to.size());
  std::vector<PartitionIndex> out;
  for (PartitionIndex p = 0; p < from.size(); ++p) {
    if (!(from[p] == to[p])) out.push_back(p);
  }
  return out;
}

std::vector<AssignmentEntry> entries_to(const ClusterView& view,
                                        const std::vector<PartitionIndex>& partitions,
                                        const std::vector<ReplicaList>& from,
                                        const std::vector<ReplicaList>& to, bool name_dirs) {
  std::vector<AssignmentEntry> entries;
  for (const PartitionIndex p : partitions) {
    const PartitionView& row = view.partitions[p];
    AssignmentEntry& entry = entries.emplace_back();
    entry.topic = view.topics[row.topic].name;
    entry.partition = row.number;
    for (int slot = 0; slot < to[p].size; ++slot) {
      const BrokerIndex broker = to[p][slot];
      const int before = from[p].slot_of(broker);
      const bool stays = before >= 0 && from[p].dir(before) == to[p].dir(slot);
      const bool choice = view.brokers[broker].log_dirs.size() > 1;
      entry.replicas.push_back(view.brokers[broker].id.value);
      entry.log_dirs.push_back(name_dirs && choice && !stays ? view.path_of(broker, to[p].dir(slot))
                                                             : std::string(kAnyLogDir));
    }
  }
  return entries;
}

FewestLogs::FewestLogs(const ClusterView& view, const std::vector<ReplicaList>& lists) {
  for (const BrokerView& broker : view.brokers) logs_.emplace_back(broker.log_dirs.size());
  for (const ReplicaList& list : lists) {
    for (int slot = 0; slot < list.size; ++slot) ++logs_[list[slot]][list.dir(slot)];
  }
}

uint8_t FewestLogs::place(BrokerIndex broker) {
  const auto least = std::ranges::min_element(logs_[broker]);
  ++*least;
  return static_cast<uint8_t>(least - logs_[broker].begin());
}

namespace {

// Reads one entry against the view; the message has no place yet.
struct Resolver {
  const ClusterView& view;
  FewestLogs& fewest;

  sim::Expected<PartitionIndex> partition(const AssignmentEntry& entry) const {
    const auto topic = view.find_topic(entry.topic);
    if (!topic) {
      return sim::Error{"", "there is no topic `" + entry.topic + "`",
                        "one of the cluster's " + std::to_string(view.topics.size()) + " topics"};
    }
    const TopicView& row = view.topics[*topic];
    if (static_cast<uint32_t>(entry.partition) >= row.partitions) {
      return sim::Error{
          "", "topic `" + entry.topic + "` has no partition " + std::to_string(entry.partition),
          "0 to " + std::to_string(row.partitions - 1)};
    }
    return row.first + static_cast<PartitionIndex>(entry.partition);
  }

  sim::Expected<uint8_t> dir(BrokerIndex broker, const std::string& path,
                             const ReplicaList& from) const {
    if (path == kAnyLogDir) {
      const int slot = from.slot_of(broker);
      return slot >= 0 ? from.dir(slot) : fewest.place(broker);
    }
    const std::vector<LogDir>& dirs = view.brokers[broker].log_dirs;
    const auto at = std::ranges::find(dirs, path, &LogDir::path);
    if (at != dirs.end()) return static_cast<uint8_t>(at - dirs.begin());
    std::string known;
    for (const LogDir& each : dirs) known += (known.empty() ? "" : ", ") + each.path;
    return sim::Error{
        "",
        "broker " + std::to_string(view.brokers[broker].id.value) + " has no log directory " + path,
        "`any`, or one of " + known};
  }

  sim::Expected<ReplicaList> replicas(const AssignmentEntry& entry, const ReplicaList& from) const {
    ReplicaList list;
    for (size_t i = 0; i < entry.replicas.size(); ++i) {
      const auto broker = view.find_broker({entry.replicas[i]});
      if (!broker) {
        return sim::Error{"", "there is no broker " + std::to_string(entry.replicas[i]),
                          "ids are " + view.broker_ids()};
      }
      if (!view.brokers[*broker].live && !from.contains(*broker)) {
        return sim::Error{"", "broker " + std::to_string(entry.replicas[i]) + " is not live",
                          "a copy can only be made on a live broker"};
      }
      const auto found = dir(*broker, entry.log_dirs[i], from);
      if (!found) return found.error();
      list.push(*broker, *found);
    }
    return list;
  }
};

}  // namespace

sim::Expected<std::vector<ReplicaList>> apply_entries(const ClusterView& view,
                                                      const std::vector<ReplicaList>& from,
                                                      const std::vector<AssignmentEntry>& entries,
                                                      std::string_view text,
                                                      const std::string& file) {
  std::vector<ReplicaList> to = from;
  FewestLogs fewest(view, from);
  const Resolver resolver{view, fewest};
  for (const AssignmentEntry& entry : entries) {
    const auto at_entry = [&](sim::Error error) {
      error.where = place_in_text(text, file, entry.offset);
      return error;
    };
    const auto partition = resolver.partition(entry);
    if (!partition) return at_entry(partition.error());
    const auto list = resolver.replicas(entry, from[*partition]);
    if (!list) return at_entry(list.error());
    to[*partition] = *list;
  }
  return to;
}

}  // namespace twin::controller::rebalance
