// Every partition as one cell, coloured by what is wrong with it; the cells are one texture.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "viz/view/frame.h"

namespace twin::viz {

namespace {

struct Section {
  std::string name;
  std::vector<size_t> partitions;
};

// Where the cells stand: sections below one another, each from a new row on.
struct Grid {
  int columns = 1;
  float cell = 1;  // pixels, the gap included; whole from 4 on
  int gap = 0;
  int label = 0;  // pixels of a section's label above its rows; 0: none
  int rows_of(size_t n) const {
    return static_cast<int>((n + columns_size() - 1) / columns_size());
  }
  size_t columns_size() const { return static_cast<size_t>(columns); }
};

std::vector<Section> by_topic(const Frame& f) {
  std::vector<Section> sections;
  for (const auto& [id, topic] : f.cursor().topics()) {
    Section& section = sections.emplace_back();
    section.name = topic.name;
    for (int64_t i = 0; i < topic.partitions; ++i) {
      const auto index = static_cast<size_t>(topic.first_partition + i);
      if (index < f.snapshot.cells.size()) section.partitions.push_back(index);
    }
  }
  return sections;
}

// By its leader, or where it had none, by its first replica.
std::vector<Section> by_broker(const Frame& f, bool zone) {
  std::map<std::string, std::vector<size_t>> groups;
  std::map<int64_t, std::string> names;
  const auto& partitions = f.cursor().partitions();
  for (size_t i = 0; i < partitions.size() && i < f.snapshot.cells.size(); ++i) {
    if (partitions[i].replicas().empty()) continue;
    const int64_t node =
        partitions[i].leader >= 0 ? partitions[i].leader : partitions[i].replicas().front();
    auto [it, fresh] = names.try_emplace(node);
    if (fresh) {
      it->second = zone ? f.cursor().names().zone_of_node(node)
                        : fmt::format("{:>6}", f.cursor().names().node(node));
      if (zone && it->second.empty()) it->second = "no zone";
    }
    groups[it->second].push_back(i);
  }
  std::vector<Section> sections;
  for (auto& [name, list] : groups) sections.push_back({name, std::move(list)});
  return sections;
}

std::vector<Section> sections_of(const Frame& f) {
  if (f.ui.grouping == Grouping::topic) return by_topic(f);
  return by_broker(f, f.ui.grouping == Grouping::zone);
}

int height_of(const Grid& grid, const std::vector<Section>& sections) {
  int height = 0;
  for (const Section& section : sections) {
    height +=
        static_cast<int>(static_cast<float>(grid.rows_of(section.partitions.size())) * grid.cell) +
        grid.label;
  }
  return height;
}

// The largest cells with which everything fits.
Grid grid_for(const Frame& f, const Rect& area, const std::vector<Section>& sections) {
  const int cell_max = static_cast<int>(f.px(36));
  const int label = static_cast<int>(f.px(20));
  const bool labelled =
      static_cast<float>(sections.size()) * static_cast<float>(label) < area.h * 0.4f;
  Grid grid;
  grid.label = labelled ? label : 0;
  const auto fits = [&](float cell) {
    grid.cell = cell;
    grid.columns = std::max(1, static_cast<int>(area.w / cell));
    return static_cast<float>(height_of(grid, sections)) <= area.h;
  };
  int cell = cell_max;
  while (cell > 1 && !fits(static_cast<float>(cell))) --cell;
  // Small ones take what room there is, by fractions of a pixel.
  auto exact = static_cast<float>(cell);
  constexpr float kStep = 0.05f;
  while (cell < 4 && exact + kStep < static_cast<float>(cell + 1) && fits(exact + kStep)) {
    exact += kStep;
  }
  fits(exact);
  grid.gap = cell >= 12 ? 2 : cell >= 4 ? 1 : 0;
  return grid;
}

std::vector<std::string> describe(const Frame& f, size_t index) {
  const trace::PartitionView& view = f.cursor().partitions()[index];
  const CellState state = f.snapshot.cells[index];
  std::string isr, out;
  for (const int64_t replica : view.replicas()) {
    std::string& list = view.in_isr(replica) ? isr : out;
    list += (list.empty() ? "" : ", ") + std::to_string(replica);
  }
  const trace::TopicView* topic = f.cursor().topic_of(static_cast<int64_t>(index));
  std::vector<std::string> lines{
      f.cursor().names().partition(static_cast<int64_t>(index)) + "  \xc2\xb7  " +
          std::string(cell_state_name(state)),
      fmt::format("leader {}, ISR {} of {}: {}",
                  view.leader < 0 ? std::string("none") : std::to_string(view.leader),
                  view.isr_size(), view.replicas().size(), isr.empty() ? "-" : isr)};
  if (!out.empty()) lines.push_back("not in the ISR: " + out);
  if (topic != nullptr) lines.push_back(fmt::format("min.insync.replicas {}", topic->min_isr));
  if (view.stalled) lines.push_back("producers wait");
  return lines;
}

// Cells are painted into one picture of the area's own pixels: a texture per frame that changed.
class Painter {
 public:
  Painter(Frame& f, const Rect& area, const Grid& grid)
      : f_(f),
        area_(area),
        grid_(grid),
        width_(std::max(1, static_cast<int>(area.w))),
        height_(std::max(1, static_cast<int>(area.h))) {
    pixels_.assign(static_cast<size_t>(width_) * static_cast<size_t>(height_), 0);
  }

  void section(const Section& section) {
    if (grid_.label > 0) label(section);
    for (size_t i = 0; i < section.partitions.size(); ++i) {
      const auto column = static_cast<float>(i % grid_.columns_size());
      const auto row = static_cast<float>(i / grid_.columns_size());
      const int x = static_cast<int>(column * grid_.cell);
      const int y = y_ + static_cast<int>(row * grid_.cell);
      const int right = static_cast<int>((column + 1) * grid_.cell) - grid_.gap;
      const int bottom = y_ + static_cast<int>((row + 1) * grid_.cell) - grid_.gap;
      const int side = std::max(1, right - x), tall = std::max(1, bottom - y);
      if (y + tall > height_) break;
      cell(section.partitions[i], x, y, side, tall);
    }
    y_ +=
        static_cast<int>(static_cast<float>(grid_.rows_of(section.partitions.size())) * grid_.cell);
  }

  void finish() {
    const ImTextureID id = f_.texture.update(pixels_, width_, height_);
    const ImVec2 low{std::round(area_.x), std::round(area_.y)};
    f_.draw->AddImage(id, low,
                      {low.x + static_cast<float>(width_), low.y + static_cast<float>(height_)});
    for (const Number& n : numbers_) {
      text(f_, f_.fonts.small, n.at, n.colour, n.label, n.width, Align::right);
    }
    for (const Rect& frame : framed_) {
      f_.draw->AddRect({frame.x - 2, frame.y - 2}, {frame.right() + 2, frame.bottom() + 2},
                       f_.theme.text, 2, 0, 2);
    }
  }
  int64_t hovered() const { return hovered_; }
  float used() const { return static_cast<float>(y_); }

 private:
  void label(const Section& section) {
    int64_t bad = 0;
    for (const size_t i : section.partitions) {
      bad += f_.snapshot.cells[i] != CellState::in_sync ? 1 : 0;
    }
    const float y = area_.y + static_cast<float>(y_) + f_.px(4);
    const std::string count =
        bad == 0 ? count_text(static_cast<int64_t>(section.partitions.size()))
                 : fmt::format("{} of {} not in sync", count_text(bad),
                               count_text(static_cast<int64_t>(section.partitions.size())));
    const float taken = width_of(f_.fonts.small, count) + f_.px(12);
    text(f_, f_.fonts.small, {area_.x, y}, f_.theme.dim, section.name, area_.w - taken);
    text(f_, f_.fonts.small, {area_.right() - taken, y}, bad == 0 ? f_.theme.faint : f_.theme.text,
         count, taken, Align::right);
    y_ += grid_.label;
  }
  void cell(size_t index, int x, int y, int side, int tall) {
    const CellState state = f_.snapshot.cells[index];
    const ImU32 colour = f_.theme.of(state);
    for (int row = y; row < y + tall; ++row) {
      auto* line = &pixels_[static_cast<size_t>(row) * static_cast<size_t>(width_)];
      for (int column = x; column < std::min(x + side, width_); ++column) line[column] = colour;
    }
    if (side >= static_cast<int>(f_.px(24))) number(index, colour, x, y, side);
    // The two worst carry a mark besides their colour.
    if (side >= 7 && (state == CellState::offline || state == CellState::under_min_isr)) {
      hole(x, y, side, state == CellState::offline ? side / 3 : side * 2 / 5);
    }
    const Rect where{area_.x + static_cast<float>(x), area_.y + static_cast<float>(y),
                     static_cast<float>(side), static_cast<float>(side)};
    if (f_.drawn != nullptr) {
      f_.note("cell " + f_.cursor().names().partition(static_cast<int64_t>(index)), where);
    }
    Rect target = where;
    target.w = target.h = grid_.cell;
    if (f_.hovered(target)) {
      hovered_ = static_cast<int64_t>(index);
      framed_.push_back(where);
    } else if (static_cast<int64_t>(index) == f_.ui.pinned_partition) {
      framed_.push_back(where);
    }
  }
  // Within its topic; drawn over the picture, when that is there.
  void number(size_t index, ImU32 colour, int x, int y, int side) {
    const trace::TopicView* topic = f_.cursor().topic_of(static_cast<int64_t>(index));
    if (topic == nullptr) return;
    const bool bright = lightness(colour) > 55;
    numbers_.push_back(
        {std::to_string(static_cast<int64_t>(index) - topic->first_partition),
         {area_.x + static_cast<float>(x), area_.y + static_cast<float>(y + side) - f_.px(17)},
         static_cast<float>(side) - f_.px(4),
         bright ? IM_COL32(0, 0, 0, 170) : IM_COL32(255, 255, 255, 150)});
  }
  void hole(int x, int y, int side, int inset) {
    for (int row = y + inset; row < y + side - inset; ++row) {
      for (int column = x + inset; column < x + side - inset; ++column) {
        pixels_[static_cast<size_t>(row) * static_cast<size_t>(width_) +
                static_cast<size_t>(column)] = f_.theme.card;
      }
    }
  }

  Frame& f_;
  Rect area_;
  Grid grid_;
  int width_, height_;
  int y_ = 0;
  std::vector<uint32_t> pixels_;
  std::vector<Rect> framed_;
  struct Number {
    std::string label;
    ImVec2 at;
    float width;
    ImU32 colour;
  };
  std::vector<Number> numbers_;
  int64_t hovered_ = -1;
};

// Only the states that are there, and those that one must know to read them.
float legend(Frame& f, const Rect& area) {
  float x = area.x, y = area.y;
  const float box = f.px(10), step = f.px(18);
  for (int i = 0; i < kCellStates; ++i) {
    const auto state = static_cast<CellState>(i);
    const int64_t count = f.snapshot.counts[state];
    if (count == 0 && (state == CellState::unknown || state == CellState::moving)) continue;
    const std::string label = fmt::format("{} {}", cell_state_name(state), count_text(count));
    const float width = box + f.px(6) + width_of(f.fonts.small, label) + f.px(14);
    if (x > area.x && x + width - f.px(14) > area.right()) {
      x = area.x;
      y += step;
    }
    f.draw->AddRectFilled({x, y + f.px(3)}, {x + box, y + f.px(3) + box}, f.theme.of(state),
                          f.px(2));
    if (state == CellState::in_sync || count == 0) {
      f.draw->AddRect({x, y + f.px(3)}, {x + box, y + f.px(3) + box}, f.theme.border, f.px(2));
    }
    text(f, f.fonts.small, {x + box + f.px(6), y + f.px(1)},
         count > 0 ? f.theme.text : f.theme.faint, label);
    x += width;
  }
  return y + step - area.y;
}

float legend_height(const Frame& f, float width) {
  float x = 0;
  int rows = 1;
  for (int i = 0; i < kCellStates; ++i) {
    const auto state = static_cast<CellState>(i);
    const int64_t count = f.snapshot.counts[state];
    if (count == 0 && (state == CellState::unknown || state == CellState::moving)) continue;
    const float w = f.px(30) + width_of(f.fonts.small, fmt::format("{} {}", cell_state_name(state),
                                                                   count_text(count)));
    if (x > 0 && x + w - f.px(14) > width) {
      x = 0;
      ++rows;
    }
    x += w;
  }
  return static_cast<float>(rows) * f.px(18);
}

void pinned(Frame& f, const Rect& area) {
  const auto index = static_cast<size_t>(f.ui.pinned_partition);
  const auto lines = describe(f, index);
  f.draw->AddRectFilled(area.low(), area.high(), f.theme.raised, f.px(6));
  float y = area.y + f.px(8);
  text(f, f.fonts.strong, {area.x + f.px(10), y}, f.theme.text, lines[0], area.w - f.px(20));
  std::string rest;
  for (size_t i = 1; i < lines.size(); ++i) rest += (i > 1 ? "; " : "") + lines[i];
  paragraph(f, f.fonts.small, {area.x + f.px(10), y + f.px(20)}, f.theme.dim, rest,
            area.w - f.px(20), 2);
}

}  // namespace

void draw_partitions(Frame& f, const Rect& rect) {
  constexpr const char* kBy[] = {"by topic", "by leader", "by the leader's zone"};
  const auto count = static_cast<int64_t>(f.snapshot.cells.size());
  const Rect inner =
      card(f, rect, "Partitions",
           fmt::format("{}, {}", count_text(count), kBy[static_cast<size_t>(f.ui.grouping)]));
  if (count == 0) {
    text(f, f.fonts.body, {inner.x, inner.y + inner.h / 2}, f.theme.dim,
         "No topic exists at this moment", inner.w, Align::centre);
    return;
  }
  const bool has_pin = f.ui.pinned_partition >= 0 && f.ui.pinned_partition < count;
  const float foot = legend_height(f, inner.w) + f.px(4);
  const float pin = has_pin ? f.px(72) : 0;
  const Rect area{std::round(inner.x), std::round(inner.y), inner.w, inner.h - foot - pin};
  const std::vector<Section> sections = sections_of(f);
  Painter painter(f, area, grid_for(f, area, sections));
  for (const Section& section : sections) painter.section(section);
  painter.finish();
  legend(f, {inner.x, inner.bottom() - foot + f.px(4), inner.w, foot});
  if (has_pin) pinned(f, {inner.x, inner.bottom() - foot - pin + f.px(6), inner.w, pin - f.px(8)});
  if (painter.hovered() >= 0) {
    auto lines = describe(f, static_cast<size_t>(painter.hovered()));
    lines.emplace_back("click to pin");
    tooltip(f, lines);
    if (ImGui::IsMouseClicked(0)) f.ui.pinned_partition = painter.hovered();
  } else if (f.clicked(area)) {
    f.ui.pinned_partition = -1;
  }
}

}  // namespace twin::viz
