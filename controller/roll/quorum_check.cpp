#include "controller/roll/quorum_check.h"

#include <algorithm>

namespace twin::controller {

namespace {

sim::Time leaders_time(const api::DescribeQuorumReply& quorum) {
  for (const api::QuorumVoter& voter : quorum.voters) {
    if (voter.node == quorum.leader && voter.last_caught_up) return *voter.last_caught_up;
  }
  return {};
}

}  // namespace

bool quorum_counts_on(const api::DescribeQuorumReply& quorum, api::NodeId candidate,
                      sim::Duration fetch_timeout) {
  const sim::Time leader_time = leaders_time(quorum);
  for (const api::QuorumVoter& voter : quorum.voters) {
    if (voter.node != candidate) continue;
    return voter.node == quorum.leader ||
           (voter.last_caught_up && leader_time - *voter.last_caught_up < fetch_timeout);
  }
  return false;
}

QuorumVerdict quorum_check(const api::DescribeQuorumReply& quorum, api::NodeId candidate,
                           sim::Duration fetch_timeout, const std::vector<api::NodeId>& silent) {
  if (!quorum.leader.valid()) {
    return {false, "the quorum has no leader, so nothing is known of its followers"};
  }
  const size_t total = quorum.voters.size();
  size_t caught_up = 0;
  std::string missing;
  for (const api::QuorumVoter& voter : quorum.voters) {
    if (voter.node == candidate) continue;
    const bool counts = quorum_counts_on(quorum, voter.node, fetch_timeout);
    const bool answers = std::ranges::find(silent, voter.node) == silent.end();
    if (counts && answers) {
      ++caught_up;
      continue;
    }
    missing += (missing.empty() ? "" : ", ") + std::to_string(voter.node.value) +
               (counts ? " does not answer" : " is behind");
  }
  if (total == 1) {
    return {true, "the quorum has one voter: it will be unavailable while it restarts"};
  }
  const size_t needed = total == 2 ? 1 : (total + 2) / 2;
  // Of N voters without the candidate: N - 1 others, and (N + 2) / 2 of them for N above 2.
  if (caught_up >= needed) return {true, {}};
  return {false, "only " + std::to_string(caught_up) + " of " + std::to_string(total - 1) +
                     " other controllers have caught up" +
                     (missing.empty() ? "" : " (" + missing + ")") + ", " + std::to_string(needed) +
                     " are needed"};
}

}  // namespace twin::controller
