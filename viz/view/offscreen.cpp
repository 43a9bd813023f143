#include "viz/view/offscreen.h"

#define GL_GLEXT_PROTOTYPES
#include <algorithm>
#include <cmath>

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include <backends/imgui_impl_opengl3.h>

namespace twin::viz {

struct Offscreen::Gl {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  GLuint framebuffer = 0, colour = 0;

  ~Gl() {
    if (framebuffer != 0) glDeleteFramebuffers(1, &framebuffer);
    if (colour != 0) glDeleteRenderbuffers(1, &colour);
    if (display == EGL_NO_DISPLAY) return;
    eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (context != EGL_NO_CONTEXT) eglDestroyContext(display, context);
    eglTerminate(display);
  }

  bool make_context() {
    const auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
        eglGetProcAddress("eglGetPlatformDisplayEXT"));
    if (get_display == nullptr) return false;
    display = get_display(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
    EGLint major = 0, minor = 0;
    if (display == EGL_NO_DISPLAY || eglInitialize(display, &major, &minor) != EGL_TRUE) {
      return false;
    }
    if (eglBindAPI(EGL_OPENGL_API) != EGL_TRUE) return false;
    const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT,
                             EGL_NONE};
    EGLConfig config = nullptr;
    EGLint found = 0;
    if (eglChooseConfig(display, wanted, &config, 1, &found) != EGL_TRUE || found == 0) {
      return false;
    }
    const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                              3,
                              EGL_CONTEXT_MINOR_VERSION,
                              3,
                              EGL_CONTEXT_OPENGL_PROFILE_MASK,
                              EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                              EGL_NONE};
    context = eglCreateContext(display, config, EGL_NO_CONTEXT, version);
    return context != EGL_NO_CONTEXT &&
           eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context) == EGL_TRUE;
  }

  bool make_framebuffer(int width, int height) {
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glGenRenderbuffers(1, &colour);
    glBindRenderbuffer(GL_RENDERBUFFER, colour);
    glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, colour);
    return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
  }
};

float scale_for(int width, int height) {
  const float fit = std::min(static_cast<float>(width) / 1600, static_cast<float>(height) / 900);
  return std::max(1.0f, std::round(fit * 4) / 4);
}

sim::Expected<std::unique_ptr<Offscreen>> Offscreen::open(int width, int height, float scale) {
  std::unique_ptr<Offscreen> made(new Offscreen());
  made->gl_ = std::make_unique<Gl>();
  if (!made->gl_->make_context()) {
    return sim::Error{"", "there is no OpenGL 3.3 to draw with",
                      "install Mesa's software renderer: libegl1, libgl1-mesa-dri"};
  }
  if (!made->gl_->make_framebuffer(width, height)) {
    return sim::Error{
        "--size",
        std::to_string(width) + "x" + std::to_string(height) + " is more than this OpenGL can draw",
        "choose a smaller size"};
  }
  const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  made->renderer_ = name == nullptr ? "" : name;
  made->width_ = width;
  made->height_ = height;
  made->scale_ = scale;
  made->stage_ = std::make_unique<Stage>(scale);
  return made;
}

Offscreen::~Offscreen() { stage_.reset(); }

Dashboard::Canvas Offscreen::begin(std::vector<Drawn>* drawn) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(width_), static_cast<float>(height_)};
  io.DeltaTime = 1.0f / 60;
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  return {stage_->fonts(),
          stage_->texture(),
          static_cast<float>(width_),
          static_cast<float>(height_),
          scale_,
          0,
          false,
          drawn};
}

Image Offscreen::draw(Dashboard& dashboard, std::vector<Drawn>* drawn) {
  dashboard.draw(begin(drawn));
  stage_->render(width_, height_, theme_of(dashboard.ui.dark).background);
  return read_framebuffer(width_, height_);
}

Image Offscreen::draw(LiveDesk& desk, std::vector<Drawn>* drawn) {
  desk.draw(begin(drawn));
  stage_->render(width_, height_, theme_of(desk.dashboard().ui.dark).background);
  return read_framebuffer(width_, height_);
}

void Offscreen::draw_unread(Dashboard& dashboard) {
  dashboard.draw(begin(nullptr));
  stage_->render(width_, height_, theme_of(dashboard.ui.dark).background);
  glFinish();
}

Image Offscreen::draw_page(bool dark, const std::string& title, const std::string& what,
                           const std::string& hint) {
  draw_message(begin(nullptr), theme_of(dark), title, what, hint);
  stage_->render(width_, height_, theme_of(dark).background);
  return read_framebuffer(width_, height_);
}

// OpenGL's rows begin at the bottom.
Image read_framebuffer(int width, int height) {
  Image image{width, height, {}};
  const auto row = static_cast<size_t>(width);
  image.pixels.resize(row * static_cast<size_t>(height));
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, image.pixels.data());
  for (size_t y = 0; y < static_cast<size_t>(height) / 2; ++y) {
    std::swap_ranges(image.pixels.begin() + static_cast<std::ptrdiff_t>(y * row),
                     image.pixels.begin() + static_cast<std::ptrdiff_t>((y + 1) * row),
                     image.pixels.end() - static_cast<std::ptrdiff_t>((y + 1) * row));
  }
  for (uint32_t& pixel : image.pixels) pixel |= 0xff000000u;
  return image;
}

}  // namespace twin::viz
