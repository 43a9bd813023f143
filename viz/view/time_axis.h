// The span of time that timeline and charts show, and its ticks.
#pragma once

#include <cstdint>
#include <string>

#include "viz/replay/recording.h"
#include "viz/view/ui_state.h"

namespace twin::viz {

// All of the run.
void whole_view(UiState& ui, const Recording& recording);
// The span times `factor`, with `about` where it is.
void zoom_view(UiState& ui, const Recording& recording, sim::Time about, double factor);
// By a part of the span; negative is earlier.
void pan_view(UiState& ui, const Recording& recording, double part);
// Moves the span so that `at` can be seen.
void show_time(UiState& ui, const Recording& recording, sim::Time at);

// A round distance between ticks, at least so many seconds.
int64_t tick_step_ns(double seconds_min);
std::string tick_text(int64_t at_ns, int64_t step_ns);

}  // namespace twin::viz
