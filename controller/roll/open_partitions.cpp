#include "controller/roll/open_partitions.h"

#include <algorithm>
#include <map>

namespace twin::controller {

namespace {

using Rows = api::SharedBlocks<api::PartitionDescription>;

uint16_t open_rows(const Rows& rows, size_t block) {
  static_assert(Rows::kRowsPerBlock <= 16);
  uint16_t open = 0;
  const size_t first = block * Rows::kRowsPerBlock;
  for (size_t i = 0; i < Rows::kRowsPerBlock && first + i < rows.size(); ++i) {
    const api::PartitionDescription& row = rows[first + i];
    if (row.isr.size < row.replicas.size) open = static_cast<uint16_t>(open | (1U << i));
  }
  return open;
}

}  // namespace

void OpenPartitions::look(const api::TopicsSnapshot& topics,
                          const api::TopicConfigsSnapshot& configs,
                          const std::vector<api::ReassignmentDescription>& moving) {
  const Rows& rows = topics.partitions;
  open_in_block_.resize(rows.block_count());
  for (size_t block = 0; block < rows.block_count(); ++block) {
    // A list that grew may have rows more in its last block.
    if (rows.size() == seen_.size() && rows.shares_block(seen_, block)) continue;
    open_in_block_[block] = open_rows(rows, block);
  }
  seen_ = rows;
  collect(topics, configs);
  mark_moves(topics, configs, moving);
}

// A few among many partitions: each is looked up.
void OpenPartitions::mark_moves(const api::TopicsSnapshot& topics,
                                const api::TopicConfigsSnapshot& configs,
                                const std::vector<api::ReassignmentDescription>& moving) {
  if (moving.empty()) return;
  std::map<std::pair<std::string, int32_t>, size_t> known;
  for (size_t i = 0; i < open_.size(); ++i) {
    known[{topics_[open_[i].topic], open_[i].number}] = i;
  }
  std::vector<Open> more;
  for (const api::ReassignmentDescription& move : moving) {
    const auto found = known.find({move.topic, move.partition});
    const auto mark = [&move](Open& open) {
      open.row.adding = move.adding;
      open.row.removing = move.removing;
    };
    if (found != known.end()) {
      mark(open_[found->second]);
      continue;
    }
    const auto topic =
        std::ranges::lower_bound(topics.topics, move.topic, {}, &api::TopicDescription::name);
    if (topic == topics.topics.end() || topic->name != move.topic ||
        static_cast<uint32_t>(move.partition) >= topic->count) {
      continue;  // it came after the topics were read, or went before
    }
    Open& open = more.emplace_back();
    topics_.push_back(move.topic);
    open.topic = static_cast<uint32_t>(topics_.size() - 1);
    open.number = move.partition;
    const auto config = std::ranges::lower_bound(configs.topics, move.topic, {},
                                                 &api::TopicConfigDescription::name);
    if (config != configs.topics.end() && config->name == move.topic &&
        config->min_insync_replicas) {
      open.min_isr = *config->min_insync_replicas;
    }
    open.row = {topics.partitions[topic->first + static_cast<uint32_t>(move.partition)], {}, {}};
    mark(open);
  }
  open_.insert(open_.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

void OpenPartitions::collect(const api::TopicsSnapshot& topics,
                             const api::TopicConfigsSnapshot& configs) {
  topics_.clear();
  open_.clear();
  std::map<std::string_view, int32_t> min_isr;
  for (const api::TopicConfigDescription& config : configs.topics) {
    if (config.min_insync_replicas) min_isr[config.name] = *config.min_insync_replicas;
  }
  for (const api::TopicDescription& topic : topics.topics) {
    const auto found = min_isr.find(topic.name);
    bool first = true;
    for (uint32_t i = 0; i < topic.count;) {
      const size_t row = topic.first + i;
      const size_t within = row % Rows::kRowsPerBlock;
      const auto bits = static_cast<uint32_t>(open_in_block_[row / Rows::kRowsPerBlock] >> within);
      if (bits == 0) {
        i += static_cast<uint32_t>(Rows::kRowsPerBlock - within);
        continue;
      }
      if ((bits & 1) != 0) {
        if (first) topics_.push_back(topic.name);
        first = false;
        Open open;
        open.topic = static_cast<uint32_t>(topics_.size() - 1);
        open.number = static_cast<int32_t>(i);
        if (found != min_isr.end()) open.min_isr = found->second;
        open.row = {topics.partitions[row], {}, {}};
        open_.push_back(std::move(open));
      }
      ++i;
    }
  }
}

std::optional<BlockingPartition> OpenPartitions::blocking(api::NodeId broker) const {
  for (const Open& open : open_) {
    if (open.min_isr < 0) continue;
    const bool now = forbids(open.row, open.min_isr, broker);
    if (!now && !forbids_when_moved(open.row, open.min_isr, broker)) continue;
    return BlockingPartition{topics_[open.topic], open.number,
                             open.row.replicas,   now ? open.row.isr : isr_after_move(open.row),
                             open.min_isr,        !now};
  }
  return std::nullopt;
}

int64_t OpenPartitions::coming_back(const std::set<int32_t>& up, std::set<int32_t>& who) const {
  int64_t count = 0;
  for (const Open& open : open_) {
    for (const int32_t replica : open.row.replicas) {
      if (open.row.isr.contains({replica}) || !up.contains(replica)) continue;
      if (open.row.adding.contains({replica})) continue;
      ++count;
      who.insert(replica);
    }
  }
  return count;
}

}  // namespace twin::controller
