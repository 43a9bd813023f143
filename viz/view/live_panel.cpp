// The side panel of live mode: the lesson, what can be done, what was done, what is being typed.
#include <algorithm>

#include <fmt/format.h>

#include "viz/view/live_desk.h"

namespace twin::viz {

namespace {

// A key as the help page shows it; returns its width.
float key_cap(Frame& f, ImVec2 at, std::string_view key) {
  const Rect cap{at.x, at.y, std::max(f.px(20), width_of(f.fonts.small, key) + f.px(10)), f.px(18)};
  f.draw->AddRectFilled(cap.low(), cap.high(), f.theme.raised, f.px(4));
  f.draw->AddRect(cap.low(), cap.high(), f.theme.border, f.px(4));
  text(f, f.fonts.small, {cap.x, cap.y + (cap.h - f.fonts.small->FontSize) / 2}, f.theme.text, key,
       cap.w, Align::centre);
  return cap.w;
}

// Keys and what they do, along a line.
void keys_line(Frame& f, const Rect& rect,
               std::initializer_list<std::pair<const char*, const char*>> keys) {
  float x = rect.x;
  for (const auto& [key, what] : keys) {
    const float wanted = width_of(f.fonts.small, what) + f.px(34);
    if (x + wanted > rect.right() + f.px(8)) return;
    x += key_cap(f, {x, rect.y}, key) + f.px(5);
    x += text(f, f.fonts.small, {x, rect.y + (f.px(18) - f.fonts.small->FontSize) / 2}, f.theme.dim,
              what) +
         f.px(12);
  }
}

}  // namespace

void LiveDesk::draw_panel(Frame& f, const Rect& rect) {
  const float header = f.px(48), pad = f.px(10);
  const Rect top{rect.x, rect.y, rect.w, header};
  f.draw->AddRectFilled(top.low(), top.high(), f.theme.card);
  f.draw->AddLine({top.x, top.bottom() - 0.5f}, {top.right(), top.bottom() - 0.5f}, f.theme.border);
  const bool back = f.now() < recording_->last;
  const float middle = top.y + header / 2;
  const float x = pill(f, {top.x, middle - f.px(12)}, back ? f.theme.warning : f.theme.good,
                       back           ? "Looking back"
                       : f.ui.playing ? "Live"
                                      : "Live, paused",
                       true);
  const sim::Duration now = f.now() - session_->zero();
  const std::string clock = (now.ns < 0 ? "-" : "") + clock_text(sim::Time{std::abs(now.ns)});
  const float left = top.x + x + f.px(12), width = width_of(f.fonts.title, clock);
  const float right = top.right() - pad - f.px(4) - width;
  text(f, f.fonts.title, {right, middle - f.fonts.title->FontSize / 2}, f.theme.text, clock);
  text(f, f.fonts.small, {left, middle - f.fonts.small->FontSize / 2 + f.px(2)}, f.theme.dim,
       "since Ready", right - left - f.px(8), Align::right);
  const Rect body{rect.x, header + pad, rect.w - pad, rect.h - header - 2 * pad};
  const float entry = typing_ ? f.px(96) : 0;
  const float free = body.h - (typing_ ? entry + pad : 0);
  float lower = free;
  if (exam_) {
    const float acts = std::min(f.px(292), free * 0.42f);
    draw_lesson(f, {body.x, body.y, body.w, free - acts - pad});
    lower = acts;
  }
  draw_acts(f, {body.x, body.y + free - lower, body.w, lower});
  if (typing_) draw_entry(f, {body.x, body.bottom() - entry, body.w, entry});
}

void LiveDesk::draw_lesson(Frame& f, const Rect& rect) {
  const std::string score = fmt::format("{} of {} points", exam_->points(), exam_->points_max());
  const Rect inner = card(f, rect, "Lesson", score);
  f.draw->PushClipRect(rect.low(), rect.high(), true);
  draw_page(f, inner);
  f.draw->PopClipRect();
}

void LiveDesk::draw_page(Frame& f, const Rect& rect) {
  const training::Lesson& lesson = exam_->lesson();
  const auto items = static_cast<int64_t>(exam_->items());
  float y = rect.y;
  const auto say_in = [&](ImFont* font, ImU32 colour, const std::string& what, float gap) {
    y += paragraph(f, font, {rect.x, y}, colour, what, rect.w) + f.px(gap);
  };
  const Rect foot{rect.x, rect.bottom() - f.px(16), rect.w, f.px(18)};
  if (page_ < 0) {
    say_in(f.fonts.strong, f.theme.text, lesson.title, 8);
    say_in(f.fonts.small, f.theme.text, lesson.story, 8);
    say_in(f.fonts.small, f.theme.accent, lesson.goal, 0);
    return keys_line(f, foot, {{"Enter", "first question"}, {"Space", "play"}});
  }
  if (page_ >= items) {
    say_in(f.fonts.title, exam_->passed() ? f.theme.good : f.theme.warning,
           exam_->passed() ? "Passed" : "Not passed", 8);
    say_in(f.fonts.body, f.theme.text,
           fmt::format("{} of {} points.", exam_->points(), exam_->points_max()), 8);
    return keys_line(f, foot, {{"Enter", "from the beginning"}});
  }
  const auto item = static_cast<size_t>(page_);
  const bool task = exam_->is_task(item);
  say_in(f.fonts.small, f.theme.dim,
         task ? std::string("Your task")
              : fmt::format("Question {} of {}", item + 1, lesson.questions.size()),
         3);
  const std::string& ask = task ? lesson.task->ask : lesson.questions[item].ask;
  say_in(f.fonts.body, f.theme.text, ask, 6);
  if (!task) y += draw_choices(f, {rect.x, y, rect.w, foot.y - y});
  for (const std::string& hint : hints_) say_in(f.fonts.small, f.theme.accent, hint, 4);
  if (!told_.empty() && told_of_lesson_ && !typing_) {
    for (size_t at = 0; at <= told_.size();) {
      const size_t end = std::min(told_.find('\n', at), told_.size());
      say_in(f.fonts.small, told_good_ ? f.theme.good : f.theme.bad, told_.substr(at, end - at), 2);
      at = end + 1;
    }
  }
  if (exam_->done(item)) return keys_line(f, foot, {{"Enter", "next"}});
  if (task) return keys_line(f, foot, {{"J", "judge"}, {"E", "hint"}, {"Enter", "skip"}});
  if (choosing()) return keys_line(f, foot, {{"a, b, ..", "answer"}, {"E", "hint"}});
  keys_line(f, foot, {{"Enter", "answer"}, {"E", "hint"}});
}

float LiveDesk::draw_choices(Frame& f, const Rect& rect) {
  const auto item = static_cast<size_t>(page_);
  const training::Question& question = exam_->lesson().questions[item];
  float y = rect.y;
  for (size_t i = 0; i < question.choices.size(); ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    const float indent = f.px(26);
    const float height = paragraph_height(f.fonts.small, question.choices[i].text, rect.w - indent);
    const Rect row{rect.x - f.px(4), y - f.px(2), rect.w + f.px(8),
                   std::max(height, f.px(18)) + f.px(5)};
    if (choosing() && f.hovered(row)) {
      f.draw->AddRectFilled(row.low(), row.high(), f.theme.raised, f.px(4));
    }
    key_cap(f, {rect.x, y}, letter);
    paragraph(f, f.fonts.small, {rect.x + indent, y + f.px(1)}, f.theme.text,
              question.choices[i].text, rect.w - indent);
    f.note("choice " + letter, row);
    if (choosing() && f.clicked(row)) answer(letter);
    y += row.h + f.px(2);
  }
  return y - rect.y + (question.choices.empty() ? 0 : f.px(4));
}

float LiveDesk::draw_offers(Frame& f, const Rect& rect) {
  const auto all = offered();
  float y = rect.y;
  const float step = f.px(23);
  for (size_t i = 0; i < all.size() && y + step < rect.bottom(); ++i, y += step) {
    const Rect row{rect.x - f.px(4), y - f.px(2), rect.w + f.px(8), step};
    if (f.hovered(row)) f.draw->AddRectFilled(row.low(), row.high(), f.theme.raised, f.px(4));
    key_cap(f, {rect.x, y}, std::to_string(i + 1));
    text(f, f.fonts.small, {rect.x + f.px(28), y + (f.px(18) - f.fonts.small->FontSize) / 2},
         f.theme.text, all[i].label, rect.w - f.px(28));
    f.note(fmt::format("offer {}", i + 1), row);
    if (f.clicked(row)) offer(i);
  }
  return y - rect.y;
}

void LiveDesk::draw_acts(Frame& f, const Rect& rect) {
  const auto& acts = session_->acts();
  const std::string many = acts.empty() ? "nothing done yet" : fmt::format("{} done", acts.size());
  const Rect inner = card(f, rect, "Act", many);
  const Rect foot{inner.x, inner.bottom() - f.px(16), inner.w, f.px(18)};
  keys_line(f, foot, {{"R", "rewind"}, {"U", "undo"}, {"K", "save"}, {":", "any"}});
  // What was done gets two lines where there are acts, the latest at the bottom.
  const float line = f.px(17);
  size_t shown = acts.empty() ? 0 : std::min<size_t>(acts.size(), exam_ ? 2 : 8);
  const bool message = !told_.empty() && !told_of_lesson_;
  const float below = line * static_cast<float>(shown) + (message ? f.px(38) : 0) + f.px(8);
  const float used = draw_offers(f, {inner.x, inner.y, inner.w, foot.y - inner.y - below});
  float y = inner.y + used + f.px(6);
  for (size_t i = acts.size() - shown; i < acts.size(); ++i, y += line) {
    const std::string at = clock_text(sim::Time{acts[i].at.ns});
    const float taken = text(f, f.fonts.small, {inner.x, y}, f.theme.dim, at);
    text(f, f.fonts.small, {inner.x + taken + f.px(8), y}, f.theme.text, acts[i].what,
         inner.w - taken - f.px(8));
  }
  if (!message) return;
  paragraph(f, f.fonts.small, {inner.x, y + f.px(2)}, told_good_ ? f.theme.good : f.theme.bad,
            told_, inner.w, 2);
}

void LiveDesk::draw_entry(Frame& f, const Rect& rect) {
  f.draw->AddRectFilled(rect.low(), rect.high(), f.theme.raised, f.px(8));
  f.draw->AddRect(rect.low(), rect.high(), f.theme.accent, f.px(8), 0, 1.5f);
  const float pad = f.px(12);
  const Rect inner{rect.x + pad, rect.y + f.px(10), rect.w - 2 * pad, rect.h - f.px(18)};
  text(f, f.fonts.small, inner.low(), f.theme.dim,
       answering_ ? "Your answer; Enter gives it, Esc leaves" : "Enter does it, Esc leaves it");
  paragraph(f, f.fonts.body, {inner.x, inner.y + f.px(20)}, f.theme.text, typed_ + "_", inner.w, 3);
}

}  // namespace twin::viz
