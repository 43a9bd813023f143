// The help page, over everything else.
#include <algorithm>

#include "viz/view/commands.h"

namespace twin::viz {

void draw_help(Frame& f, const Rect& screen) {
  f.draw->AddRectFilled(screen.low(), screen.high(), faded(f.theme.background, 0.82f));
  const auto& all = all_commands();
  const size_t rows = (all.size() + 1) / 2;
  const float row = f.px(24), key = f.px(72);
  const float width = std::min(f.px(680), screen.w - f.px(32));
  const float height =
      std::min(f.px(38 + 24) + row * static_cast<float>(rows), screen.h - f.px(32));
  const Rect rect{screen.x + (screen.w - width) / 2, screen.y + (screen.h - height) / 2, width,
                  height};
  const Rect inner = card(f, rect, "Keys", "Esc closes");
  const float column = inner.w / 2;
  for (size_t i = 0; i < all.size(); ++i) {
    const float x = inner.x + column * static_cast<float>(i / rows);
    const float y = inner.y + row * static_cast<float>(i % rows);
    const Rect cap{x, y, std::max(f.px(24), width_of(f.fonts.small, all[i].key) + f.px(14)),
                   f.px(20)};
    f.draw->AddRectFilled(cap.low(), cap.high(), f.theme.raised, f.px(4));
    f.draw->AddRect(cap.low(), cap.high(), f.theme.border, f.px(4));
    text(f, f.fonts.small, {cap.x, cap.y + (cap.h - f.fonts.small->FontSize) / 2}, f.theme.text,
         all[i].key, cap.w, Align::centre);
    text(f, f.fonts.small, {x + key, y + (cap.h - f.fonts.small->FontSize) / 2}, f.theme.dim,
         all[i].what, column - key - f.px(10));
  }
}

}  // namespace twin::viz
