// The largest set of things of which each limit takes at most so many: which brokers may go down
// together, when a limit is a partition and its room the replicas that it can spare. Several things
// may share a limit that has room for more than one, so it is no question of pairs.
//
// Searched to the end (branch and bound) where that takes no more than `work_max` steps, and then
// no larger set exists; else the best that some greedy starts and the search so far have found. A
// pure function of its question: same question, same answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace twin::controller {

struct SetLimit {
  std::vector<uint32_t> members;  // ascending, each once
  int32_t room = 0;               // at most so many of them; 0 or less: none
};

struct SetQuestion {
  std::vector<int32_t> groups;  // of each thing; of sets of one size that in the fewest groups wins
  std::vector<SetLimit> limits;
  size_t most = 0;                // the set has at most so many
  int64_t work_max = 20'000'000;  // members of limits looked at
};

struct SetAnswer {
  std::vector<uint32_t> chosen;  // ascending
  bool largest = false;          // no larger set exists
};

SetAnswer largest_set(const SetQuestion& question);

// Is the set within every limit, and within `most`?
bool is_allowed(const SetQuestion& question, const std::vector<uint32_t>& set);

}  // namespace twin::controller
