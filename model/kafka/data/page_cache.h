// How much of one replica's log is on its disk, so that a power loss leaves it.
//
// Kafka does not flush; Linux writes a page back once it was dirty for the writeback time
// (dirty_expire_centisecs, 30 s), whether or not the process that wrote it still runs. Nothing is
// played for that: where the log ended is kept for three moments, the first of them at least a
// writeback time ago, and between two moments it counts as grown evenly. That is exact, but for the
// rounding of a byte, while the pace changes at most twice in a writeback time; what changes more
// often is averaged.
#pragma once

#include <array>
#include <cstdint>

#include "sim/time.h"

namespace twin::model::data {

// Bytes count from the begin of the log.
class PageCache {
 public:
  // The log ends there now. bend: from now on it grows at another pace, or not at all.
  // REQUIRES: `now` and `end` do not decrease from call to call, but for `cut`.
  void reached(int64_t end, sim::Time now, sim::Duration writeback, bool bend = false);
  // Everything up to there is on disk now, as after a clean stop.
  void flush(int64_t end, sim::Time now);
  // The log was cut down to there, where it was longer.
  void cut(int64_t end);

  // As of the last of these calls.
  int64_t flushed() const { return flushed_; }

 private:
  struct Point {
    sim::Time at{};
    int64_t end = 0;
  };
  int64_t end_at(sim::Time time, const Point& now) const;

  std::array<Point, 3> points_{};  // ascending
  int64_t flushed_ = 0;
};

}  // namespace twin::model::data
