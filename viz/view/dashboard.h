// One frame of the whole viewer: panels laid out for the size at hand.
#pragma once

#include <memory>
#include <string>

#include "viz/view/frame.h"

namespace twin::viz {

// The viewer without a window: a recording, where one is in it, what the user chose.
class Dashboard {
 public:
  // REQUIRES: the recording outlives it.
  explicit Dashboard(const Recording& recording);

  // Shows this run beside it from now on, on the same clock. REQUIRES: it outlives the dashboard.
  void compare_with(const Recording& other);

  // Draws into ImGui's current frame.
  struct Canvas {
    Fonts fonts;
    CellTexture& texture;
    float width = 0, height = 0;
    float scale = 1;
    double clock_s = 0;
    bool interactive = false;
    std::vector<Drawn>* drawn = nullptr;
  };
  void draw(const Canvas& canvas);

  Replay replay;
  UiState ui;

 private:
  void draw_panels(Frame& f, const Rect& screen);
  void draw_both(Frame& f, const Rect& screen);

  const Recording& recording_;
  Snapshot snapshot_;
  const Recording* other_ = nullptr;
  std::unique_ptr<Replay> other_replay_;
};

// Where each panel stands on a screen of that size. A panel that is shown alone has all of it.
struct Layout {
  Rect header, cluster, partitions, charts, decisions, timeline;
};
Layout layout_for(float width, float height, float scale, size_t lanes, Panel shown);

// A page with one message, instead of a dashboard: no trace, a damaged one, none yet.
void draw_message(const Dashboard::Canvas& canvas, const Theme& theme, const std::string& title,
                  const std::string& what, const std::string& hint);

}  // namespace twin::viz
