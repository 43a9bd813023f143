// Which nodes the twin's roller restarts on one look: one, or a batch of brokers.
#include "controller/roll/twin_roller.h"
#include "sim/marks.h"

namespace twin::controller {

// REQUIRES: nothing stands in the way of `first` (obstacle). That covers what holds for all of
// them: everybody is back, the quorum has a leader, no replica is on its way into an ISR.
const TwinRoller::Going& TwinRoller::going_with(const Look& look, size_t first) {
  if (going_) return *going_;
  going_ = Going{{first}, {}};
  const auto alone_by_role = [&](size_t i) {
    const RollNode& node = request_.nodes[i];
    return !node.broker_role || node.controller_role || node.zookeeper || is_active(node);
  };
  if (!request_.batch.batch || alone_by_role(first) || !look.nodes[first].ready) return *going_;
  if (!look.topics || !look.cluster || !look.moving) return *going_;
  std::vector<size_t> nodes{first};
  std::vector<api::NodeId> candidates{request_.nodes[first].id};
  for (size_t i = 0; i < look.nodes.size(); ++i) {
    const Seen& seen = look.nodes[i];
    if (i == first || alone_by_role(i) || !seen.ready || seen.reasons.empty()) continue;
    nodes.push_back(i);
    candidates.push_back(request_.nodes[i].id);
  }
  const Batch batch = choose_batch(
      {*look.topics->topics, *look.topics->configs, *look.moving, look.cluster->brokers},
      candidates, request_.batch);
  going_->why = batch.why;
  if (batch.brokers.size() < 2) return *going_;
  TWIN_MARK("twin_roller_batch");
  going_->nodes.clear();
  for (const api::NodeId id : batch.brokers) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (candidates[i] == id) going_->nodes.push_back(nodes[i]);
    }
  }
  return *going_;
}

}  // namespace twin::controller
