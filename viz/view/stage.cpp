#include "viz/view/stage.h"

#define GL_GLEXT_PROTOTYPES
#include <cmath>
#include <filesystem>

#include <GL/gl.h>
#include <GL/glext.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui_freetype.h>

namespace twin::viz {

namespace {

// Debian's fonts. Roboto has no arrows and stars, DejaVu has: merged into each size.
constexpr const char* kRegular[] = {
    "/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"};
constexpr const char* kMedium[] = {
    "/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Medium.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"};
constexpr const char* kSymbols = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

const char* present(const char* const (&paths)[2]) {
  for (const char* path : paths) {
    if (std::filesystem::exists(path)) return path;
  }
  return nullptr;
}

ImFont* load(const char* path, float pixels) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  if (path == nullptr) {
    ImFontConfig config;
    config.SizePixels = pixels;
    return atlas.AddFontDefault(&config);
  }
  static const ImWchar kText[] = {0x20, 0xff, 0x2010, 0x2027, 0};
  ImFont* font = atlas.AddFontFromFileTTF(path, pixels, nullptr, kText);
  if (std::filesystem::exists(kSymbols)) {
    static const ImWchar kMerged[] = {0x2190, 0x21ff, 0x25a0, 0x25ff, 0x2600, 0x26ff, 0};
    ImFontConfig merge;
    merge.MergeMode = true;
    atlas.AddFontFromFileTTF(kSymbols, pixels * 0.9f, &merge, kMerged);
  }
  return font;
}

class GlCellTexture : public CellTexture {
 public:
  ~GlCellTexture() override {
    if (id_ != 0) glDeleteTextures(1, &id_);
  }
  ImTextureID update(std::span<const uint32_t> pixels, int width, int height) override {
    if (id_ == 0) glGenTextures(1, &id_);
    glBindTexture(GL_TEXTURE_2D, id_);
    if (width != width_ || height != height_) {
      glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
      glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
      glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
      glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
      glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                   pixels.data());
      width_ = width;
      height_ = height;
    } else {
      glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE,
                      pixels.data());
    }
    return reinterpret_cast<ImTextureID>(static_cast<uintptr_t>(id_));
  }

 private:
  GLuint id_ = 0;
  int width_ = 0, height_ = 0;
};

}  // namespace

Stage::Stage(float scale) : texture_(std::make_unique<GlCellTexture>()) {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;  // what is remembered is ours (settings.h)
  ImGui::GetStyle().AntiAliasedLinesUseTex = true;
  load_fonts(scale);
  ImGui_ImplOpenGL3_Init("#version 330 core");
}

Stage::~Stage() {
  texture_.reset();
  ImGui_ImplOpenGL3_Shutdown();
  ImGui::DestroyContext();
}

void Stage::load_fonts(float scale) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  const char* regular = present(kRegular);
  const char* medium = present(kMedium);
  fonts_.small = load(regular, std::round(13 * scale));
  fonts_.body = load(regular, std::round(15 * scale));
  fonts_.strong = load(medium, std::round(14 * scale));
  fonts_.title = load(medium, std::round(20 * scale));
}

void Stage::render(int width, int height, ImU32 ground) {
  ImGui::Render();
  glViewport(0, 0, width, height);
  const ImVec4 clear = ImGui::ColorConvertU32ToFloat4(ground);
  glClearColor(clear.x, clear.y, clear.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

}  // namespace twin::viz
