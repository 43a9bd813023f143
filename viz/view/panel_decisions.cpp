// The operator's log, the latest first. The opened decision shows what it rests on: which calls,
// what they answered, how old that was.
#include <algorithm>

#include <fmt/format.h>

#include "model/trace/records.h"
#include "viz/view/frame.h"

namespace twin::viz {

namespace {

std::string kind_of(const Decision& made) {
  static const trace::RecordInfo* const info =
      trace::record_info(static_cast<uint16_t>(trace::RecordType::DecisionMade));
  std::string name(info->fields[1].enum_name(made.kind));
  std::ranges::replace(name, '_', ' ');
  return name;
}

ImU32 colour_of(const Frame& f, const std::string& kind) {
  if (kind == "restart" || kind == "upgrade phase") return f.theme.accent;
  if (kind == "wait") return f.theme.warning;
  if (kind == "refuse" || kind == "give up") return f.theme.bad;
  if (kind == "reconcile" || kind == "note" || kind == "skip") return f.theme.dim;
  return f.theme.good;
}

int64_t decided_until(const Frame& f) {
  const auto& all = f.recording.decisions;
  const auto it = std::partition_point(all.begin(), all.end(),
                                       [&](const Decision& d) { return d.at <= f.now(); });
  return it - all.begin();
}

std::string cite_text(const Frame& f, const Call& call, const Decision& made) {
  std::string line = call.what;
  if (!call.name.empty()) line += " " + call.name;
  if (call.node >= 0 && call.name.empty()) line += " at " + f.recording.names.node(call.node);
  line += ": " + call.outcome;
  if (call.replied) line += ", " + sim::format_duration(made.at - call.as_of) + " old";
  return line;
}

class DecisionRow {
 public:
  DecisionRow(Frame& f, int64_t index, bool opened)
      : f_(f),
        made_(f.recording.decisions[static_cast<size_t>(index)]),
        index_(index),
        opened_(opened),
        kind_(kind_of(made_)) {}

  float height(float width) const {
    float h = f_.px(20) + reason_height(width) + f_.px(10);
    if (opened_) h += cites_height(width) + f_.px(6);
    return h;
  }

  void draw(const Rect& rect) {
    if (opened_) {
      f_.draw->AddRectFilled({rect.x - f_.px(6), rect.y}, {rect.right() + f_.px(6), rect.bottom()},
                             f_.theme.raised, f_.px(6));
    }
    const ImU32 colour = colour_of(f_, kind_);
    f_.draw->AddRectFilled({rect.x, rect.y + f_.px(6)},
                           {rect.x + f_.px(3), rect.bottom() - f_.px(8)}, colour, f_.px(2));
    const float left = rect.x + f_.px(11), width = rect.w - f_.px(11);
    const float y = rect.y + f_.px(5);
    const std::string clock = sim::format_clock(made_.at);
    const float clock_width = width_of(f_.fonts.small, clock) + f_.px(10);
    const std::string about = made_.subject.empty() ? kind_ : kind_ + " " + made_.subject;
    text(f_, f_.fonts.strong, {left, y - f_.px(1)}, f_.theme.text, about, width - clock_width);
    text(f_, f_.fonts.small, {left, y}, f_.theme.dim, clock, width, Align::right);
    float at = y + f_.px(18);
    at += paragraph(f_, f_.fonts.small, {left, at}, opened_ ? f_.theme.text : f_.theme.dim,
                    reason(), width, opened_ ? 6 : 2);
    if (opened_) cites(left, at + f_.px(4), width);
    if (f_.clicked(rect)) {
      f_.ui.decision = f_.ui.decision == index_ ? -1 : index_;
      f_.ui.pinned_node = -1;
    }
  }

 private:
  std::string reason() const {
    return made_.code.empty() ? made_.reason : fmt::format("{}  [{}]", made_.reason, made_.code);
  }
  float reason_height(float width) const {
    return paragraph_height(f_.fonts.small, reason(), width - f_.px(11), opened_ ? 6 : 2);
  }
  std::vector<std::string> cite_lines() const {
    constexpr size_t kShown = 6;
    std::vector<std::string> lines;
    for (const int64_t id : made_.cites) {
      const auto call = f_.recording.calls.find(id);
      if (call == f_.recording.calls.end()) continue;
      if (lines.size() == kShown) {
        lines.push_back(fmt::format("and {} more", made_.cites.size() - kShown));
        break;
      }
      lines.push_back(cite_text(f_, call->second, made_));
    }
    return lines;
  }
  float cites_height(float) const {
    const auto lines = cite_lines();
    return lines.empty() ? f_.px(18) : f_.px(18) * static_cast<float>(lines.size() + 1);
  }
  void cites(float left, float y, float width) {
    const auto lines = cite_lines();
    text(f_, f_.fonts.small, {left, y}, f_.theme.accent,
         lines.empty() ? "rests on nothing that was read" : "rests on", width);
    for (const std::string& line : lines) {
      y += f_.px(18);
      f_.draw->AddCircleFilled({left + f_.px(3), y + f_.px(8)}, f_.px(2), f_.theme.accent, 8);
      text(f_, f_.fonts.small, {left + f_.px(11), y}, f_.theme.dim, line, width - f_.px(11));
    }
  }

  Frame& f_;
  const Decision& made_;
  int64_t index_;
  bool opened_;
  std::string kind_;
};

}  // namespace

int64_t opened_decision(const Frame& f) {
  const int64_t until = decided_until(f);
  if (f.ui.decision >= 0 && f.ui.decision < until) return f.ui.decision;
  return until - 1;
}

std::vector<NodeRead> nodes_read(const Frame& f) {
  std::vector<NodeRead> read;
  // Without a choice nothing lights up: the newest decision would make the cluster flicker.
  if (f.ui.decision < 0) return read;
  const int64_t opened = opened_decision(f);
  if (opened < 0) return read;
  const Decision& made = f.recording.decisions[static_cast<size_t>(opened)];
  const auto add = [&](int64_t node, sim::Duration age) {
    const auto it = std::ranges::find(read, node, &NodeRead::node);
    if (it == read.end()) {
      read.push_back({node, age});
    } else {
      it->age = std::min(it->age, age);
    }
  };
  for (const int64_t id : made.cites) {
    const auto call = f.recording.calls.find(id);
    if (call == f.recording.calls.end() || !call->second.replied) continue;
    const sim::Duration age = made.at - call->second.as_of;
    if (call->second.node >= 0) {
      add(call->second.node, age);
    } else if (call->second.what == "list Pod") {
      for (const auto& [node, view] : f.cursor().nodes()) add(node, age);
    }
  }
  return read;
}

void draw_decisions(Frame& f, const Rect& rect) {
  const int64_t until = decided_until(f);
  const auto all = static_cast<int64_t>(f.recording.decisions.size());
  const Rect inner = card(f, rect, "Decisions", fmt::format("{} of {}", until, all));
  if (until == 0) {
    text(f, f.fonts.body, {inner.x, inner.y + inner.h / 2}, f.theme.dim,
         all == 0 ? "No operator decided anything in this run" : "Nothing is decided yet", inner.w,
         Align::centre);
    return;
  }
  if (f.hovered(rect)) {
    f.ui.decision_scroll -= ImGui::GetIO().MouseWheel * f.px(40);
  }
  const int64_t opened = opened_decision(f);
  f.draw->PushClipRect({inner.x - f.px(8), inner.y}, {inner.right() + f.px(8), inner.bottom()},
                       true);
  f.ui.decision_scroll = std::max(f.ui.decision_scroll, 0.0f);
  float y = inner.y - f.ui.decision_scroll;
  for (int64_t i = until - 1; i >= 0 && y < inner.bottom(); --i) {
    DecisionRow row(f, i, i == opened);
    const float height = row.height(inner.w);
    if (y + height > inner.y) row.draw({inner.x, y, inner.w, height});
    y += height + f.px(2);
  }
  // Scrolled past the end.
  if (y < inner.y + f.px(40)) f.ui.decision_scroll = 0;
  f.draw->PopClipRect();
}

}  // namespace twin::viz
