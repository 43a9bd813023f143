#include "viz/replay/totals.h"

#include <algorithm>

#include "model/trace/records.h"
#include "sim/int128.h"

namespace twin::viz {

namespace {

// Calls `each(value, length)` for every stretch of a series between two moments.
template <class Each>
void stretches(const Series& series, sim::Time begin, sim::Time end, Each each) {
  sim::Time at = begin;
  int64_t value = value_at(series, begin);
  for (const Sample& sample : series) {
    if (sample.at <= begin) continue;
    if (sample.at >= end) break;
    each(value, sample.at - at);
    at = sample.at;
    value = sample.value;
  }
  if (at < end) each(value, end - at);
}

// When the last thing happened that was decided or done: what comes after is rest.
sim::Time last_act(const Recording& recording) {
  sim::Time last = recording.ready;
  for (const Lane& lane : recording.lanes) {
    if (lane.kind != Lane::Kind::operator_ && !lane.spans.empty()) {
      last = std::max(last, lane.spans.back().begin);
    }
  }
  for (const Flow& flow : recording.flows) last = std::max(last, flow.end);
  return last;
}

sim::Time first_act(const Recording& recording) {
  for (const Marker& marker : recording.markers) {
    if (marker.at > recording.ready) return marker.at;
  }
  return recording.ready;
}

int64_t decisions_of(const Recording& recording, std::string_view kind) {
  const trace::RecordInfo* info =
      trace::record_info(static_cast<uint16_t>(trace::RecordType::DecisionMade));
  return std::ranges::count_if(recording.decisions, [&](const Decision& made) {
    return made.at > recording.ready && info->fields[1].enum_name(made.kind) == kind;
  });
}

int64_t violations_of(const Recording& recording) {
  return std::ranges::count(recording.markers, Marker::Kind::violation, &Marker::kind);
}

}  // namespace

sim::Duration time_above_zero(const Series& series, sim::Time begin, sim::Time end) {
  sim::Duration sum;
  stretches(series, begin, end, [&](int64_t value, sim::Duration length) {
    sum += value > 0 ? length : sim::Duration{};
  });
  return sum;
}

int64_t integral(const Series& series, sim::Time begin, sim::Time end) {
  constexpr int64_t kSecondNs = 1'000'000'000;
  sim::Int128 sum = 0;
  stretches(series, begin, end, [&](int64_t value, sim::Duration length) {
    sum += static_cast<sim::Int128>(value) * length.ns;
  });
  return static_cast<int64_t>(sum / kSecondNs);
}

std::vector<Total> totals_of(const Recording& recording) {
  const sim::Time begin = recording.ready, end = recording.last;
  const ClusterSeries& s = recording.series;
  const sim::Duration busy = last_act(recording) - first_act(recording);
  using Unit = Total::Unit;
  return {
      {"from the first act to rest", std::max<int64_t>(busy.ns, 0), Unit::duration},
      {"restarts decided", decisions_of(recording, "restart"), Unit::count},
      {"waits decided", decisions_of(recording, "wait"), Unit::count, false},
      {"leader moves", integral(s.leader_moves, begin, end), Unit::count},
      {"time with URP", time_above_zero(s.under_replicated, begin, end).ns, Unit::duration},
      {"URP at most", max_between(s.under_replicated, begin, end), Unit::count},
      {"time under min ISR", time_above_zero(s.under_min_isr, begin, end).ns, Unit::duration},
      {"time with offline partitions", time_above_zero(s.offline, begin, end).ns, Unit::duration},
      {"producers wait at most", max_between(s.stalled, begin, end), Unit::count},
      {"caught up", integral(s.catch_up, begin, end), Unit::bytes, false},
      {"lag at its worst, records", max_between(s.consumer_lag, begin, end), Unit::count},
      {"violations", violations_of(recording), Unit::count},
  };
}

}  // namespace twin::viz
