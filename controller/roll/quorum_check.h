// May this controller stop? KafkaQuorumCheck.canRollController of the Strimzi operator: enough of
// the other voters must have caught up with the leader within controller.quorum.fetch.timeout.ms;
// the leader counts, a voter without a time never. One voter may always stop (with a warning), of
// two the other one must be caught up, of N at least (N + 2) / 2 others.
//
// What the leader says of a voter is its last fetch: one that died since is among them for another
// fetch timeout. Who asked the voters themselves names those that were `silent`: they do not count.
#pragma once

#include <string>
#include <vector>

#include "controller/api/kafka.h"
#include "sim/time.h"

namespace twin::controller {

struct QuorumVerdict {
  bool may_stop = false;
  std::string reason;  // why not, or a warning
};
QuorumVerdict quorum_check(const api::DescribeQuorumReply& quorum, api::NodeId candidate,
                           sim::Duration fetch_timeout,
                           const std::vector<api::NodeId>& silent = {});

// Is this voter the leader, or caught up with it? Then the quorum counts on it.
bool quorum_counts_on(const api::DescribeQuorumReply& quorum, api::NodeId voter,
                      sim::Duration fetch_timeout);

}  // namespace twin::controller
