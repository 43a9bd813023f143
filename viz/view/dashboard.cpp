#include "viz/view/dashboard.h"

#include <algorithm>
#include <cmath>

#include "viz/view/compare.h"
#include "viz/view/time_axis.h"

namespace twin::viz {

Dashboard::Dashboard(const Recording& recording) : replay(recording), recording_(recording) {
  whole_view(ui, recording);
}

Layout layout_for(float width, float height, float scale, size_t lanes, Panel shown) {
  const float header = std::round(48 * scale), margin = std::round(10 * scale);
  Layout at;
  at.header = {0, 0, width, header};
  const Rect body{margin, header + margin, width - 2 * margin, height - header - 2 * margin};
  Rect* const alone[] = {nullptr,    &at.cluster,   &at.partitions,
                         &at.charts, &at.decisions, &at.timeline};
  if (Rect* one = alone[static_cast<size_t>(shown)]; one != nullptr) {
    *one = body;
    return at;
  }
  // As tall as its lanes want to be, between a fifth and a third of the screen.
  const float wanted = (38 + 12 + 42 + 15 * static_cast<float>(lanes)) * scale;
  const float low = std::round(std::clamp(wanted, height * 0.19f, height * 0.34f));
  at.timeline = {body.x, body.bottom() - low, body.w, low};
  const float upper = body.h - low - margin;
  const float left = std::round(body.w * 0.39f), right = std::round(body.w * 0.31f);
  const float middle = body.w - left - right - 2 * margin;
  at.cluster = {body.x, body.y, left, upper};
  at.partitions = {body.x + left + margin, body.y, middle, upper};
  const float x = body.x + left + middle + 2 * margin;
  const float charts = std::round(upper * 0.54f);
  at.charts = {x, body.y, right, charts};
  at.decisions = {x, body.y + charts + margin, right, upper - charts - margin};
  return at;
}

namespace {

void message_line(Frame& f, const Rect& screen) {
  if (f.ui.message.empty() || f.clock_s > f.ui.message_until) return;
  const float width = width_of(f.fonts.body, f.ui.message) + f.px(32);
  const Rect rect{screen.x + (screen.w - width) / 2, screen.h - f.px(64), width, f.px(36)};
  f.draw->AddRectFilled(rect.low(), rect.high(), f.theme.raised, f.px(18));
  f.draw->AddRect(rect.low(), rect.high(), f.theme.accent, f.px(18));
  text(f, f.fonts.body, {rect.x, rect.y + (rect.h - f.fonts.body->FontSize) / 2}, f.theme.text,
       f.ui.message, rect.w, Align::centre);
}

}  // namespace

void Dashboard::compare_with(const Recording& other) {
  other_ = &other;
  other_replay_ = std::make_unique<Replay>(other);
  whole_view(ui, other.last > recording_.last ? other : recording_);
}

void Dashboard::draw_panels(Frame& f, const Rect& screen) {
  const Layout at = layout_for(screen.w, screen.h, f.scale, recording_.lanes.size(), ui.shown);
  draw_header(f, at.header);
  const auto panel = [&](const Rect& rect, void (*draw_panel)(Frame&, const Rect&)) {
    if (rect.w < 40 || rect.h < 40) return;
    f.draw->PushClipRect(rect.low(), rect.high(), true);
    draw_panel(f, rect);
    f.draw->PopClipRect();
  };
  panel(at.cluster, draw_cluster);
  panel(at.partitions, draw_partitions);
  panel(at.charts, draw_charts);
  panel(at.decisions, draw_decisions);
  panel(at.timeline, draw_timeline);
}

void Dashboard::draw_both(Frame& f, const Rect& screen) {
  const Layout at = layout_for(screen.w, screen.h, f.scale, 0, Panel::timeline);
  draw_header(f, at.header);
  const auto same = [&] { return std::min(replay.at(), other_->last); };
  other_replay_->seek(same());
  Frame beside{*other_,   *other_replay_, snapshot_, ui,        f.theme,       f.fonts,
               f.texture, f.draw,         f.scale,   f.clock_s, f.interactive, f.drawn};
  draw_comparison(f, beside, at.timeline);
  // Scrubbed on the other's timeline: both go there.
  if (other_replay_->at() != same()) replay.seek(other_replay_->at());
}

void Dashboard::draw(const Canvas& canvas) {
  if (snapshot_.version != replay.version()) {
    snapshot_.cells = cell_states(replay.cursor());
    snapshot_.counts = count_cells(snapshot_.cells);
    snapshot_.version = replay.version();
  }
  const Theme theme = theme_of(ui.dark);
  Frame f{recording_,   replay,         snapshot_,          ui,
          theme,        canvas.fonts,   canvas.texture,     ImGui::GetBackgroundDrawList(),
          canvas.scale, canvas.clock_s, canvas.interactive, canvas.drawn};
  const Rect screen{0, 0, canvas.width, canvas.height};
  if (other_ == nullptr) {
    draw_panels(f, screen);
  } else {
    draw_both(f, screen);
  }
  message_line(f, screen);
  if (ui.help) draw_help(f, screen);
}

void draw_message(const Dashboard::Canvas& canvas, const Theme& theme, const std::string& title,
                  const std::string& what, const std::string& hint) {
  ImDrawList* draw = ImGui::GetBackgroundDrawList();
  const float width = std::min(620 * canvas.scale, canvas.width - 48 * canvas.scale);
  const float x = (canvas.width - width) / 2;
  float y = canvas.height * 0.36f;
  const auto say = [&](ImFont* font, ImU32 colour, const std::string& line) {
    draw->AddText(font, font->FontSize, {x, y}, colour, line.data(), line.data() + line.size(),
                  width);
    y +=
        font->CalcTextSizeA(font->FontSize, 1e9f, width, line.data(), line.data() + line.size()).y +
        12 * canvas.scale;
    if (canvas.drawn != nullptr) canvas.drawn->push_back({line, {x, y, width, font->FontSize}});
  };
  say(canvas.fonts.title, theme.text, title);
  say(canvas.fonts.body, theme.dim, what);
  if (!hint.empty()) say(canvas.fonts.body, theme.accent, hint);
}

}  // namespace twin::viz
