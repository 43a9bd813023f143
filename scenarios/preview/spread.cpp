#include "scenarios/preview/spread.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/draw.h"

namespace twin::preview {

void resample(scenario::Environment& environment, uint64_t seed, uint64_t nth) {
  constexpr uint64_t kPurpose = sim::purpose("preview_resample");
  for (const scenario::MeasuredInput& input : environment.measured) {
    const uint64_t drawn = sim::draw(seed, kPurpose, sim::purpose(input.key), nth);
    const auto which = static_cast<size_t>(sim::below(input.samples.size(), drawn));
    input.set(environment.hardware, input.samples[which]);
  }
}

std::string measured_inputs(const scenario::Environment& environment) {
  std::string text;
  for (const scenario::MeasuredInput& input : environment.measured) {
    text +=
        fmt::format("{}{} ({} values)", text.empty() ? "" : ", ", input.key, input.samples.size());
  }
  return text;
}

std::optional<sim::Duration> percentile(const std::vector<Outcome>& runs,
                                        sim::Duration Outcome::*figure, int64_t percent) {
  std::vector<int64_t> values;
  for (const Outcome& run : runs) {
    if (run.done()) values.push_back((run.*figure).ns);
  }
  std::ranges::sort(values);
  const auto count = static_cast<int64_t>(runs.size());
  const auto rank = static_cast<size_t>(std::max<int64_t>(1, (count * percent + 99) / 100));
  if (rank > values.size()) return std::nullopt;
  return sim::Duration{values[rank - 1]};
}

}  // namespace twin::preview
