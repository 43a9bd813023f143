// The hold model: the standard measure of an event queue (Vaucher and Duval 1975).
//
// The queue is filled with N events; then, again and again, the least one is taken and pushed back
// a random increment later, so N stays. Increments are exponential-like with a mean of one second
// and made of integers only: the position of a word's highest set bit is geometric, and the bits
// below it interpolate. All queues get the same increments.
#pragma once

#include <bit>
#include <cstdint>

#include "sim/draw.h"
#include "sim/event.h"

namespace twin::bench {

class Increments {
 public:
  sim::Duration next() {
    const uint64_t word = sim::scramble(++counter_ * 0x9e3779b97f4a7c15ULL) | 1;
    const auto zeros = static_cast<uint64_t>(std::countl_zero(word));
    const uint64_t below_top = (word << zeros << 1) >> 44;             // 20 bits
    const uint64_t log2_of_inverse = ((zeros + 1) << 20) - below_top;  // of word / 2^64, times 2^20
    // -log2(u) has the mean 1.44 = 1 / ln 2; 1 s * ln 2 / 2^20 = 661 ns.
    return sim::Duration{static_cast<int64_t>(log2_of_inverse * 661)};
  }

 private:
  uint64_t counter_ = 0;
};

// `cause` carries the number of the push, for queues that need it to keep ties in order.
template <class Queue>
void fill(Queue& queue, int64_t pending, Increments& increments) {
  for (int64_t i = 0; i < pending; ++i) {
    queue.push(sim::Event{.at = sim::Time{} + increments.next(),
                          .entity = static_cast<uint32_t>(i),
                          .cause = static_cast<uint64_t>(i)});
  }
}

}  // namespace twin::bench
