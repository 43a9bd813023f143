// Which voters of the metadata quorum had caught up with its leader, over the last minute: the
// truth that a restart of a controller is judged by, at the moment when what it rests on was read.
#pragma once

#include <deque>
#include <vector>

#include "controller/api/ids.h"
#include "sim/time.h"

namespace twin::model::control {

class QuorumHistory {
 public:
  struct Member {
    api::NodeId id;
    // From then on it has all that the leader has; kNever for one that does not run, or that this
    // leader never heard of.
    sim::Time caught_up_from = sim::kNever;
    // One that runs and is out of contact is counted on for the fetch timeout after its last fetch,
    // by the leader and by itself; kNever while they are in contact.
    sim::Time counts_until = sim::kNever;
    bool operator==(const Member&) const = default;
  };
  // All voters, from `now` on; the times of calls do not decrease.
  void remember(sim::Time now, std::vector<Member> members);

  // Would the voters other than these, those that had caught up at `time`, have been a majority of
  // all? Yes where none of these votes, and for a quorum of one or two voters: no restart leaves
  // those a majority. Of an instant at which the answer changed, the milder one.
  // REQUIRES: not more than kKept ago.
  bool majority_without(const std::vector<api::NodeId>& nodes, sim::Time time) const;

  static constexpr sim::Duration kKept{60'000'000'000};

 private:
  struct Entry {
    sim::Time at;
    std::vector<Member> members;
  };
  static bool holds(const Entry& entry, const std::vector<api::NodeId>& without, sim::Time time);
  std::deque<Entry> entries_;  // oldest first
};

}  // namespace twin::model::control
