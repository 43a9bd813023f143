#include "viz/replay/replay.h"

#include <algorithm>

namespace twin::viz {

namespace {

// The last keyframe all of whose records are at or before `at`; the first one is empty.
const Keyframe& keyframe_before(const Recording& recording, sim::Time at) {
  const auto& all = recording.keyframes();
  auto it = std::upper_bound(all.begin(), all.end(), at, [](sim::Time time, const Keyframe& k) {
    return time < k.cursor.now();
  });
  return it == all.begin() ? all.front() : *(it - 1);
}

}  // namespace

Replay::Replay(const Recording& recording) : recording_(recording), reader_(recording.bytes()) {
  restart(recording.keyframes().front());
  seek(recording.ready);
}

void Replay::restart(const Keyframe& keyframe) {
  reader_.resume(keyframe.position);
  cursor_ = keyframe.cursor;
  has_pending_ = false;
}

bool Replay::peek() {
  if (!has_pending_) has_pending_ = reader_.next(pending_) == sim::ReadResult::record;
  return has_pending_;
}

void Replay::seek(sim::Time at) {
  const Keyframe& nearest = keyframe_before(recording_, at);
  if (at < at_ || cursor_.now() < nearest.cursor.now()) {
    restart(nearest);
    ++version_;
  }
  while (peek() && pending_.at <= at) {
    cursor_.apply(pending_);
    has_pending_ = false;
    ++version_;
  }
  at_ = at;
}

sim::Time Replay::next_event() { return peek() ? pending_.at : at_; }

sim::Time Replay::previous_event() const {
  sim::Time found{-1};
  // Of two keyframes before, the earlier one may hold it when the later begins at this instant.
  const auto& all = recording_.keyframes();
  for (size_t i = all.size(); i-- > 0 && found.ns < 0;) {
    if (!(all[i].cursor.now() < at_)) continue;
    sim::TraceReader reader(recording_.bytes());
    reader.resume(all[i].position);
    if (i > 0) found = all[i].cursor.now();
    sim::Record record;
    while (reader.next(record) == sim::ReadResult::record && record.at < at_) found = record.at;
  }
  return found.ns < 0 ? at_ : found;
}

}  // namespace twin::viz
