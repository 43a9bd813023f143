#include "controller/roll/quorum_check.h"

namespace twin::controller {

QuorumVerdict quorum_check(const api::DescribeQuorumReply& quorum, api::NodeId candidate,
                           sim::Duration fetch_timeout) {
  if (!quorum.leader.valid()) {
    return {false, "the quorum has no leader, so nothing is known of its followers"};
  }
  sim::Time leader_time{};
  for (const api::QuorumVoter& voter : quorum.voters) {
    if (voter.node == quorum.leader && voter.last_caught_up) leader_time = *voter.last_caught_up;
  }
  const size_t total = quorum.voters.size();
  size_t caught_up = 0;
  std::string behind;
  for (const api::QuorumVoter& voter : quorum.voters) {
    if (voter.node == candidate) continue;
    const bool current = voter.node == quorum.leader ||
                         (voter.last_caught_up &&
                          leader_time - *voter.last_caught_up < fetch_timeout);
    if (current) {
      ++caught_up;
    } else {
      behind += (behind.empty() ? "" : ", ") + std::to_string(voter.node.value);
    }
  }
  if (total == 1) {
    return {true, "the quorum has one voter: it will be unavailable while it restarts"};
  }
  const size_t needed = total == 2 ? 1 : (total + 2) / 2;
  // Of N voters without the candidate: N - 1 others, and (N + 2) / 2 of them for N above 2.
  if (caught_up >= needed) return {true, {}};
  return {false, "only " + std::to_string(caught_up) + " of " + std::to_string(total - 1) +
                     " other controllers have caught up" +
                     (behind.empty() ? "" : " (behind: " + behind + ")") + ", " +
                     std::to_string(needed) + " are needed"};
}

}  // namespace twin::controller
