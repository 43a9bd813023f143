#include "model/kafka/data/latencies.h"

#include <algorithm>
#include <bit>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model::data {

// Below 2^4 a bucket a nanosecond, then the four bits behind the highest.
size_t Latencies::bucket_of(int64_t ns) {
  const auto value = static_cast<uint64_t>(ns);
  if (value < (1U << kBits)) return static_cast<size_t>(value);
  const int octave = static_cast<int>(std::bit_width(value)) - 1 - kBits;
  const uint64_t within = (value >> octave) & ((1U << kBits) - 1);
  return (static_cast<size_t>(octave + 1) << kBits) + static_cast<size_t>(within);
}

int64_t Latencies::begin_of(size_t bucket) {
  if (bucket < (size_t{1} << kBits)) return static_cast<int64_t>(bucket);
  const auto octave = static_cast<int>(bucket >> kBits) - 1;
  const uint64_t within = bucket & ((size_t{1} << kBits) - 1);
  return static_cast<int64_t>(((uint64_t{1} << kBits) + within) << octave);
}

// To each bucket what lies between its ends, by what lies below each: the parts sum to the amount.
void Latencies::add(sim::Duration least, sim::Duration most, int64_t amount) {
  TWIN_ASSERT_LE(int64_t{0}, least.ns);
  TWIN_ASSERT_LE(least.ns, most.ns);
  TWIN_ASSERT_LE(int64_t{0}, amount);
  if (amount == 0) return;
  amount_ += amount;
  longest_ = std::max(longest_, most);
  const size_t last = bucket_of(most.ns);
  int64_t below = 0;
  for (size_t bucket = bucket_of(least.ns); bucket < last; ++bucket) {
    const int64_t upto = sim::mul_div(amount, begin_of(bucket + 1) - least.ns, most.ns - least.ns);
    buckets_[bucket] += upto - below;
    below = upto;
  }
  buckets_[last] += amount - below;
}

void Latencies::add(const Latencies& other) {
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) buckets_[bucket] += other.buckets_[bucket];
  amount_ += other.amount_;
  longest_ = std::max(longest_, other.longest_);
}

sim::Duration Latencies::percentile(int percent) const {
  TWIN_ASSERT_LT(0, percent);
  TWIN_ASSERT_LE(percent, 100);
  if (amount_ == 0) return {};
  int64_t left = sim::mul_div_ceil(amount_, percent, 100);
  size_t bucket = 0;
  while (left > buckets_[bucket]) left -= buckets_[bucket++];
  const int64_t begin = begin_of(bucket);
  const int64_t end = std::min(begin_of(bucket + 1), longest_.ns);
  return {begin + sim::mul_div(std::max<int64_t>(0, end - begin), left, buckets_[bucket])};
}

}  // namespace twin::model::data
