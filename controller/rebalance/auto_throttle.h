// A throttle that chooses its own rate: `kafka-twin.io/throttle: auto` on a KafkaRebalance. Raised
// while clients do not notice, lowered when they do, between a least and a highest rate; every
// change has a reason. A pure function of the rate that stands and of what the cluster says.
//
//   a partition lacks an in-sync replica that it should have   the least rate, at once
//   producers wait, or groups are behind, more than they may   half of what it is
//   ... more than seven tenths of that                          stays
//   a broker does not say                                       stays: what is not known is not
//   risked else                                                        half as much again
//
// A raise lets at most `burst_bytes` through at once (throttles.h), and what brokers say is of the
// last 20 s: after a change nothing is changed for 25 s, so that what is judged was measured under
// the rate that stands. Trouble with an ISR waits for nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/api/object.h"
#include "sim/expected.h"
#include "sim/time.h"

namespace twin::controller::rebalance {

inline constexpr const char* kThrottleAnnotation = "kafka-twin.io/throttle";
inline constexpr const char* kThrottleLeast = "kafka-twin.io/throttle-least";  // bytes per second
inline constexpr const char* kThrottleLatency = "kafka-twin.io/throttle-latency-ms";
inline constexpr const char* kThrottleLag = "kafka-twin.io/throttle-lag-ms";

inline constexpr sim::Duration kAutoChangesEvery{25'000'000'000};

struct AutoLimits {
  int64_t least = 0, most = 0;         // bytes per second
  sim::Duration latency{100'000'000};  // of 99 % of what acks=all producers send
  sim::Duration lag{5'000'000'000};    // of consumer groups
};

// nullopt: the throttle is not automatic. `most`: the resource's replicationThrottle; `inflow`:
// what producers write to what one broker copies, so that `least` makes way (a quarter more).
// Error: `where` is the annotation.
sim::Expected<std::optional<AutoLimits>> auto_limits(const api::Labels& annotations,
                                                     std::optional<int64_t> most, int64_t inflow);

struct AutoSigns {
  std::optional<int64_t> stands;             // the rate; none: nothing is throttled yet
  std::optional<sim::Duration> produce_p99;  // of the slowest broker; none: one does not say
  sim::Duration consumer_lag{};
  size_t out_of_sync = 0;  // partitions that lack a replica in the ISR
  bool may_change = true;
};

struct AutoChoice {
  int64_t rate = 0;
  bool changes = false;
  std::string reason;
};

// REQUIRES: 0 < least <= most.
AutoChoice choose_rate(const AutoLimits& limits, const AutoSigns& signs, int64_t burst_bytes);

}  // namespace twin::controller::rebalance
