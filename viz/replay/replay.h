// Where one is in a recording: the state at a moment, reached from the nearest keyframe before it.
#pragma once

#include "viz/replay/recording.h"

namespace twin::viz {

class Replay {
 public:
  // REQUIRES: `recording` outlives it.
  explicit Replay(const Recording& recording);

  // Everything that happened up to and including `at` has happened.
  void seek(sim::Time at);
  sim::Time at() const { return at_; }
  const trace::Cursor& cursor() const { return cursor_; }
  // Counts changes of the cursor: what was computed for another version is old.
  uint64_t version() const { return version_; }

  // The nearest moment after, or before, at which something was recorded; at() when there is none.
  sim::Time next_event();
  sim::Time previous_event() const;

 private:
  void restart(const Keyframe& keyframe);
  bool peek();

  const Recording& recording_;
  sim::TraceReader reader_;
  trace::Cursor cursor_;
  sim::Time at_{};
  uint64_t version_ = 0;
  sim::Record pending_{};  // read, and not applied yet
  bool has_pending_ = false;
};

}  // namespace twin::viz
