// Pictures without a window and without an X server: EGL's surfaceless platform, a framebuffer
// object, whatever OpenGL there is (Mesa's software renderer in a container).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/expected.h"
#include "viz/view/dashboard.h"
#include "viz/view/live_desk.h"
#include "viz/view/stage.h"

namespace twin::viz {

struct Image {
  int width = 0, height = 0;
  std::vector<uint32_t> pixels;  // rows from the top; bytes red, green, blue, alpha
  uint32_t at(int x, int y) const {
    return pixels[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
  }
};

// Of the framebuffer that is bound.
Image read_framebuffer(int width, int height);
sim::Expected<void> write_png(const std::string& path, const Image& image);

class Offscreen {
 public:
  // The error says what is missing when there is no OpenGL 3.3.
  static sim::Expected<std::unique_ptr<Offscreen>> open(int width, int height, float scale);
  ~Offscreen();
  Offscreen(const Offscreen&) = delete;
  Offscreen& operator=(const Offscreen&) = delete;

  // One frame. `drawn`, when given, receives what stands where.
  Image draw(Dashboard& dashboard, std::vector<Drawn>* drawn = nullptr);
  Image draw(LiveDesk& desk, std::vector<Drawn>* drawn = nullptr);
  // The page of a message.
  Image draw_page(bool dark, const std::string& title, const std::string& what,
                  const std::string& hint);
  // A frame that is not read back: what a window costs.
  void draw_unread(Dashboard& dashboard);
  const std::string& renderer() const { return renderer_; }

 private:
  struct Gl;
  Offscreen() = default;
  Dashboard::Canvas begin(std::vector<Drawn>* drawn);

  std::unique_ptr<Gl> gl_;
  std::unique_ptr<Stage> stage_;
  int width_ = 0, height_ = 0;
  float scale_ = 1;
  std::string renderer_;
};

// Large screens get larger letters: 1 up to 1600x900, 2 at 4K.
float scale_for(int width, int height);

}  // namespace twin::viz
