// Everything that can be done from the keyboard, in one table: the keys, the help page and the
// window's titles derive from it.
#pragma once

#include <string_view>
#include <vector>

#include "viz/view/frame.h"

namespace twin::viz {

enum class Command : uint8_t {
  play,
  slower,
  faster,
  next_event,
  previous_event,
  next_decision,
  previous_decision,
  next_violation,
  previous_violation,
  next_fault,
  begin,
  end,
  zoom_in,
  zoom_out,
  whole,
  pan_left,
  pan_right,
  bookmark,
  next_bookmark,
  group,
  panel,
  theme,
  unpin,
  screenshot,
  help,
  quit,
};

struct CommandInfo {
  Command command;
  std::string_view key;  // as the help page prints it
  std::string_view what;
};
const std::vector<CommandInfo>& all_commands();

struct ViewPoint {
  Replay& replay;
  const Recording& recording;
  UiState& ui;
  double clock_s = 0;
};
// Does it; `quit` and `screenshot` are the window's own and do nothing here.
void perform(Command command, ViewPoint& at);
// Moves the playhead on by wall-clock seconds; stops at the end.
void advance(ViewPoint& at, double seconds);

}  // namespace twin::viz
