// A run in a few numbers, from its trace alone: what a comparison of two runs lists.
#pragma once

#include <string>
#include <vector>

#include "viz/replay/recording.h"

namespace twin::viz {

struct Total {
  std::string name;
  int64_t value = 0;
  enum class Unit : uint8_t { count, duration, bytes } unit = Unit::count;
  // Whether less is better; of the others neither is.
  bool less_is_better = true;
};

// The same names in the same order for every recording.
std::vector<Total> totals_of(const Recording& recording);

// How long a series was above zero between two moments.
sim::Duration time_above_zero(const Series& series, sim::Time begin, sim::Time end);
// The sum over time of a series of rates, in its unit times seconds.
int64_t integral(const Series& series, sim::Time begin, sim::Time end);

}  // namespace twin::viz
