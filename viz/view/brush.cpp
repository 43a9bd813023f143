// Text, cards, pills: the few shapes of which every panel is made.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "viz/view/frame.h"

namespace twin::viz {

float width_of(const ImFont* font, std::string_view what) {
  return font->CalcTextSizeA(font->FontSize, 1e9f, 0, what.data(), what.data() + what.size()).x;
}

namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

// The longest beginning that fits, at a boundary of UTF-8.
size_t fitting(const ImFont* font, std::string_view what, float width) {
  size_t low = 0, high = what.size();
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    if (width_of(font, what.substr(0, middle)) <= width) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  while (low > 0 && low < what.size() && (static_cast<unsigned char>(what[low]) & 0xc0) == 0x80) {
    --low;
  }
  return low;
}

std::vector<std::string> lines_of(const ImFont* font, std::string_view what, float width,
                                  int most) {
  std::vector<std::string> lines;
  while (!what.empty()) {
    if (static_cast<int>(lines.size()) == most) {
      // What is left does not fit: the last line says so.
      std::string& last = lines.back();
      const float room = width - width_of(font, kEllipsis);
      last = last.substr(0, fitting(font, last, room)) + std::string(kEllipsis);
      break;
    }
    size_t cut = fitting(font, what, width);
    if (cut < what.size()) {
      const size_t blank = what.rfind(' ', cut);
      if (blank != what.npos && blank > 0) cut = blank;
    }
    cut = std::max<size_t>(cut, 1);
    lines.emplace_back(what.substr(0, cut));
    what.remove_prefix(cut);
    while (what.starts_with(' ')) what.remove_prefix(1);
  }
  return lines;
}

float line_height(const ImFont* font) { return std::round(font->FontSize * 1.28f); }

}  // namespace

float text(Frame& f, ImFont* font, ImVec2 at, ImU32 colour, std::string_view what, float width,
           Align align) {
  if (width <= 0) return 0;
  std::string shown(what);
  float taken = width_of(font, shown);
  if (taken > width) {
    const float room = width - width_of(font, kEllipsis);
    shown = room <= 0 ? std::string()
                      : shown.substr(0, fitting(font, shown, room)) + std::string(kEllipsis);
    taken = width_of(font, shown);
  }
  if (shown.empty()) return 0;
  if (align == Align::centre) at.x += (std::min(width, 1e8f) - taken) / 2;
  if (align == Align::right) at.x += width - taken;
  at.x = std::round(at.x);
  at.y = std::round(at.y);
  f.draw->AddText(font, font->FontSize, at, colour, shown.data(), shown.data() + shown.size());
  f.note(shown, {at.x, at.y, taken, font->FontSize});
  return taken;
}

float paragraph_height(ImFont* font, std::string_view what, float width, int lines) {
  return static_cast<float>(lines_of(font, what, width, lines).size()) * line_height(font);
}

float paragraph(Frame& f, ImFont* font, ImVec2 at, ImU32 colour, std::string_view what, float width,
                int lines) {
  const float begin = at.y;
  for (const std::string& line : lines_of(font, what, width, lines)) {
    text(f, font, at, colour, line, width + 2);
    at.y += line_height(font);
  }
  return at.y - begin;
}

Rect card(Frame& f, const Rect& rect, std::string_view title, std::string_view subtitle) {
  const float radius = f.px(8);
  f.draw->AddRectFilled(rect.low(), rect.high(), f.theme.card, radius);
  f.draw->AddRect(rect.low(), rect.high(), f.theme.border, radius, 0, 1);
  const float pad = f.px(14), top = rect.y + f.px(11);
  const float title_width = width_of(f.fonts.strong, title);
  text(f, f.fonts.strong, {rect.x + pad, top}, f.theme.text, title, rect.w - 2 * pad);
  const float room = rect.w - 2 * pad - title_width - f.px(12);
  text(f, f.fonts.small, {rect.right() - pad - std::max(room, 0.0f), top + f.px(2)}, f.theme.dim,
       subtitle, room, Align::right);
  const float head = f.px(38);
  return {rect.x + pad, rect.y + head, rect.w - 2 * pad, rect.h - head - f.px(12)};
}

float pill(Frame& f, ImVec2 at, ImU32 colour, std::string_view label, bool lit) {
  const float height = f.px(24), pad = f.px(10), dot = f.px(3.5f);
  const float width = width_of(f.fonts.small, label) + 2 * pad + 3 * dot;
  const Rect rect{at.x, at.y, width, height};
  f.draw->AddRectFilled(rect.low(), rect.high(), lit ? faded(colour, 0.16f) : f.theme.raised,
                        height / 2);
  f.draw->AddRect(rect.low(), rect.high(), lit ? faded(colour, 0.7f) : f.theme.border, height / 2);
  f.draw->AddCircleFilled({at.x + pad + dot, at.y + height / 2}, dot, lit ? colour : f.theme.faint,
                          16);
  text(f, f.fonts.small, {at.x + pad + 3 * dot, at.y + (height - f.fonts.small->FontSize) / 2},
       lit ? f.theme.text : f.theme.dim, label);
  return width;
}

void tooltip(Frame& f, const std::vector<std::string>& lines) {
  const float pad = f.px(10), step = line_height(f.fonts.small) + f.px(1);
  float width = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    width = std::max(width, width_of(i == 0 ? f.fonts.body : f.fonts.small, lines[i]));
  }
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  Rect rect{f.mouse().x + f.px(14), f.mouse().y + f.px(14), width + 2 * pad,
            step * static_cast<float>(lines.size()) + 2 * pad - f.px(4)};
  rect.x = std::max(f.px(4), std::min(rect.x, screen.x - rect.w - f.px(4)));
  if (rect.bottom() > screen.y - f.px(4)) rect.y = f.mouse().y - rect.h - f.px(8);
  ImDrawList* panel = f.draw;
  f.draw = ImGui::GetForegroundDrawList();
  f.draw->AddRectFilled(rect.low(), rect.high(), f.theme.raised, f.px(6));
  f.draw->AddRect(rect.low(), rect.high(), f.theme.faint, f.px(6));
  float y = rect.y + pad;
  for (size_t i = 0; i < lines.size(); ++i, y += step) {
    text(f, i == 0 ? f.fonts.body : f.fonts.small, {rect.x + pad, y - (i == 0 ? f.px(2) : 0)},
         i == 0 ? f.theme.text : f.theme.dim, lines[i]);
  }
  f.draw = panel;
}

std::string count_text(int64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > (n < 0 ? 1 : 0); at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string bytes_text(int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return unit == 0 || value >= 99.5 ? fmt::format("{:.0f} {}", value, kUnits[unit])
                                    : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string rate_text(int64_t per_s) { return bytes_text(per_s) + "/s"; }

std::string clock_text(sim::Time at) {
  const int64_t s = at.ns / 1'000'000'000;
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace twin::viz
