// The run from end to end: a lane for each operator, controller and broker, its states as spans;
// above them marks for faults, steps, violations and decisions; the playhead.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "viz/view/compare.h"
#include "viz/view/frame.h"
#include "viz/view/time_axis.h"

namespace twin::viz {

namespace {

class Timeline {
 public:
  Timeline(Frame& f, const Rect& inner) : f_(f), inner_(inner) {
    const float label = f.px(96), marks = f.px(22), axis = f.px(20);
    lanes_ = {std::round(inner.x + label), std::round(inner.y + marks), std::floor(inner.w - label),
              std::floor(inner.h - marks - axis)};
    const auto n = std::max<size_t>(f.recording.lanes.size(), 1);
    row_ = std::min(lanes_.h / static_cast<float>(n), f.px(22));
    if (row_ > 3) row_ = std::floor(row_);
    lanes_.h = std::min(lanes_.h, row_ * static_cast<float>(n));
  }

  void draw() {
    mouse();
    axis();
    f_.draw->PushClipRect(lanes_.low(), lanes_.high(), true);
    for (size_t i = 0; i < f_.recording.lanes.size(); ++i) lane(i);
    f_.draw->PopClipRect();
    labels();
    future();
    marks();
    playhead();
    hover();
  }

 private:
  float x_of(sim::Time at) const {
    const auto span = static_cast<double>((f_.ui.view_end - f_.ui.view_begin).ns);
    return lanes_.x +
           lanes_.w * static_cast<float>(static_cast<double>((at - f_.ui.view_begin).ns) / span);
  }
  sim::Time time_at(float x) const {
    const auto span = static_cast<double>((f_.ui.view_end - f_.ui.view_begin).ns);
    const auto ns = static_cast<int64_t>(static_cast<double>((x - lanes_.x) / lanes_.w) * span);
    return sim::Time{std::clamp<int64_t>(f_.ui.view_begin.ns + ns, 0, f_.recording.last.ns)};
  }
  Rect row(size_t index) const {
    const float gap = row_ >= 8 ? f_.px(2) : row_ >= 4 ? 1 : 0;
    return {lanes_.x, lanes_.y + row_ * static_cast<float>(index), lanes_.w, row_ - gap};
  }

  void mouse() {
    const Rect area{lanes_.x, inner_.y, lanes_.w, inner_.h};
    if (!f_.interactive || f_.ui.help) return;
    const ImGuiIO& io = ImGui::GetIO();
    if (f_.hovered(area) && io.MouseWheel != 0) {
      zoom_view(f_.ui, f_.recording, time_at(io.MousePos.x), io.MouseWheel > 0 ? 0.8 : 1.25);
    }
    if (f_.hovered(area) && io.MouseWheelH != 0) {
      pan_view(f_.ui, f_.recording, -io.MouseWheelH * 0.05);
    }
    const bool began_here = area.holds(io.MouseClickedPos[0]);
    if (ImGui::IsMouseDown(0) && began_here) {
      f_.replay.seek(time_at(io.MousePos.x));
      f_.ui.playing = false;
    }
    if (ImGui::IsMouseDragging(1, 1) && area.holds(io.MouseClickedPos[1])) {
      pan_view(f_.ui, f_.recording, -static_cast<double>(io.MouseDelta.x / lanes_.w));
    }
  }

  void axis() {
    const float y = lanes_.bottom() + f_.px(4);
    const double px_s = static_cast<double>(lanes_.w) * 1e9 /
                        static_cast<double>((f_.ui.view_end - f_.ui.view_begin).ns);
    const int64_t step = tick_step_ns(static_cast<double>(f_.px(90)) / px_s);
    const int64_t first = (f_.ui.view_begin.ns + step - 1) / step * step;
    for (int64_t at = first; at <= f_.ui.view_end.ns; at += step) {
      const float x = std::round(x_of(sim::Time{at})) + 0.5f;
      f_.draw->AddLine({x, lanes_.y}, {x, lanes_.bottom() + f_.px(3)},
                       faded(f_.theme.border, 0.8f));
      const std::string label = tick_text(at, step);
      const float width = width_of(f_.fonts.small, label);
      const float left = std::clamp(x - width / 2, lanes_.x, inner_.right() - width);
      text(f_, f_.fonts.small, {left, y}, f_.theme.dim, label);
    }
  }

  // Spans shorter than a pixel are drawn a pixel wide, the worst of them last.
  void lane(size_t index) {
    const Lane& lane = f_.recording.lanes[index];
    const Rect r = row(index);
    const auto visible = [&](const Span& s) { return s.end <= f_.ui.view_begin; };
    auto it = std::partition_point(lane.spans.begin(), lane.spans.end(), visible);
    for (; it != lane.spans.end() && it->begin < f_.ui.view_end; ++it) {
      if (it->state == trace::NodeState::no_pod) {
        if (lane.kind == Lane::Kind::operator_) gap(r, *it);
        continue;
      }
      const float x0 = x_of(it->begin), x1 = std::max(x_of(it->end), x0 + 1);
      if (x0 < last_x_ - 0.5f && it->state == trace::NodeState::serving && x1 < last_x_) continue;
      const Rect span{x0, r.y, x1 - x0, r.h};
      f_.note(fmt::format("span {} {}", lane.name, trace::node_state_name(it->state)), span);
      f_.draw->AddRectFilled(span.low(), span.high(), f_.theme.of(it->state),
                             std::min(f_.px(2), span.w / 3));
    }
    last_x_ = -1;
    if (row_ < f_.px(6)) return;
    for (const Span& lead : lane.leading) {
      const float x0 = x_of(lead.begin), x1 = x_of(lead.end);
      if (x1 < lanes_.x || x0 > lanes_.right()) continue;
      f_.draw->AddLine({x0, r.bottom() - 1}, {x1, r.bottom() - 1}, f_.theme.accent, f_.px(2));
    }
  }

  void gap(const Rect& r, const Span& span) {
    const float y = std::round(r.y + r.h / 2) + 0.5f;
    f_.draw->AddLine({x_of(span.begin), y}, {x_of(span.end), y}, f_.theme.bad, f_.px(1));
  }

  // Every lane's name where there is room, else some of them.
  void labels() {
    const float need = f_.fonts.small->FontSize + 1;
    const auto every = static_cast<size_t>(std::max(1.0f, std::ceil(need / row_)));
    for (size_t i = 0; i < f_.recording.lanes.size(); i += every) {
      const Rect r = row(i);
      const Lane& lane = f_.recording.lanes[i];
      const bool pinned = lane.kind != Lane::Kind::operator_ && lane.id == f_.ui.pinned_node;
      const float room = lanes_.x - inner_.x - f_.px(10);
      const std::string longer = "operator " + lane.name;
      const bool fits = width_of(f_.fonts.small, longer) <= room;
      const std::string& name = lane.kind == Lane::Kind::operator_ && fits ? longer : lane.name;
      text(
          f_, f_.fonts.small,
          {inner_.x,
           r.y + (std::min(row_ * static_cast<float>(every), row_) - f_.fonts.small->FontSize) / 2 -
               (row_ >= 8 ? f_.px(1) : 0)},
          pinned ? f_.theme.accent : f_.theme.dim, name, room);
    }
  }

  void future() {
    const float x = std::clamp(x_of(f_.now()), lanes_.x, lanes_.right());
    f_.draw->AddRectFilled({x, lanes_.y}, lanes_.high(), f_.theme.shade);
  }

  void marks() {
    const float y = inner_.y + f_.px(10);
    for (const Decision& made : f_.recording.decisions) {
      if (made.at < f_.ui.view_begin || made.at > f_.ui.view_end) continue;
      const float x = std::round(x_of(made.at)) + 0.5f;
      f_.draw->AddLine({x, y + f_.px(4)}, {x, lanes_.y - f_.px(2)}, faded(f_.theme.dim, 0.7f));
    }
    for (const Marker& marker : f_.recording.markers) {
      if (marker.at < f_.ui.view_begin || marker.at > f_.ui.view_end) continue;
      glyph(marker, {std::round(x_of(marker.at)), y - f_.px(3)});
    }
    for (const sim::Time at : f_.ui.bookmarks) {
      const float x = std::round(x_of(at));
      if (x < lanes_.x || x > lanes_.right()) continue;
      f_.draw->AddTriangleFilled({x - f_.px(5), y - f_.px(10)}, {x + f_.px(5), y - f_.px(10)},
                                 {x, y - f_.px(3)}, f_.theme.good);
    }
  }

  // Faults are triangles, steps diamonds, what went wrong crosses: told apart without colour.
  void glyph(const Marker& marker, ImVec2 at) {
    const ImU32 colour = f_.theme.of(marker.kind);
    const float s = f_.px(5);
    switch (marker.kind) {
      case Marker::Kind::fault:
      case Marker::Kind::machine:
        f_.draw->AddTriangleFilled({at.x, at.y - s}, {at.x - s, at.y + s * 0.8f},
                                   {at.x + s, at.y + s * 0.8f}, colour);
        break;
      case Marker::Kind::healed:
        f_.draw->AddCircle(at, s * 0.8f, colour, 12, f_.px(1.6f));
        break;
      case Marker::Kind::violation:
      case Marker::Kind::loss:
      case Marker::Kind::unlucky:
        f_.draw->AddLine({at.x - s, at.y - s}, {at.x + s, at.y + s}, colour, f_.px(2.2f));
        f_.draw->AddLine({at.x - s, at.y + s}, {at.x + s, at.y - s}, colour, f_.px(2.2f));
        break;
      default:
        f_.draw->AddQuadFilled({at.x, at.y - s}, {at.x + s, at.y}, {at.x, at.y + s},
                               {at.x - s, at.y}, colour);
        break;
    }
    const Rect where{at.x - s, at.y - s, 2 * s, 2 * s};
    f_.note("mark " + marker.text, where);
    if (!f_.hovered({where.x - 2, where.y - 2, where.w + 4, where.h + 4})) return;
    tooltip(f_, {marker.text, sim::format_clock(marker.at)});
  }

  void playhead() {
    const float x = std::round(x_of(f_.now())) + 0.5f;
    if (x < lanes_.x - 1 || x > lanes_.right() + 1) return;
    f_.draw->AddLine({x, lanes_.y - f_.px(6)}, {x, lanes_.bottom()}, f_.theme.text, f_.px(1.5f));
    f_.draw->AddTriangleFilled({x - f_.px(6), lanes_.y - f_.px(11)},
                               {x + f_.px(6), lanes_.y - f_.px(11)}, {x, lanes_.y - f_.px(2)},
                               f_.theme.text);
    f_.note("playhead", {x - 1, lanes_.y, 2, lanes_.h});
  }

  void hover() {
    if (!f_.hovered(lanes_) || ImGui::IsMouseDown(0)) return;
    const auto index = static_cast<size_t>((f_.mouse().y - lanes_.y) / row_);
    if (index >= f_.recording.lanes.size()) return;
    const Lane& lane = f_.recording.lanes[index];
    const sim::Time at = time_at(f_.mouse().x);
    for (const Span& span : lane.spans) {
      if (at < span.begin || at >= span.end) continue;
      tooltip(f_, {fmt::format("{}, {}", lane.name, trace::node_state_name(span.state)),
                   fmt::format("{} to {}, {}", sim::format_clock(span.begin),
                               sim::format_clock(span.end),
                               sim::format_duration(span.end - span.begin))});
    }
  }

  Frame& f_;
  Rect inner_;
  Rect lanes_;
  float row_ = 0;
  float last_x_ = -1;
};

// States that lanes show, as a legend in the card's head.
void legend(Frame& f, const Rect& rect) {
  constexpr std::array kShown{trace::NodeState::serving,      trace::NodeState::shutting_down,
                              trace::NodeState::waiting,      trace::NodeState::starting,
                              trace::NodeState::loading_logs, trace::NodeState::catching_up,
                              trace::NodeState::fenced,       trace::NodeState::crashed};
  float x = rect.x;
  for (const trace::NodeState state : kShown) {
    const auto name = trace::node_state_name(state);
    const float width = f.px(16) + width_of(f.fonts.small, name) + f.px(14);
    if (x + width > rect.right()) return;
    f.draw->AddRectFilled({x, rect.y + f.px(2)}, {x + f.px(10), rect.y + f.px(12)},
                          f.theme.of(state), f.px(2));
    text(f, f.fonts.small, {x + f.px(16), rect.y}, f.theme.dim, name);
    x += width;
  }
}

}  // namespace

void draw_timeline(Frame& f, const Rect& rect) { draw_timeline_of(f, rect, "Timeline"); }

void draw_timeline_of(Frame& f, const Rect& rect, std::string_view title) {
  const std::string speed = f.ui.playing ? fmt::format("playing {:g}x", f.ui.speed)
                                         : fmt::format("paused, {:g}x", f.ui.speed);
  const std::string right = f.interactive ? speed + "   space plays, ? help" : "";
  const std::string clock = sim::format_clock(f.now());
  const Rect inner = card(f, rect, title, right);
  float x = rect.x + f.px(14) + width_of(f.fonts.strong, title) + f.px(14);
  x += text(f, f.fonts.strong, {x, rect.y + f.px(11)}, f.theme.accent, clock) + f.px(24);
  const float end = rect.right() - f.px(28) - width_of(f.fonts.small, right);
  legend(f, {x, rect.y + f.px(12), end - x, f.px(16)});
  Timeline(f, {inner.x, inner.y - f.px(4), inner.w, inner.h + f.px(8)}).draw();
}

}  // namespace twin::viz
