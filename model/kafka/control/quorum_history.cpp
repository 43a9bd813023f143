#include "model/kafka/control/quorum_history.h"

#include <algorithm>
#include <utility>

#include "sim/assert.h"

namespace twin::model::control {

void QuorumHistory::remember(sim::Time now, std::vector<Member> members) {
  if (!entries_.empty()) {
    TWIN_ASSERT_LE(entries_.back().at.ns, now.ns);
    if (entries_.back().members == members) return;
    if (entries_.back().at == now) {
      entries_.back().members = std::move(members);
      return;
    }
  }
  entries_.push_back({now, std::move(members)});
  // One entry older than the horizon says what was true at the horizon.
  while (entries_.size() > 2 && entries_[1].at < now - kKept) entries_.pop_front();
}

bool QuorumHistory::holds(const Entry& entry, const std::vector<api::NodeId>& without,
                          sim::Time time) {
  const size_t voters = entry.members.size();
  bool votes = false;
  size_t others = 0;
  for (const Member& member : entry.members) {
    const bool stays = std::ranges::find(without, member.id) == without.end();
    votes |= !stays;
    others += stays && member.caught_up_from <= time && time < member.counts_until ? 1 : 0;
  }
  return !votes || voters <= 2 || 2 * others > voters;
}

bool QuorumHistory::majority_without(const std::vector<api::NodeId>& nodes, sim::Time time) const {
  const Entry* before = nullptr;
  const Entry* after = nullptr;
  for (const Entry& entry : entries_) {
    if (entry.at > time) break;
    if (entry.at < time) before = &entry;
    after = &entry;
  }
  if (after == nullptr) return true;
  return holds(*after, nodes, time) || (before != nullptr && holds(*before, nodes, time));
}

}  // namespace twin::model::control
