// Search for a cheaper assignment: from brokers above their band to those below it, the heaviest
// replicas that fit first; then whatever single move or exchange of two replicas still lowers the
// cost (placement.h). Deterministic, and it ends, since every step lowers the cost.
#pragma once

#include "controller/rebalance/must_moves.h"
#include "controller/rebalance/placement.h"

namespace twin::controller::rebalance {

void balance(Placement& placement);

// A cost that no assignment can be below: what must move; a copy for each weight that a broker has
// above its band, as far as others have room for it below theirs, and for each weight that a broker
// lacks; four times the weight that stays outside whatever is done.
// REQUIRES: a placement with bands, at its start.
int64_t least_cost(const Placement& start, const MustMoves& must);

}  // namespace twin::controller::rebalance
