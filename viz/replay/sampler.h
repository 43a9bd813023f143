// Counts partitions by what is wrong with them, and events by the second, while a trace goes by.
#pragma once

#include "viz/replay/recording.h"

namespace twin::viz {

class Sampler {
 public:
  explicit Sampler(ClusterSeries& series) : out_(series) {}

  // What the record's partition counts as, before it is applied and after.
  void before(const trace::Cursor& cursor, const sim::Record& record);
  void after(const trace::Cursor& cursor, const sim::Record& record);
  // All that happened at one time has been seen.
  void end_of_instant(const trace::Cursor& cursor, sim::Time at, bool nodes_changed);
  void finish(sim::Time last);
  // The mean rate of every flow, once all are known.
  static Series rates_of(const std::vector<Flow>& flows);

 private:
  struct Counts {
    int64_t under_replicated = 0, at_min = 0, under_min = 0, offline = 0, stalled = 0;
  };
  void count(const trace::Cursor& cursor, int64_t partition, int64_t sign);
  void recount(const trace::Cursor& cursor);
  // Adds to a count by the second, closing seconds that are over.
  struct PerSecond {
    int64_t second = 0;
    int64_t sum = 0;
  };
  static void add(PerSecond& bin, Series& series, sim::Time at, int64_t amount);
  static void close(PerSecond& bin, Series& series, int64_t second);

  ClusterSeries& out_;
  Counts now_;
  int64_t partition_ = -1;  // of the record that is being applied
  PerSecond moves_, isr_, throttled_;
  sim::Time lag_until_{};
};

// Appends where it differs; of one instant only the last value is kept.
void push(Series& series, sim::Time at, int64_t value);

}  // namespace twin::viz
