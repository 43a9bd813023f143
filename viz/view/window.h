// The viewer in a window: GLFW, keys and mouse, the clock that plays.
#pragma once

#include <functional>
#include <string>

#include "sim/expected.h"
#include "viz/view/dashboard.h"
#include "viz/view/live_desk.h"

namespace twin::viz {

struct WindowOptions {
  int width = 1600, height = 900;
  std::string title;
  std::string settings_path;                 // "": remember nothing
  std::string loading;                       // what the first page says: "Opening roll.trace"
  const volatile bool* interrupt = nullptr;  // closes the window when it becomes true
  // Live mode: instead of `open`, a run that goes on.
  std::function<sim::Expected<std::unique_ptr<LiveDesk>>()> open_live;
  // Gets the trace, while the window says `loading`; an error is a page of its own.
  std::function<sim::Expected<Recording>()> open;
  // A second run to show beside it; may be empty.
  std::function<sim::Expected<Recording>()> open_other;
  // Where to begin, once it is open.
  std::function<sim::Expected<void>(Dashboard&, const Recording&)> prepare;
};

// Until the window is closed. An error when there is no display, or when `open` failed (after the
// window showed it and was closed).
sim::Expected<void> run_window(const WindowOptions& options);

}  // namespace twin::viz
