#include "model/kafka/control/isr_changes.h"

#include <utility>

#include "sim/assert.h"

namespace twin::model::control {

IsrChanges::Leader& IsrChanges::of(api::NodeId leader) {
  TWIN_ASSERT(leader.valid());
  const auto at = static_cast<size_t>(leader.value);
  if (at >= leaders_.size()) leaders_.resize(at + 1);
  return leaders_[at];
}

bool IsrChanges::propose(api::NodeId leader, const IsrProposal& proposal) {
  Leader& from = of(leader);
  const bool idle = from.in_flight.empty();
  if (idle || from.sent_at == kernel_.now()) {
    from.in_flight.push_back(proposal);
    from.sent_at = kernel_.now();
    return idle;
  }
  from.waiting.push_back(proposal);
  return false;
}

const std::vector<IsrProposal>& IsrChanges::in_flight(api::NodeId leader) {
  return of(leader).in_flight;
}

bool IsrChanges::finish(api::NodeId leader) {
  Leader& from = of(leader);
  from.in_flight.clear();
  std::swap(from.in_flight, from.waiting);
  from.sent_at = kernel_.now();
  return !from.in_flight.empty();
}

void IsrChanges::drop(api::NodeId leader) {
  Leader& from = of(leader);
  from.in_flight.clear();
  from.waiting.clear();
}

std::vector<api::NodeId> IsrChanges::leaders_in_flight() const {
  std::vector<api::NodeId> result;
  for (size_t id = 0; id < leaders_.size(); ++id)
    if (!leaders_[id].in_flight.empty()) result.push_back({static_cast<int32_t>(id)});
  return result;
}

}  // namespace twin::model::control
