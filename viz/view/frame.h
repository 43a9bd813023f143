// What a panel gets to draw one frame: the recording, the state at the moment shown, what the user
// chose, and a brush. Panels are functions of a frame and a rectangle.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

#include "viz/replay/cells.h"
#include "viz/replay/replay.h"
#include "viz/view/theme.h"
#include "viz/view/ui_state.h"

namespace twin::viz {

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  ImVec2 low() const { return {x, y}; }
  ImVec2 high() const { return {x + w, y + h}; }
  bool holds(ImVec2 at) const { return at.x >= x && at.x < x + w && at.y >= y && at.y < y + h; }
  Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
};

struct Fonts {
  ImFont* small = nullptr;
  ImFont* body = nullptr;
  ImFont* strong = nullptr;
  ImFont* title = nullptr;
};

// Something that was drawn, for tests and for nothing else.
struct Drawn {
  std::string what;  // the text, "cell orders-12", "span broker 1 serving", "tile 4"
  Rect where;
};

// One picture on the graphics card that is written anew when its content changes.
class CellTexture {
 public:
  virtual ~CellTexture() = default;
  // Rows from the top, 8 bits each of red, green, blue, alpha. Nearest neighbour.
  virtual ImTextureID update(std::span<const uint32_t> pixels, int width, int height) = 0;
};

// Derived from the cursor once per moment, for all panels.
struct Snapshot {
  uint64_t version = ~uint64_t{0};
  std::vector<CellState> cells;
  CellCounts counts;
};

struct Frame {
  const Recording& recording;
  Replay& replay;
  const Snapshot& snapshot;
  UiState& ui;
  const Theme& theme;
  const Fonts& fonts;
  CellTexture& texture;
  ImDrawList* draw = nullptr;
  float scale = 1;
  double clock_s = 0;  // of the window, for messages that go away
  bool interactive = false;
  std::vector<Drawn>* drawn = nullptr;

  const trace::Cursor& cursor() const { return replay.cursor(); }
  sim::Time now() const { return replay.at(); }
  float px(float pixels) const { return pixels * scale; }
  void note(std::string what, const Rect& where) {
    if (drawn != nullptr) drawn->push_back({std::move(what), where});
  }
  ImVec2 mouse() const { return interactive ? ImGui::GetIO().MousePos : ImVec2{-1e6f, -1e6f}; }
  bool hovered(const Rect& rect) const { return interactive && !ui.help && rect.holds(mouse()); }
  bool clicked(const Rect& rect) const { return hovered(rect) && ImGui::IsMouseClicked(0); }
};

// ---- brush (brush.cpp) ----
enum class Align : uint8_t { left, centre, right };
float width_of(const ImFont* font, std::string_view text);
// Cut with an ellipsis where it is wider than `width`; returns the width drawn.
float text(Frame& f, ImFont* font, ImVec2 at, ImU32 colour, std::string_view what,
           float width = 1e9f, Align align = Align::left);
// Over several lines; returns the height. At most `lines`, the last one cut.
float paragraph(Frame& f, ImFont* font, ImVec2 at, ImU32 colour, std::string_view what, float width,
                int lines = 1000);
float paragraph_height(ImFont* font, std::string_view what, float width, int lines = 1000);
// A panel's card with its title; returns what is left for the content.
Rect card(Frame& f, const Rect& rect, std::string_view title, std::string_view subtitle);
// A rounded label; returns its width.
float pill(Frame& f, ImVec2 at, ImU32 colour, std::string_view label, bool lit);
void tooltip(Frame& f, const std::vector<std::string>& lines);

// ---- panels, a file each ----
void draw_header(Frame& f, const Rect& rect);
void draw_cluster(Frame& f, const Rect& rect);
void draw_partitions(Frame& f, const Rect& rect);
void draw_charts(Frame& f, const Rect& rect);
void draw_decisions(Frame& f, const Rect& rect);
void draw_timeline(Frame& f, const Rect& rect);
void draw_help(Frame& f, const Rect& screen);

// The decision that is opened: the chosen one, or the latest up to now; -1 when there is none.
int64_t opened_decision(const Frame& f);
// Nodes that the opened decision read, with the age of the newest such reply.
struct NodeRead {
  int64_t node = -1;
  sim::Duration age{};
};
std::vector<NodeRead> nodes_read(const Frame& f);

// ---- numbers for people ----
std::string count_text(int64_t n);      // "12,034"
std::string bytes_text(int64_t bytes);  // "1.2 GB"
std::string rate_text(int64_t per_s);   // "812 MB/s"
std::string clock_text(sim::Time at);   // "0:12:03"

}  // namespace twin::viz
