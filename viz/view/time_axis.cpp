#include "viz/view/time_axis.h"

#include <algorithm>

#include <fmt/format.h>

namespace twin::viz {

namespace {

constexpr int64_t kSpanMinNs = 10'000'000;  // 10 ms: finer than what a run decides

void set_view(UiState& ui, const Recording& recording, int64_t begin, int64_t length) {
  const int64_t whole = std::max({recording.last.ns, ui.horizon.ns, kSpanMinNs});
  length = std::clamp(length, kSpanMinNs, whole);
  begin = std::clamp<int64_t>(begin, 0, whole - length);
  ui.view_begin = sim::Time{begin};
  ui.view_end = sim::Time{begin + length};
}

}  // namespace

void whole_view(UiState& ui, const Recording& recording) {
  set_view(ui, recording, 0, std::max(recording.last, ui.horizon).ns);
}

void zoom_view(UiState& ui, const Recording& recording, sim::Time about, double factor) {
  const auto before = static_cast<double>((about - ui.view_begin).ns);
  const auto length = static_cast<double>((ui.view_end - ui.view_begin).ns);
  set_view(ui, recording, about.ns - static_cast<int64_t>(before * factor),
           static_cast<int64_t>(length * factor));
}

void pan_view(UiState& ui, const Recording& recording, double part) {
  const int64_t length = (ui.view_end - ui.view_begin).ns;
  set_view(ui, recording,
           ui.view_begin.ns + static_cast<int64_t>(static_cast<double>(length) * part), length);
}

void show_time(UiState& ui, const Recording& recording, sim::Time at) {
  if (at >= ui.view_begin && at <= ui.view_end) return;
  const int64_t length = (ui.view_end - ui.view_begin).ns;
  set_view(ui, recording, at.ns - length / 2, length);
}

int64_t tick_step_ns(double seconds_min) {
  constexpr int64_t kMs = 1'000'000, kS = 1000 * kMs, kMin = 60 * kS, kHour = 60 * kMin;
  constexpr int64_t kSteps[] = {kMs,        2 * kMs,   5 * kMs,   10 * kMs, 20 * kMs,  50 * kMs,
                                100 * kMs,  200 * kMs, 500 * kMs, kS,       2 * kS,    5 * kS,
                                10 * kS,    15 * kS,   30 * kS,   kMin,     2 * kMin,  5 * kMin,
                                10 * kMin,  15 * kMin, 30 * kMin, kHour,    2 * kHour, 6 * kHour,
                                12 * kHour, 24 * kHour};
  for (const int64_t step : kSteps) {
    if (static_cast<double>(step) >= seconds_min * 1e9) return step;
  }
  int64_t days = 24 * kHour;
  while (static_cast<double>(days) < seconds_min * 1e9) days *= 2;
  return days;
}

std::string tick_text(int64_t at_ns, int64_t step_ns) {
  const int64_t s = at_ns / 1'000'000'000;
  std::string text = s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                               : fmt::format("{}:{:02}", s / 60, s % 60);
  if (step_ns < 1'000'000'000) text += fmt::format(".{:03}", at_ns / 1'000'000 % 1000);
  return text;
}

}  // namespace twin::viz
