// Carrying a plan out, as a function of what the cluster says now. Each call answers what to do
// next: nothing is remembered from one call to the next, so whoever carries on after a crash does
// what the one before would have done.
//
//   throttle   the lists and rates of the batch that is next, before anything of it moves
//   start      once they are read back: all moves of the batch, in one request
//   adjust     while it moves: lists without what is done, another rate in steps whose burst is
//              bounded
//   next batch when nothing of the plan moves any more (batches.h cuts it anew from what is there)
//   leaders    preferred leaders, where a move left another one
//   clear      once nothing in the whole cluster moves: every replication throttle that stands
//   done       when they are read to be gone
//
// Asked to stop it starts nothing more and clears when what moves has ended; asked to cancel it
// ends that first. Throttles belong to whoever carries a plan out: those that somebody left behind
// go with ours.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/rebalance/answers.h"
#include "controller/rebalance/batches.h"
#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/request.h"
#include "controller/rebalance/throttles.h"

namespace twin::controller::rebalance {

enum class Wish : uint8_t { run, stop, cancel };

// One partition of the plan; broker ids, the preferred leader first.
struct PlannedMove {
  std::string topic;
  int32_t partition = 0;
  std::vector<int32_t> from, to;
  bool operator==(const PlannedMove&) const = default;
};

struct ExecutionInput {
  const ClusterView* view = nullptr;
  std::vector<PlannedMove> plan;
  std::vector<api::ReassignmentDescription> moving;  // in the whole cluster
  Throttles throttles;
  std::set<int32_t> told;  // brokers that are down, whose rates were removed without reading them
  std::optional<int64_t> rate;
  int64_t burst_bytes = 0;    // that a raise may let through at once
  bool may_raise = true;      // the quotas have forgotten the raise before
  bool leaders_told = false;  // the election was asked for
  Wish wish = Wish::run;
  Limits limits;
};

enum class Stage : uint8_t { throttle, adjust, start, moving, held, cancel, leaders, clear, done };

struct ExecutionStep {
  Stage stage = Stage::moving;
  struct Request {
    api::NodeId broker;  // whom it is about: it is sent there; invalid: any
    api::KafkaBody body;
  };
  std::vector<Request> requests;  // may go out together
  bool raises = false;            // a rate goes up: the next raise waits
  std::string reason;             // one sentence
  size_t left = 0;                // moves of the plan that have not ended
};

// REQUIRES: view->check().
ExecutionStep next_step(const ExecutionInput& input);

// How far it is, in bytes of copies.
struct Carried {
  int64_t bytes = 0, bytes_done = 0;
  int64_t moves = 0, moves_done = 0;
  // Of the broker that has most to receive or to send.
  int64_t bytes_left_max = 0;
  int32_t percent() const;
};
Carried carried(const ExecutionInput& input, const CopySizes& copies);

}  // namespace twin::controller::rebalance
