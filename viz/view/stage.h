// What ImGui needs before a frame can be drawn, with or without a window: its context, fonts in the
// sizes of the scale, the OpenGL 3 backend. Needs a current OpenGL 3.3 context.
#pragma once

#include <memory>

#include "sim/expected.h"
#include "viz/view/frame.h"

namespace twin::viz {

class Stage {
 public:
  explicit Stage(float scale);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // What was drawn since ImGui::NewFrame, onto the current framebuffer, on a ground of one colour:
  // to clear is cheaper than to fill.
  void render(int width, int height, ImU32 ground);
  const Fonts& fonts() const { return fonts_; }
  CellTexture& texture() { return *texture_; }

 private:
  void load_fonts(float scale);

  Fonts fonts_;
  std::unique_ptr<CellTexture> texture_;
};

}  // namespace twin::viz
