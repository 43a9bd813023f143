// What `kafka-twin view` asks of the viewer. One of two files stands behind it: view_show.cpp in a
// build with the viewer, view_missing.cpp in one without.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sim/expected.h"

namespace twin::cli {

struct ViewArguments {
  std::string input;  // a trace or a scenario
  std::string profile;
  std::string compare;  // a trace, or of a scenario another operator's profile
  std::string at;
  std::string screenshot;
  std::string frames;
  std::string panel = "all";
  std::string size = "1600x900";
  std::string theme;     // "": as remembered, dark
  std::string from, to;  // the part of the run that timeline and charts show, and frames play
  bool live = false;     // the scenario is played while one watches
  int fps = 30;
  double speed = 0;  // 0: as remembered, 10
};

// Reads the trace, or plays the scenario.
using TraceSource = std::function<sim::Expected<std::vector<std::byte>>()>;

// Shows a trace: pictures, or a window. Returns the exit status.
// `other`, when there is one, is shown beside it.
int show(const ViewArguments& arguments, const TraceSource& trace, const TraceSource& other);
// A scenario played live: the window, or with --screenshot the picture at --at, of the scenario's
// clock. Returns the exit status.
int show_live(const ViewArguments& arguments);

}  // namespace twin::cli
