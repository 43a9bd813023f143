// kafka-reassign-partitions as an administrator runs it against the cluster of a scenario: what is
// throttled, in which order, and what is cleared when. Every call goes to a live broker.
//
//   execute   refuses while anything moves or a broker is not there. With a throttle it first sets
//             the lists of each topic anew (leaders: p:every current replica, followers: p:every
//             replica that is added) and both rates on every broker that sends or receives. Then
//             all partitions start at once, in one request of at most 10,000.
//   throttle  other rates, on the same brokers (--execute --additional --throttle).
//   verify    once nothing at all moves: clears the rates and the lists. Until then it leaves both.
//   cancel    ends what still moves, and clears.
// Source: apache/kafka tools/.../reassign/ReassignPartitionsCommand.java.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/world.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

class ReassignTool {
 public:
  explicit ReassignTool(model::World& world) : world_(world) {}

  // Each answers what was wrong, as the tool would say it; empty when it did what was asked.
  std::string execute(const Reassign& what);
  std::string throttle(int64_t bytes_per_s);
  std::string verify();
  std::string cancel();

 private:
  using Move = api::AlterReassignmentsRequest::Move;
  std::string collect(const Reassign& what, std::vector<Move>& moves) const;
  std::string set_lists(const std::vector<Move>& moves);
  std::string set_rates(std::optional<int64_t> bytes_per_s);
  std::string clear();
  std::string alter(const api::IncrementalAlterConfigsRequest& request);
  std::string moving(std::vector<api::ReassignmentDescription>& moves);

  model::World& world_;
  std::set<api::NodeId> brokers_;  // with rates of ours
  std::set<std::string> topics_;   // with lists of ours
};

}  // namespace twin::scenario
