// The line on top: what is shown, how the cluster is at this moment, the clock.
#include <algorithm>

#include <fmt/format.h>

#include "viz/view/frame.h"

namespace twin::viz {

namespace {

struct Badge {
  std::string label;
  ImU32 colour;
  bool lit;
};

std::vector<Badge> badges(const Frame& f) {
  const CellCounts& counts = f.snapshot.counts;
  const int64_t urp = value_at(f.recording.series.under_replicated, f.now());
  const int64_t under = counts[CellState::under_min_isr];
  const int64_t offline = counts[CellState::offline];
  const int64_t down = value_at(f.recording.series.brokers_down, f.now());
  std::vector<Badge> all;
  if (!f.cursor().faults().empty()) {
    const size_t n = f.cursor().faults().size();
    all.push_back({n == 1 ? f.cursor().faults().begin()->second.what : fmt::format("{} faults", n),
                   f.theme.bad, true});
  }
  all.push_back({fmt::format("Brokers down {}", down), f.theme.warning, down > 0});
  all.push_back({fmt::format("URP {}", count_text(urp)), f.theme.warning, urp > 0});
  all.push_back({fmt::format("Under min ISR {}", count_text(under)), f.theme.bad, under > 0});
  all.push_back({fmt::format("Offline {}", count_text(offline)), f.theme.bad, offline > 0});
  return all;
}

float badge_width(const Frame& f, const Badge& badge) {
  return width_of(f.fonts.small, badge.label) + f.px(20 + 10.5f);
}

std::string about(const Frame& f) {
  std::string line;
  for (const std::string& name : f.recording.operators) {
    line += (line.empty() ? "operator " : ", ") + name;
  }
  if (!f.cursor().metadata_version().empty()) {
    line += "  \xc2\xb7  metadata.version " + f.cursor().metadata_version();
  }
  return line + fmt::format("  \xc2\xb7  seed {}", f.recording.seed);
}

}  // namespace

void draw_header(Frame& f, const Rect& rect) {
  f.draw->AddRectFilled(rect.low(), rect.high(), f.theme.card);
  f.draw->AddLine({rect.x, rect.bottom() - 0.5f}, {rect.right(), rect.bottom() - 0.5f},
                  f.theme.border);
  const float pad = f.px(16), middle = rect.y + rect.h / 2;
  float right = rect.right() - pad;
  std::vector<Badge> all = badges(f);
  // The fault's name gives way first, then what is not lit.
  float needed = 0;
  for (const Badge& badge : all) needed += badge_width(f, badge) + f.px(8);
  const float most = rect.w * 0.62f;
  for (size_t i = all.size(); i-- > 0 && needed > most;) {
    if (all[i].lit) continue;
    needed -= badge_width(f, all[i]) + f.px(8);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (size_t i = all.size(); i-- > 0;) {
    right -= badge_width(f, all[i]);
    pill(f, {right, middle - f.px(12)}, all[i].colour, all[i].label, all[i].lit);
    right -= f.px(8);
  }
  float x = rect.x + pad;
  x += text(f, f.fonts.title, {x, middle - f.fonts.title->FontSize / 2}, f.theme.text, "kafka-twin",
            right - x) +
       f.px(18);
  x += text(f, f.fonts.body, {x, middle - f.fonts.body->FontSize / 2}, f.theme.text,
            f.recording.scenario, right - x - f.px(12)) +
       f.px(14);
  text(f, f.fonts.small, {x, middle - f.fonts.small->FontSize / 2 + f.px(1)}, f.theme.dim, about(f),
       right - x - f.px(8));
}

}  // namespace twin::viz
