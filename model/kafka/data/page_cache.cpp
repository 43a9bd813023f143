#include "model/kafka/data/page_cache.h"

#include <algorithm>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model::data {

// Before the first point nothing is known: what was on disk stays there.
int64_t PageCache::end_at(sim::Time time, const Point& now) const {
  if (time < points_.front().at) return flushed_;
  const Point* from = &points_.front();
  const Point* to = &now;
  for (const Point& point : points_) {
    if (point.at > time) {
      to = &point;
      break;
    }
    from = &point;
  }
  if (to->at == from->at) return from->end;
  return from->end +
         sim::mul_div(to->end - from->end, (time - from->at).ns, (to->at - from->at).ns);
}

void PageCache::reached(int64_t end, sim::Time now, sim::Duration writeback, bool bend) {
  auto& [first, second, last] = points_;
  TWIN_ASSERT_LE(last.at, now);
  TWIN_ASSERT_LE(last.end, end);
  const Point here{now, end};
  flushed_ = std::max(flushed_, end_at(now - writeback, here));
  TWIN_ASSERT_LE(flushed_, end);
  if (!bend) return;
  // The first point goes when the second is as old as it has to be; else the last one makes room.
  if (second.at <= now - writeback || last.at == first.at) {
    first = second;
    second = last;
  }
  last = here;
}

void PageCache::flush(int64_t end, sim::Time now) {
  TWIN_ASSERT_LE(flushed_, end);
  points_.fill({now, end});
  flushed_ = end;
}

void PageCache::cut(int64_t end) {
  TWIN_ASSERT_LE(0, end);
  for (Point& point : points_) point.end = std::min(point.end, end);
  flushed_ = std::min(flushed_, end);
}

}  // namespace twin::model::data
