// Fault schedules against a scenario that somebody wrote: what there is to break is found by
// playing it once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/campaign/case.h"

namespace twin::campaign {

// What a scenario has, and does, when nothing is in its way.
struct Baseline {
  struct Pod {
    std::string name;
    int32_t node = -1;  // of Kafka
    bool broker = false;
  };
  std::vector<Pod> pods;  // of Kafka, by name
  std::vector<std::string> machines, zones, claims;
  uint64_t calls = 0;  // of the first operator, after the clock's zero
  // Of them, those that are the first on a view that was not there before (views.h), and how many
  // views were alike to an earlier one.
  std::vector<uint64_t> views;
  uint64_t views_alike = 0;
  int64_t length_s = 0;  // from the clock's zero until it came to rest
};
Baseline play_baseline(const scenario::Scenario& scenario);

struct ScheduleOptions {
  int64_t faults_max = 4;
};
// Swarm: each schedule draws which kinds are on, then up to `faults_max` faults of those, by time.
// The same seed and baseline give the same.
std::vector<CaseFault> draw_schedule(const Baseline& baseline, uint64_t seed,
                                     const ScheduleOptions& options);

}  // namespace twin::campaign
