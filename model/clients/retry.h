// When a client tries again. A partition that does not take records is asked for in vain at the
// times that retry.backoff.ms gives; it is taken up again at the first try after it came back.
//
//   clients since 3.7   waits of 100, 200, 400, 800, 1000, 1000 ... ms (KIP-580,
//   retry.backoff.max.ms;
//                       the random fifth of each wait is left out). A leader that moved is asked as
//                       soon as the metadata shows it, without a wait (KAFKA-15415)
//   older ones          a wait of 100 ms each time, also after a move
//
// Sources: CommonClientConfigs, ExponentialBackoff, RecordAccumulator (shouldBackoff), Metadata.
#pragma once

#include <string_view>

#include "sim/time.h"

namespace twin::model {

class RetryPolicy {
 public:
  // Of a client of that version, "3.6.1"; "" is a current one.
  explicit RetryPolicy(std::string_view version = {});

  // From the failure of the first request to the first try at `waited` or later.
  // REQUIRES: waited >= 0.
  sim::Duration next_try(sim::Duration waited) const;
  // From the answer NOT_LEADER_OR_FOLLOWER of a leader that knows that it is none to the first
  // record that the new leader, which knows it too, acknowledges.
  sim::Duration after_move() const;

 private:
  bool exponential_ = true;
};

}  // namespace twin::model
