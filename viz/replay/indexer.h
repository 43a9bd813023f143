// Reads a trace once, from begin to end, and gathers what a Recording holds.
#pragma once

#include <deque>
#include <set>

#include "viz/replay/recording.h"
#include "viz/replay/sampler.h"

namespace twin::viz {

class Indexer {
 public:
  explicit Indexer(Recording& recording) : out_(recording), sampler_(recording.series) {}

  void take(const sim::Record& record);
  // After the last record.
  void finish();
  const trace::Cursor& cursor() const { return cursor_; }

 private:
  void end_of_instant();
  void node_lanes();
  Lane& lane_of(int64_t node);
  void name_lanes();
  static void enter(std::vector<Span>& spans, sim::Time at, trace::NodeState state);
  void operator_lane(int64_t index, bool running, sim::Time at);
  void decision(const sim::Record& record);
  void call(const sim::Record& record);
  void marker(const sim::Record& record);
  void mark(Marker::Kind kind, int64_t node, std::string text);
  void flow(const sim::Record& record);
  void drop_uncited();
  void order_lanes();

  Recording& out_;
  trace::Cursor cursor_;
  Sampler sampler_;
  sim::Time now_{};
  bool nodes_changed_ = false;
  std::map<int64_t, size_t> node_lane_, operator_lane_;
  std::map<std::pair<int64_t, int64_t>, std::deque<size_t>> open_flows_;
  std::map<int64_t, Call> calls_;
};

}  // namespace twin::viz
