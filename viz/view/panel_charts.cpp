// What the cluster went through, over the same span of time as the timeline: small charts, each a
// step function with its value at the playhead.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "viz/view/compare.h"
#include "viz/view/frame.h"

namespace twin::viz {

namespace {

enum class Unit : uint8_t { count, per_second, rate, records };

struct Line {
  const Series* series;
  std::string name;
  ImU32 colour;
};

struct Chart {
  std::string title;
  Unit unit = Unit::count;
  std::vector<Line> lines;
};

std::string value_text(Unit unit, int64_t value) {
  if (unit == Unit::rate) return rate_text(value);
  if (unit == Unit::records) return count_text(value) + " records";
  return unit == Unit::count ? count_text(value) : count_text(value) + "/s";
}

std::vector<Chart> charts_of(const Frame& f) {
  const ClusterSeries& s = f.recording.series;
  const ImU32* c = f.theme.series;
  std::vector<Chart> charts{
      {"Under-replicated",
       Unit::count,
       {{&s.under_replicated, "under-replicated", c[0]}, {&s.at_min_isr, "at min ISR", c[3]}}},
      {"Unavailable",
       Unit::count,
       {{&s.under_min_isr, "under min", c[1]},
        {&s.offline, "offline", f.theme.bad},
        {&s.stalled, "waiting", c[0]}}},
      {"Traffic", Unit::rate, {{&s.produced, "in", c[3]}, {&s.replicated, "replicated", c[2]}}},
      {"Catch-up", Unit::rate, {{&s.catch_up, "all", c[2]}, {&s.throttled, "throttled", c[0]}}},
      {"Changes",
       Unit::per_second,
       {{&s.isr_changes, "ISR", c[3]}, {&s.leader_moves, "leaders", c[0]}}},
      {"Consumer lag peaks", Unit::records, {{&s.consumer_lag, "worst partition", c[0]}}},
  };
  return charts;
}

// A round number at or above, for the top of an axis.
int64_t ceiling(int64_t value) {
  if (value <= 4) return 4;
  int64_t step = 1;
  while (step * 10 < value) step *= 10;
  for (const int64_t factor : {1, 2, 5, 10}) {
    if (step * factor >= value) return step * factor;
  }
  return value;
}

class Plot {
 public:
  Plot(Frame& f, const Rect& area, int64_t top) : f_(f), area_(area), top_(top) {}

  float x_of(sim::Time at) const {
    const auto span = static_cast<double>((f_.ui.view_end - f_.ui.view_begin).ns);
    return area_.x +
           area_.w * static_cast<float>(static_cast<double>((at - f_.ui.view_begin).ns) / span);
  }
  float y_of(int64_t value) const {
    return area_.bottom() -
           area_.h * static_cast<float>(static_cast<double>(value) / static_cast<double>(top_));
  }

  // A column of pixels shows the most that there was in it: nothing short is lost.
  void line(const Line& line, bool filled) {
    const auto all = static_cast<int>(area_.w);
    const double span = static_cast<double>((f_.ui.view_end - f_.ui.view_begin).ns);
    // Nothing is known of what is still to come.
    const auto columns =
        std::clamp(static_cast<int>(x_of(f_.recording.last) - area_.x) + 1, 0, all);
    if (columns < 2) return;
    std::vector<ImVec2> points;
    auto it = line.series->begin();
    int64_t value = 0;
    for (int column = 0; column < columns; ++column) {
      const sim::Time end{f_.ui.view_begin.ns + static_cast<int64_t>(span * (column + 1) / all)};
      int64_t most = value;
      for (; it != line.series->end() && it->at < end; ++it) {
        value = it->value;
        most = std::max(most, it->at >= f_.ui.view_begin ? value : 0);
      }
      if (column == 0) most = std::max(most, value);
      points.push_back({area_.x + static_cast<float>(column) + 0.5f,
                        std::round(y_of(std::min(most, top_))) - 0.5f});
    }
    const float now = x_of(f_.now());
    for (size_t i = 0; i < points.size() && filled; ++i) {
      if (points[i].y >= area_.bottom() - 1) continue;
      f_.draw->AddRectFilled({points[i].x - 0.5f, points[i].y},
                             {points[i].x + 0.5f, area_.bottom()},
                             faded(line.colour, points[i].x <= now ? 0.22f : 0.09f));
    }
    const auto past =
        static_cast<int>(std::clamp(now - area_.x, 0.0f, static_cast<float>(columns)));
    if (past > 1) {
      f_.draw->AddPolyline(points.data(), std::min(past, columns), line.colour, 0, f_.px(1.6f));
    }
    if (past < columns - 1) {
      const auto from = static_cast<size_t>(std::max(past - 1, 0));
      f_.draw->AddPolyline(points.data() + from, columns - static_cast<int>(from),
                           faded(line.colour, 0.4f), 0, f_.px(1.6f));
    }
  }

 private:
  Frame& f_;
  Rect area_;
  int64_t top_;
};

void legend(Frame& f, const Chart& chart, const Rect& area) {
  float x = area.x;
  for (const Line& line : chart.lines) {
    const std::string label =
        fmt::format("{} {}", line.name, value_text(chart.unit, value_at(*line.series, f.now())));
    const float width = width_of(f.fonts.small, label);
    if (x + f.px(14) + width > area.right() && x > area.x) return;
    f.draw->AddRectFilled({x, area.y + f.px(6)}, {x + f.px(9), area.y + f.px(9)}, line.colour,
                          f.px(1.5f));
    x += f.px(14);
    x += text(f, f.fonts.small, {x, area.y}, f.theme.dim, label, area.right() - x) + f.px(14);
  }
}

void draw_chart(Frame& f, const Chart& chart, const Rect& rect) {
  int64_t most = 0;
  for (const Line& line : chart.lines) {
    most = std::max(most, max_between(*line.series, f.ui.view_begin, f.ui.view_end));
  }
  const int64_t top = ceiling(most);
  const std::string most_text = most == 0 ? "never" : "top " + value_text(chart.unit, most);
  const float most_width = width_of(f.fonts.small, most_text);
  const bool fits = width_of(f.fonts.body, chart.title) + most_width + f.px(6) <= rect.w;
  text(f, f.fonts.body, rect.low(), f.theme.text, chart.title, rect.w);
  if (fits) {
    text(f, f.fonts.small, {rect.x, rect.y + f.px(1)}, f.theme.faint, most_text, rect.w,
         Align::right);
  }
  const float head = f.px(22), foot = f.px(19);
  const Rect area{std::round(rect.x), std::round(rect.y + head), std::floor(rect.w),
                  std::floor(rect.h - head - foot)};
  if (area.h < f.px(14)) return;
  for (int i = 0; i <= 2; ++i) {
    const float y = std::round(area.y + area.h * static_cast<float>(i) / 2) - 0.5f;
    f.draw->AddLine({area.x, y}, {area.right(), y}, faded(f.theme.border, i == 2 ? 1 : 0.6f));
  }
  Plot plot(f, area, top);
  f.draw->PushClipRect({area.x, area.y - 1}, {area.right(), area.bottom() + 1}, true);
  bool first = true;
  for (const Line& line : chart.lines) {
    if (line.series->empty()) continue;
    plot.line(line, first);
    first = false;
  }
  f.draw->PopClipRect();
  const float now = std::round(plot.x_of(f.now())) + 0.5f;
  if (now >= area.x && now <= area.right()) {
    f.draw->AddLine({now, area.y}, {now, area.bottom()}, faded(f.theme.text, 0.55f));
  }
  legend(f, chart, {rect.x, area.bottom() + f.px(3), rect.w, foot});
  if (f.clicked(area)) {
    const double part = (f.mouse().x - area.x) / area.w;
    const auto span = static_cast<double>((f.ui.view_end - f.ui.view_begin).ns);
    const sim::Time to{f.ui.view_begin.ns + static_cast<int64_t>(part * span)};
    f.replay.seek(std::min(to, f.recording.last));
  }
}

// In two columns where both are wide enough to read.
void draw_grid(Frame& f, const Rect& inner, const std::vector<Chart>& charts) {
  const int columns = inner.w >= f.px(270) ? 2 : 1;
  const auto n = static_cast<int>(charts.size());
  int rows = (n + columns - 1) / columns;
  // The last ones go where there is no height for all.
  while (rows > 1 && inner.h / static_cast<float>(rows) < f.px(70)) --rows;
  const float gap = f.px(18), between = f.px(10);
  const float width =
      (inner.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float height =
      (inner.h - between * static_cast<float>(rows - 1)) / static_cast<float>(rows);
  for (int i = 0; i < std::min(n, rows * columns); ++i) {
    const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
    draw_chart(
        f, charts[static_cast<size_t>(i)],
        {inner.x + column * (width + gap), inner.y + row * (height + between), width, height});
  }
}

std::string span_text(const Frame& f) {
  return fmt::format("{} to {}", clock_text(f.ui.view_begin), clock_text(f.ui.view_end));
}

}  // namespace

void draw_charts(Frame& f, const Rect& rect) {
  draw_grid(f, card(f, rect, "Charts", span_text(f)), charts_of(f));
}

void draw_charts_of_two(Frame& f, const Recording& other, const Rect& rect) {
  const ClusterSeries &a = f.recording.series, &b = other.series;
  const auto both = [&](const char* title, Unit unit, const Series& x, const Series& y) {
    return Chart{
        title,
        unit,
        {{&x, name_of(f.recording), f.theme.series[3]}, {&y, name_of(other), f.theme.series[0]}}};
  };
  draw_grid(f, card(f, rect, "Charts", span_text(f)),
            {both("Under-replicated", Unit::count, a.under_replicated, b.under_replicated),
             both("Producers wait", Unit::count, a.stalled, b.stalled),
             both("Under min ISR", Unit::count, a.under_min_isr, b.under_min_isr),
             both("Catch-up", Unit::rate, a.catch_up, b.catch_up)});
}

}  // namespace twin::viz
