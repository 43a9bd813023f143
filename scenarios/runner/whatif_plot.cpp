#include "scenarios/runner/whatif_plot.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/xml.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::scenario {

namespace {

using Latency = model::Clients::Latency;

constexpr int kWidth = 1120, kHeight = 680;
constexpr int kLeft = 96, kRight = 980;  // of both charts; names of lines stand behind
constexpr const char* kInk = "#1f2933";
constexpr const char* kFaint = "#7b8794";
constexpr const char* kTake = "#0b7a4b";
constexpr const char* kColours[kPlottedMax] = {"#1a5fb4", "#c64600", "#813d9c",
                                               "#26807a", "#8f6b00", "#5e5c64"};

// Logarithm to the base 2 in 1/65536, by squaring: the same on every machine. REQUIRES: value > 0.
int64_t log2_16(int64_t value) {
  int64_t whole = 0;
  while ((value >> (whole + 1)) > 0) ++whole;
  // The mantissa in [1, 2) as 2^30.
  uint64_t mantissa = whole <= 30 ? static_cast<uint64_t>(value) << (30 - whole)
                                  : static_cast<uint64_t>(value) >> (whole - 30);
  int64_t result = whole;
  for (int bit = 0; bit < 16; ++bit) {
    mantissa = (mantissa * mantissa) >> 30;
    result <<= 1;
    if (mantissa >= (uint64_t{1} << 31)) {
      mantissa >>= 1;
      result |= 1;
    }
  }
  return result;
}

// A logarithmic axis: values from `low` to `high` lie between two coordinates.
struct Axis {
  int64_t low = 1, high = 2;
  int from = 0, to = 0;
  double at(int64_t value) const {
    const int64_t clamped = std::clamp(value, low, high);
    const int64_t all = std::max<int64_t>(1, log2_16(high) - log2_16(low));
    return from + static_cast<double>(to - from) *
                      static_cast<double>(log2_16(clamped) - log2_16(low)) /
                      static_cast<double>(all);
  }
};

struct Tick {
  int64_t value;
  std::string text;
};

std::vector<Tick> rate_ticks(const Axis& axis) {
  std::vector<Tick> ticks;
  for (int64_t decade = 1'000; decade <= axis.high && decade < INT64_MAX / 10; decade *= 10) {
    for (const int64_t step : {1, 2, 5}) {
      const int64_t value = decade * step;
      if (value >= axis.low && value <= axis.high) ticks.push_back({value, rate_text(value)});
    }
  }
  return ticks;
}

// What people say for a time.
std::vector<Tick> time_ticks(const Axis& axis) {
  constexpr int64_t kUs = 1'000, kMs = 1'000'000, kS = 1'000'000'000, kMin = 60 * kS,
                    kH = 60 * kMin;
  std::vector<Tick> ticks;
  const auto add = [&](int64_t count, int64_t unit, const char* name) {
    const int64_t value = count * unit;
    if (value >= axis.low && value <= axis.high) {
      ticks.push_back({value, fmt::format("{} {}", count, name)});
    }
  };
  for (const int64_t n : {1, 10, 100}) add(n, kUs, "us");
  for (const int64_t n : {1, 2, 5, 10, 20, 50, 100, 200, 500}) add(n, kMs, "ms");
  for (const int64_t n : {1, 2, 5, 10, 20, 30}) add(n, kS, "s");
  for (const int64_t n : {1, 2, 5, 10, 20, 30}) add(n, kMin, "min");
  for (const int64_t n : {1, 2, 5, 10, 24, 100}) add(n, kH, "h");
  return ticks;
}

struct Point {
  int64_t rate = 0;
  std::optional<int64_t> value;  // none: off the chart
};

class Picture {
 public:
  explicit Picture(const std::vector<VariedRuns>& all) : all_(all) {
    for (const VariedRuns& each : all) {
      for (const ThrottleRun& run : each.runs) {
        low_ = std::min(low_, run.rate);
        high_ = std::max(high_, run.rate);
        floor_ = std::max(floor_, run.floor());
        if (run.never_ends()) never_ = std::max(never_, run.inflow);
      }
    }
    TWIN_ASSERT_LT(int64_t{0}, low_);
    const int64_t left = std::min(low_, std::max({floor_, never_, low_ / 4}));
    rates_ = {std::max<int64_t>(1, left / 10 * 8), high_ / 10 * 12 + 1, kLeft, kRight};
  }

  std::string draw(const std::string& title) {
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
        "{1}\" font-family=\"Helvetica, Arial, sans-serif\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
        kWidth, kHeight);
    text(kLeft, 36, title, kInk, "start", 20, true);
    text(kLeft, 60, subtitle(), kFaint, "start", 14);
    chart("How long the moves take", 112, 330,
          {{"", [](const ThrottleRun& run) { return taken(run); }}});
    chart("What producers wait, acks=all", 382, 608,
          {{"p50", [](const ThrottleRun& run) { return of(run, &Latency::p50); }},
           {"p99", [](const ThrottleRun& run) { return of(run, &Latency::p99); }},
           {"max", [](const ThrottleRun& run) { return of(run, &Latency::longest); }}});
    for (const Tick& tick : rate_ticks(rates_)) {
      text(rates_.at(tick.value), 628, tick.text, kFaint, "middle", 12);
    }
    text((kLeft + kRight) / 2.0, 654, "replication throttle, each broker and direction", kInk,
         "middle", 13);
    return out_ + "</svg>\n";
  }

 private:
  using Value = std::optional<int64_t> (*)(const ThrottleRun&);
  struct Line {
    const char* name;
    Value value;
  };
  static std::optional<int64_t> taken(const ThrottleRun& run) {
    return run.took ? std::optional(std::max<int64_t>(1, run.took->ns)) : std::nullopt;
  }
  static std::optional<int64_t> of(const ThrottleRun& run, sim::Duration Latency::*which) {
    if (!run.latency) return std::nullopt;
    return std::max<int64_t>(1, ((*run.latency).*which).ns);
  }

  std::string subtitle() const {
    if (all_.size() != 1) return "each line one variation; a ring is the rate to take";
    const VariedRuns& only = all_.front();
    if (!only.best) return "none of these rates lets the moves end";
    return "take " + rate_text(only.runs[only.best->run].rate) + ": " + only.best->why;
  }

  void text(double x, double y, const std::string& what, const char* colour, const char* anchor,
            int size, bool bold = false) {
    out_ += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\" text-anchor=\"{}\" font-size=\"{}\"{}>{}"
        "</text>\n",
        x, y, colour, anchor, size, bold ? " font-weight=\"bold\"" : "", xml_escaped(what));
  }
  void line(double x1, double y1, double x2, double y2, const char* colour, const char* more) {
    out_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" {}/>\n", x1,
        y1, x2, y2, colour, more);
  }

  Axis values_of(const std::vector<Line>& lines, int top, int bottom) const {
    int64_t low = INT64_MAX, high = 1;
    for (const VariedRuns& each : all_) {
      for (const ThrottleRun& run : each.runs) {
        if (!run.finished()) continue;
        for (const Line& line : lines) {
          const auto value = line.value(run);
          if (!value) continue;
          low = std::min(low, *value);
          high = std::max(high, *value);
        }
      }
    }
    if (low > high) low = 1'000'000'000, high = 60'000'000'000;
    // Down and up to the next tick but one, so that no line is flat against the frame.
    return {std::max<int64_t>(1, low / 10 * 6), high / 10 * 15 + 10, bottom, top};
  }

  void shade(int64_t below, int top, int bottom, const char* colour, const char* what, bool named) {
    if (below <= rates_.low) return;
    const double right = rates_.at(below);
    out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n",
                        kLeft, top, right - kLeft, bottom - top, colour);
    if (named) text(right - 6, top + 16, what, kInk, "end", 12);
  }

  // Wide enough for its words, or they stand in the one chart where they do not cover anything.
  void regions(int top, int bottom, bool named) {
    shade(floor_, top, bottom, "#fdf0d5", "not enforced", named && floor_ > never_);
    shade(never_, top, bottom, "#f8d7da", "never ends", named);
  }

  void chart(const char* name, int top, int bottom, const std::vector<Line>& lines) {
    const Axis values = values_of(lines, top, bottom);
    const bool first = lines.size() == 1;
    regions(top, bottom, first);
    text(kLeft, top - 10, name, kInk, "start", 14, true);
    double last = 1e9;
    for (const Tick& tick : time_ticks(values)) {
      const double y = values.at(tick.value);
      if (last - y < 20) continue;
      last = y;
      line(kLeft, y, kRight, y, "#e4e7eb", "stroke-width=\"1\"");
      text(kLeft - 8, y + 4, tick.text, kFaint, "end", 12);
    }
    for (const Tick& tick : rate_ticks(rates_)) {
      const double x = rates_.at(tick.value);
      line(x, top, x, bottom, "#eef0f2", "stroke-width=\"1\"");
    }
    line(kLeft, bottom, kRight, bottom, kFaint, "stroke-width=\"1\"");
    take(top, bottom, first);
    double free = 1e9;  // the next name's place, from below
    for (size_t i = 0; i < all_.size(); ++i) {
      for (size_t k = 0; k < lines.size(); ++k) {
        const size_t colour = all_.size() > 1 ? i : lines.size() == 1 ? 0 : k;
        curve(i, lines[k], values, kColours[colour], top, free);
      }
    }
  }

  void take(int top, int bottom, bool named) {
    if (all_.size() != 1 || !all_.front().best) return;
    const ThrottleRun& run = all_.front().runs[all_.front().best->run];
    const double x = rates_.at(run.rate);
    line(x, top, x, bottom, kTake, "stroke-width=\"2\" stroke-dasharray=\"6 4\"");
    if (!named) return;
    const bool left = x > kRight - 120;
    text(left ? x - 8 : x + 8, top + 16, "take " + rate_text(run.rate), kTake,
         left ? "end" : "start", 13, true);
  }

  void curve(size_t index, const Line& line, const Axis& values, const char* colour, int top,
             double& free) {
    const VariedRuns& of = all_[index];
    std::string path;
    double x = 0, y = 0;
    bool any = false;
    for (const ThrottleRun& run : of.runs) {
      const auto value = line.value(run);
      if (run.automatic) {
        automatic(run, line, values);
        continue;
      }
      x = rates_.at(run.rate);
      if (!run.finished()) {
        if (std::string_view(line.name).empty()) cross(run, x, top + 34, colour);
        continue;
      }
      if (!value) continue;
      y = values.at(*value);
      path += fmt::format("{}{:.1f},{:.1f}", any ? " L" : "M", x, y);
      any = true;
    }
    if (!any) return;
    out_ += fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2.5\" "
        "stroke-linejoin=\"round\"/>\n",
        path, colour);
    for (size_t i = 0; i < of.runs.size(); ++i) {
      const auto value = line.value(of.runs[i]);
      if (!value || of.runs[i].automatic || !of.runs[i].finished()) continue;
      const bool best = of.best && of.best->run == i;
      out_ += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" "
          "stroke-width=\"2\"/>\n",
          rates_.at(of.runs[i].rate), values.at(*value), best ? 6 : 3, best ? "#ffffff" : colour,
          best && all_.size() == 1 ? kTake : colour);
    }
    name_of(of, line, colour, y, free);
  }

  // What the operator's own choice comes to: the time, and the wait that it looks at.
  void automatic(const ThrottleRun& run, const Line& of, const Axis& values) {
    const std::string_view name = of.name;
    const auto value = of.value(run);
    if (!value || all_.size() > 1 || (!name.empty() && name != "p99")) return;
    const double y = values.at(*value);
    line(kLeft, y, kRight, y, kInk, "stroke-width=\"2\" stroke-dasharray=\"2 4\"");
    text(kLeft + 6, y - 6, name.empty() ? "auto" : "auto, p99", kInk, "start", 12, true);
  }

  // Behind its end, above those that were named before where they would touch.
  void name_of(const VariedRuns& of, const Line& line, const char* colour, double y, double& free) {
    y = std::min(y + 4, free);
    free = y - 16;
    std::string name = all_.size() > 1 ? of.variation.short_text() : std::string();
    const std::string of_line = line.name;
    if (!of_line.empty()) name += (name.empty() ? "" : " ") + of_line;
    text(kRight + 10, y, name, colour, "start", 12, true);
  }

  // A run that did not end: at the top, where no line is. Its region says why, or else its mark.
  void cross(const ThrottleRun& run, double x, double y, const char* colour) {
    line(x - 5, y - 5, x + 5, y + 5, colour, "stroke-width=\"2.5\"");
    line(x - 5, y + 5, x + 5, y - 5, colour, "stroke-width=\"2.5\"");
    if (run.never_ends() || all_.size() > 1) return;
    text(x, y + 22, run.refused.empty() ? "not in time" : "refused", kFaint, "middle", 11);
  }

  const std::vector<VariedRuns>& all_;
  int64_t low_ = INT64_MAX, high_ = 0, floor_ = 0, never_ = 0;
  Axis rates_;
  std::string out_;
};

}  // namespace

std::string throttle_svg(const std::vector<VariedRuns>& all, const std::string& title) {
  TWIN_ASSERT(!all.empty());
  TWIN_ASSERT_LE(all.size(), kPlottedMax);
  return Picture(all).draw(title);
}

}  // namespace twin::scenario
