#include "controller/roll/batch.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "controller/roll/availability.h"

namespace twin::controller {

namespace {

std::string joined(const std::vector<int32_t>& ids, const char* between) {
  std::string text;
  for (const int32_t id : ids) text += (text.empty() ? "" : between) + std::to_string(id);
  return text;
}

std::vector<int32_t> sorted(const api::NodeList& nodes) {
  std::vector<int32_t> ids(nodes.begin(), nodes.end());
  std::sort(ids.begin(), ids.end());
  return ids;
}

// What one partition asks of the set.
struct Claim {
  std::array<uint32_t, api::NodeList::kMax> members{};  // candidates, ascending
  uint32_t size = 0;
  int32_t room = 0;
  uint32_t topic = 0;
  int32_t number = 0;
  int32_t min_isr = -1;
  bool when_moved = false;

  bool same_members(const Claim& other) const {
    return size == other.size && members == other.members;
  }
  // The tightest of those with the same members first.
  bool operator<(const Claim& other) const {
    if (members != other.members) return members < other.members;
    if (size != other.size) return size < other.size;
    if (room != other.room) return room < other.room;
    if (topic != other.topic) return topic < other.topic;
    return number < other.number;
  }
};

class Claims {
 public:
  Claims(const BatchCluster& cluster, const std::vector<api::NodeId>& candidates, int32_t spare)
      : cluster_(cluster), spare_(spare) {
    for (size_t i = 0; i < candidates.size(); ++i) {
      index_of_.emplace_back(candidates[i].value, static_cast<uint32_t>(i));
    }
    std::sort(index_of_.begin(), index_of_.end());
    std::map<std::string_view, int32_t> min_isr;
    for (const api::TopicConfigDescription& config : cluster.configs.topics) {
      if (config.min_insync_replicas) min_isr[config.name] = *config.min_insync_replicas;
    }
    for (uint32_t topic = 0; topic < cluster.topics.topics.size(); ++topic) {
      const api::TopicDescription& of = cluster.topics.topics[topic];
      const auto found = min_isr.find(of.name);
      min_isr_.push_back(found == min_isr.end() ? -1 : found->second);
      for (uint32_t i = 0; i < of.count; ++i) {
        add(cluster.topics.partitions[of.first + i], topic, static_cast<int32_t>(i), false);
      }
    }
    add_moves();
    std::sort(all_.begin(), all_.end());
    const auto last = std::unique(all_.begin(), all_.end(),
                                  [](const Claim& a, const Claim& b) { return a.same_members(b); });
    all_.erase(last, all_.end());
  }

  const std::vector<Claim>& all() const { return all_; }
  // "orders/3 (ISR={1,2,3}, min.insync.replicas=2)"
  std::string name(const Claim& claim) const {
    const api::TopicDescription& topic = cluster_.topics.topics[claim.topic];
    const api::PartitionDescription row = row_of(claim);
    std::string text = topic.name + "/" + std::to_string(claim.number);
    if (claim.min_isr < 0) return text + " (its min.insync.replicas is not known)";
    if (row.replicas.size <= claim.min_isr) {
      return text + " (replicas=[" + joined(sorted(row.replicas), ",") +
             "], min.insync.replicas=" + std::to_string(claim.min_isr) + ")";
    }
    return text + (claim.when_moved ? " (as its move may leave it: ISR={" : " (ISR={") +
           joined(sorted(row.isr), ",") +
           "}, min.insync.replicas=" + std::to_string(claim.min_isr) + ")";
  }

 private:
  api::PartitionDescription row_of(const Claim& claim) const {
    const api::TopicDescription& topic = cluster_.topics.topics[claim.topic];
    MovingPartition row{
        cluster_.topics.partitions[topic.first + static_cast<uint32_t>(claim.number)], {}, {}};
    if (!claim.when_moved) return row;
    for (const api::ReassignmentDescription& move : cluster_.moving) {
      if (move.topic != topic.name || move.partition != claim.number) continue;
      row.adding = move.adding;
      row.removing = move.removing;
    }
    return moved(row);
  }

  static api::PartitionDescription moved(const MovingPartition& row) {
    api::PartitionDescription after;
    for (const int32_t id : row.replicas) {
      if (!row.removing.contains({id})) after.replicas.push({id});
    }
    after.isr = isr_after_move(row);
    return after;
  }

  void add(const api::PartitionDescription& row, uint32_t topic, int32_t number, bool when_moved) {
    Claim claim;
    claim.topic = topic;
    claim.number = number;
    claim.min_isr = min_isr_[topic];
    claim.when_moved = when_moved;
    const bool exempt = claim.min_isr < 0 || row.replicas.size <= claim.min_isr;
    const bool under = !exempt && row.isr.size < claim.min_isr;
    claim.room = exempt ? 1 : under ? 0 : row.isr.size - claim.min_isr - spare_;
    for (const int32_t id : exempt || under ? row.replicas : row.isr) {
      const auto at =
          std::lower_bound(index_of_.begin(), index_of_.end(), std::pair<int32_t, uint32_t>{id, 0});
      if (at != index_of_.end() && at->first == id) claim.members[claim.size++] = at->second;
    }
    if (static_cast<int32_t>(claim.size) <= claim.room) return;  // takes them all
    std::sort(claim.members.begin(), claim.members.begin() + claim.size);
    all_.push_back(claim);
  }

  void add_moves() {
    const auto& topics = cluster_.topics.topics;
    for (const api::ReassignmentDescription& move : cluster_.moving) {
      const auto topic =
          std::ranges::lower_bound(topics, move.topic, {}, &api::TopicDescription::name);
      if (topic == topics.end() || topic->name != move.topic ||
          static_cast<uint32_t>(move.partition) >= topic->count) {
        continue;  // it came after the topics were read, or went before
      }
      const MovingPartition row{
          cluster_.topics.partitions[topic->first + static_cast<uint32_t>(move.partition)],
          move.adding, move.removing};
      add(moved(row), static_cast<uint32_t>(topic - topics.begin()), move.partition, true);
    }
  }

  const BatchCluster& cluster_;
  int32_t spare_;
  std::vector<std::pair<int32_t, uint32_t>> index_of_;  // by node id
  std::vector<int32_t> min_isr_;                        // by topic; -1: not known
  std::vector<Claim> all_;
};

class Chooser {
 public:
  Chooser(const BatchCluster& cluster, const std::vector<api::NodeId>& candidates,
          const BatchRules& rules)
      : candidates_(candidates), rules_(rules), claims_(cluster, candidates, rules.spare_failures) {
    size_t up = 0;
    std::map<int32_t, std::string> rack_of;
    for (const api::BrokerDescription& broker : cluster.brokers) {
      up += broker.fenced ? 0 : 1;
      rack_of[broker.node.value] = broker.rack;
    }
    question_.most = rules.most(up);
    std::map<std::string, int32_t> groups;
    for (const api::NodeId id : candidates) {
      racks_.push_back(rack_of[id.value]);
      const auto next = static_cast<int32_t>(groups.size());
      question_.groups.push_back(groups.try_emplace(racks_.back(), next).first->second);
    }
    for (const Claim& claim : claims_.all()) {
      question_.limits.push_back(
          {{claim.members.begin(), claim.members.begin() + claim.size}, claim.room});
    }
  }

  Batch run() {
    const SetAnswer answer = largest_set(question_);
    Batch batch;
    batch.largest = answer.largest;
    if (answer.chosen.size() < 2) {
      batch.why = alone();
      return batch;
    }
    for (const uint32_t i : answer.chosen) batch.brokers.push_back(candidates_[i]);
    batch.why = together(answer);
    return batch;
  }

 private:
  // "3 at once (brokers 3, 6, 9 of rack a)"
  std::string together(const SetAnswer& answer) const {
    std::vector<int32_t> ids;
    std::set<std::string> racks;
    for (const uint32_t i : answer.chosen) {
      ids.push_back(candidates_[i].value);
      racks.insert(racks_[i]);
    }
    std::string text = std::to_string(ids.size()) + " at once (brokers " + joined(ids, ", ");
    if (racks.size() == 1 && !racks.begin()->empty()) text += " of rack " + *racks.begin();
    text += ")";
    if (rules_.spare_failures > 0) {
      text += ", and " + std::to_string(rules_.spare_failures) + " to spare";
    }
    return text + not_one_more(answer);
  }

  std::string not_one_more(const SetAnswer& answer) const {
    if (answer.chosen.size() == candidates_.size()) return {};
    if (answer.chosen.size() >= question_.most) {
      return "; no more, since " + std::to_string(question_.most) + " may be unavailable at once";
    }
    std::string text;
    for (uint32_t i = 0; i < candidates_.size(); ++i) {
      const Claim* full = claim_against(answer.chosen, i);
      if (full == nullptr) continue;
      text = "; not broker " + std::to_string(candidates_[i].value) + " as well: " + spares(*full);
      break;
    }
    return text + (answer.largest ? "; no larger set may go" : "; larger sets were not all tried");
  }

  // Why the first of them goes by itself.
  std::string alone() const {
    if (candidates_.size() < 2) return "alone: no other broker is to be restarted";
    if (question_.most < 2) return "alone: 1 may be unavailable at once";
    for (uint32_t i = 1; i < candidates_.size(); ++i) {
      const Claim* full = claim_against({0}, i);
      if (full == nullptr) continue;
      return "alone: no two may go at once, not broker " + std::to_string(candidates_[i].value) +
             " as well: " + spares(*full);
    }
    return "alone: no two may go at once";
  }

  std::string spares(const Claim& claim) const {
    const std::string keeps =
        rules_.spare_failures > 0
            ? " beside " + std::to_string(rules_.spare_failures) + " for a failure"
            : std::string();
    const int32_t room = std::max(0, claim.room);
    return claims_.name(claim) + " spares " + (room == 0 ? "none" : std::to_string(room)) + keeps;
  }

  // The first claim that `set` and `more` together are too many for; nullptr: none.
  const Claim* claim_against(const std::vector<uint32_t>& set, uint32_t more) const {
    if (std::find(set.begin(), set.end(), more) != set.end()) return nullptr;
    for (const Claim& claim : claims_.all()) {
      int32_t used = 0;
      bool of_it = false;
      for (uint32_t i = 0; i < claim.size; ++i) {
        const uint32_t member = claim.members[i];
        of_it |= member == more;
        const bool taken = std::find(set.begin(), set.end(), member) != set.end();
        used += taken || member == more ? 1 : 0;
      }
      if (of_it && used > std::max(0, claim.room)) return &claim;
    }
    return nullptr;
  }

  const std::vector<api::NodeId>& candidates_;
  const BatchRules& rules_;
  Claims claims_;
  std::vector<std::string> racks_;
  SetQuestion question_;
};

}  // namespace

size_t BatchRules::most(size_t brokers) const {
  if (max_unavailable > 0) return static_cast<size_t>(max_unavailable);
  if (max_unavailable_percent > 0) {
    return std::max<size_t>(1, brokers * static_cast<size_t>(max_unavailable_percent) / 100);
  }
  return std::max<size_t>(1, (brokers + 2) / 3);
}

Batch choose_batch(const BatchCluster& cluster, const std::vector<api::NodeId>& candidates,
                   const BatchRules& rules) {
  return Chooser(cluster, candidates, rules).run();
}

}  // namespace twin::controller
