// The only clock of the project: real time as the controller's ports hand it out. Nanoseconds since
// 1970-01-01 UTC, taken once when the clock is made and carried on by the monotonic clock, so that
// it never jumps when somebody sets the machine's time (a Lease must not seem expired by that).
#pragma once

#include "sim/time.h"

namespace twin::controller::live {

class Clock {
 public:
  Clock();
  sim::Time now() const;

 private:
  int64_t offset_ns_;  // what to add to the monotonic clock
};

// Time since the machine started, for deadlines inside an adapter.
sim::Time monotonic_now();

}  // namespace twin::controller::live
