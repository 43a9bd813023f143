#include "viz/view/commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "viz/view/time_axis.h"

namespace twin::viz {

const std::vector<CommandInfo>& all_commands() {
  static const std::vector<CommandInfo> kAll{
      {Command::play, "Space", "play or pause"},
      {Command::slower, "-", "slower"},
      {Command::faster, "+", "faster, up to 10,000 times"},
      {Command::next_event, "Right", "to the next event"},
      {Command::previous_event, "Left", "to the event before"},
      {Command::next_decision, "Down", "to the next decision"},
      {Command::previous_decision, "Up", "to the decision before"},
      {Command::next_violation, "V", "to the next violation"},
      {Command::previous_violation, "Shift+V", "to the violation before"},
      {Command::next_fault, "F", "to the next fault"},
      {Command::begin, "Home", "to the begin"},
      {Command::end, "End", "to the end"},
      {Command::zoom_in, "Z", "zoom in; so does the wheel"},
      {Command::zoom_out, "X", "zoom out"},
      {Command::whole, "W", "the whole run"},
      {Command::pan_left, "A", "earlier; the right button drags"},
      {Command::pan_right, "D", "later"},
      {Command::bookmark, "B", "set or take away a bookmark"},
      {Command::next_bookmark, "N", "to the next bookmark"},
      {Command::group, "G", "partitions by topic, leader, zone"},
      {Command::panel, "Tab", "one panel alone, the next, all"},
      {Command::theme, "T", "light or dark"},
      {Command::unpin, "Esc", "let go of what is pinned"},
      {Command::screenshot, "S", "write a picture"},
      {Command::help, "?", "this page"},
      {Command::quit, "Q", "quit"},
  };
  return kAll;
}

namespace {

constexpr double kSpeeds[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

void change_speed(UiState& ui, int by) {
  const auto* it = std::lower_bound(std::begin(kSpeeds), std::end(kSpeeds), ui.speed);
  const auto last = static_cast<int>(std::size(kSpeeds)) - 1;
  const int index = std::clamp(static_cast<int>(it - std::begin(kSpeeds)) + by, 0, last);
  ui.speed = kSpeeds[index];
}

void say(ViewPoint& at, std::string message) {
  constexpr double kShownS = 2.5;
  at.ui.message = std::move(message);
  at.ui.message_until = at.clock_s + kShownS;
}

void go(ViewPoint& at, sim::Time to) {
  at.replay.seek(to);
  at.ui.playing = false;
  show_time(at.ui, at.recording, to);
}

// The nearest of these times after the playhead, or before it.
template <class Range, class TimeOf>
bool jump(ViewPoint& at, const Range& range, TimeOf time_of, bool forth) {
  sim::Time best = at.replay.at();
  bool found = false;
  for (const auto& item : range) {
    const sim::Time time = time_of(item);
    const bool there = forth ? time > at.replay.at() : time < at.replay.at();
    if (!there || (found && (forth ? time >= best : time <= best))) continue;
    best = time;
    found = true;
  }
  if (found) go(at, best);
  return found;
}

void jump_marker(ViewPoint& at, bool forth, bool fault) {
  std::vector<sim::Time> times;
  for (const Marker& marker : at.recording.markers) {
    const bool is_fault = marker.kind == Marker::Kind::fault;
    const bool is_wrong = marker.kind == Marker::Kind::violation ||
                          marker.kind == Marker::Kind::unlucky || marker.kind == Marker::Kind::loss;
    if (fault ? is_fault : is_wrong) times.push_back(marker.at);
  }
  if (jump(
          at, times, [](sim::Time t) { return t; }, forth))
    return;
  const char* what = fault ? "fault" : "violation";
  say(at, times.empty() ? fmt::format("There is no {} in this run", what)
                        : fmt::format("There is no {} {} here", what, forth ? "after" : "before"));
}

void toggle_bookmark(ViewPoint& at) {
  const auto it = std::ranges::find(at.ui.bookmarks, at.replay.at());
  if (it != at.ui.bookmarks.end()) {
    at.ui.bookmarks.erase(it);
    say(at, "Bookmark taken away");
    return;
  }
  at.ui.bookmarks.push_back(at.replay.at());
  std::ranges::sort(at.ui.bookmarks);
  say(at, "Bookmark at " + sim::format_clock(at.replay.at()));
}

void next_bookmark(ViewPoint& at) {
  if (at.ui.bookmarks.empty()) return say(at, "No bookmark yet: B sets one");
  const auto time_of = [](sim::Time t) { return t; };
  if (!jump(at, at.ui.bookmarks, time_of, true)) go(at, at.ui.bookmarks.front());
}

void step(Command command, ViewPoint& at) {
  const auto decided = [](const Decision& made) { return made.at; };
  const auto& decisions = at.recording.decisions;
  switch (command) {
    case Command::next_event:
      return go(at, at.replay.next_event());
    case Command::previous_event:
      return go(at, at.replay.previous_event());
    case Command::next_decision:
      at.ui.decision = -1;
      if (!jump(at, decisions, decided, true)) say(at, "There is no decision after this");
      return;
    case Command::previous_decision:
      at.ui.decision = -1;
      if (!jump(at, decisions, decided, false)) say(at, "There is no decision before this");
      return;
    case Command::next_violation:
    case Command::previous_violation:
      return jump_marker(at, command == Command::next_violation, false);
    default:
      return jump_marker(at, true, true);
  }
}

void look(Command command, ViewPoint& at) {
  UiState& ui = at.ui;
  switch (command) {
    case Command::zoom_in:
      return zoom_view(ui, at.recording, at.replay.at(), 0.6);
    case Command::zoom_out:
      return zoom_view(ui, at.recording, at.replay.at(), 1 / 0.6);
    case Command::whole:
      return whole_view(ui, at.recording);
    case Command::pan_left:
      return pan_view(ui, at.recording, -0.2);
    case Command::pan_right:
      return pan_view(ui, at.recording, 0.2);
    case Command::group:
      ui.grouping = static_cast<Grouping>((static_cast<int>(ui.grouping) + 1) % 3);
      return;
    case Command::panel:
      ui.shown = static_cast<Panel>((static_cast<size_t>(ui.shown) + 1) % panel_names().size());
      return;
    case Command::theme:
      ui.dark = !ui.dark;
      return;
    default:
      return;
  }
}

}  // namespace

void perform(Command command, ViewPoint& at) {
  UiState& ui = at.ui;
  switch (command) {
    case Command::play:
      if (!ui.playing && at.replay.at() >= at.recording.last) at.replay.seek(at.recording.ready);
      ui.playing = !ui.playing;
      return;
    case Command::slower:
    case Command::faster:
      change_speed(ui, command == Command::faster ? 1 : -1);
      return say(at, fmt::format("{:g} times as fast as life", ui.speed));
    case Command::begin:
      return go(at, sim::Time{});
    case Command::end:
      return go(at, at.recording.last);
    case Command::bookmark:
      return toggle_bookmark(at);
    case Command::next_bookmark:
      return next_bookmark(at);
    case Command::unpin:
      if (ui.help) {
        ui.help = false;
      } else if (ui.pinned_partition >= 0 || ui.pinned_node >= 0 || ui.decision >= 0) {
        ui.pinned_partition = ui.pinned_node = ui.decision = -1;
      } else {
        ui.shown = Panel::all;
      }
      return;
    case Command::help:
      ui.help = !ui.help;
      return;
    case Command::next_event:
    case Command::previous_event:
    case Command::next_decision:
    case Command::previous_decision:
    case Command::next_violation:
    case Command::previous_violation:
    case Command::next_fault:
      return step(command, at);
    default:
      return look(command, at);
  }
}

void advance(ViewPoint& at, double seconds) {
  if (!at.ui.playing) return;
  const auto by = static_cast<int64_t>(seconds * at.ui.speed * 1e9);
  const sim::Time to{std::min(at.replay.at().ns + by, at.recording.last.ns)};
  at.replay.seek(to);
  show_time(at.ui, at.recording, to);
  if (to == at.recording.last) at.ui.playing = false;
}

}  // namespace twin::viz
