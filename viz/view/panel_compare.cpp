// Two runs on one clock: their numbers side by side, their charts in one frame, their timelines one
// above the other.
#include <algorithm>

#include <fmt/format.h>

#include "viz/replay/totals.h"
#include "viz/view/compare.h"

namespace twin::viz {

namespace {

std::string total_text(const Total& total) {
  switch (total.unit) {
    case Total::Unit::duration:
      return sim::format_duration(sim::Duration{total.value});
    case Total::Unit::bytes:
      return bytes_text(total.value);
    default:
      return count_text(total.value);
  }
}

// "-12 %", "+3", "same".
std::string difference_text(const Total& a, const Total& b) {
  if (a.value == b.value) return "same";
  if (a.value == 0 || (a.value > 0) != (b.value > 0)) {
    Total difference = b;
    difference.value = b.value - a.value;
    const bool less = difference.value < 0;
    difference.value = less ? -difference.value : difference.value;
    return (less ? "-" : "+") + total_text(difference);
  }
  const double part = 100.0 * static_cast<double>(b.value - a.value) / static_cast<double>(a.value);
  return fmt::format("{:+.0f} %", part);
}

void numbers(Frame& a, const Frame& b, const Rect& rect) {
  const Rect inner = card(a, rect, "Numbers", "from Ready to the end");
  const auto left = totals_of(a.recording), right = totals_of(b.recording);
  const float name = inner.w * 0.40f, column = inner.w * 0.20f;
  const float row = std::min(a.px(30), (inner.h - a.px(27)) / static_cast<float>(left.size()));
  const auto cell = [&](int index, float y, ImU32 colour, const std::string& what, ImFont* font) {
    text(a, font, {inner.x + name + column * static_cast<float>(index), y}, colour, what,
         column - a.px(6), Align::right);
  };
  float y = inner.y;
  cell(0, y, a.theme.series[3], name_of(a.recording), a.fonts.strong);
  cell(1, y, a.theme.series[0], name_of(b.recording), a.fonts.strong);
  y += a.px(26);
  for (size_t i = 0; i < left.size() && y + row <= inner.bottom() + 1; ++i, y += row) {
    a.draw->AddLine({inner.x, y - a.px(4)}, {inner.right(), y - a.px(4)},
                    faded(a.theme.border, 0.7f));
    text(a, a.fonts.small, {inner.x, y}, a.theme.dim, left[i].name, name - a.px(8));
    cell(0, y, a.theme.text, total_text(left[i]), a.fonts.small);
    cell(1, y, a.theme.text, total_text(right[i]), a.fonts.small);
    const int64_t change = right[i].value - left[i].value;
    const ImU32 colour = change == 0 || !left[i].less_is_better ? a.theme.faint
                         : change < 0                           ? a.theme.good
                                                                : a.theme.bad;
    cell(2, y, colour, difference_text(left[i], right[i]), a.fonts.small);
  }
}

}  // namespace

std::string name_of(const Recording& recording) {
  return recording.operators.empty() ? recording.name : recording.operators.front();
}

void draw_comparison(Frame& a, Frame& b, const Rect& body) {
  const float gap = a.px(10);
  const float lower = (body.h - gap) * 0.56f, upper = body.h - gap - lower;
  const float left = body.w * 0.42f;
  numbers(a, b, {body.x, body.y, left, upper});
  draw_charts_of_two(a, b.recording, {body.x + left + gap, body.y, body.w - left - gap, upper});
  const float each = (lower - gap) / 2;
  draw_timeline_of(a, {body.x, body.bottom() - lower, body.w, each}, name_of(a.recording));
  draw_timeline_of(b, {body.x, body.bottom() - each, body.w, each}, name_of(b.recording));
}

}  // namespace twin::viz
