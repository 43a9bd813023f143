// One replication quota of a broker: how many bytes per second went through it, as Kafka counts
// them (SimpleRate over SampledStat).
//
// Bytes go to the current sample; a sample is closed by the first bytes that come a second or more
// after its start, so idle time stretches it. There are 12 (replication.quota.window.num 11, and
// one, since 3.8); a new one takes the place of the oldest. Whoever reads first empties those in
// which nothing happened for 11 s. The rate is all bytes by the time since the oldest sample's
// start, at least a second. Nothing is ever refused: the caller asks before and records after, so
// whole responses go over.
//
// Traffic that never stops (replicas that keep up and are listed) is set as a steady rate and
// recorded when somebody looks.
// Source: ReplicationQuotaManager, SimpleRate, SampledStat; facts measured in docs/model/kafka.md.
#pragma once

#include <array>
#include <cstdint>

#include "sim/int128.h"
#include "sim/time.h"

namespace twin::model::data {

class Quota {
 public:
  void record(sim::Time now, int64_t bytes);
  // The process starts anew: nothing went through it yet; steady traffic counts from now on.
  void restart(sim::Time now);
  void change_steady(sim::Time now, int64_t bytes_per_s);
  int64_t steady() const { return steady_.rate_per_s; }

  // Bytes per second over the window.
  int64_t rate(sim::Time now);
  // Strictly more than the bound.
  bool exceeded(sim::Time now, int64_t bytes_per_s);
  // The first moment from `now` on at which it is not exceeded if nothing more is recorded, the
  // steady traffic left out: look again then. Never when that traffic alone exceeds it.
  sim::Time reopens(sim::Time now, int64_t bytes_per_s);

 private:
  static constexpr int kSamples = 12;
  struct Sample {
    sim::Time start{}, last{};
    int64_t bytes = 0;
  };
  void accrue(sim::Time now);
  void add(sim::Time at, int64_t bytes);
  void purge(sim::Time now);

  std::array<Sample, kSamples> samples_{};
  int used_ = 0;
  int current_ = 0;
  sim::Accrual steady_;
  sim::Time accrued_until_{};
};

}  // namespace twin::model::data
