// How long things took, as a distribution: amounts spread evenly over an interval of time, and what
// share of all took at most so long. Sixteen buckets an octave, evenly filled inside: a quantile is
// exact for one interval and at most a sixteenth off where buckets hold several.
#pragma once

#include <array>
#include <cstdint>

#include "sim/time.h"

namespace twin::model::data {

class Latencies {
 public:
  // `amount` of anything took between `least` and `most`, evenly. REQUIRES: 0 <= least <= most,
  // amount >= 0. The sum of all amounts stays below 2^63.
  void add(sim::Duration least, sim::Duration most, int64_t amount);
  void add(const Latencies& other);

  int64_t amount() const { return amount_; }
  // What percent of the amount took at most. 0 when there is none. REQUIRES: 0 < percent <= 100.
  sim::Duration percentile(int percent) const;
  sim::Duration longest() const { return longest_; }

 private:
  static constexpr int kBits = 4;  // 2^4 buckets an octave
  static constexpr size_t kBuckets = (64 - kBits) << kBits;
  static size_t bucket_of(int64_t ns);
  static int64_t begin_of(size_t bucket);

  std::array<int64_t, kBuckets> buckets_{};
  int64_t amount_ = 0;
  sim::Duration longest_{};
};

}  // namespace twin::model::data
