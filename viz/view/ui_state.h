// What the user chose: everything that is neither the trace nor derived from it. Panels read it and
// change it; they keep nothing of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/time.h"

namespace twin::viz {

enum class Panel : uint8_t { all, cluster, partitions, charts, decisions, timeline };
// "cluster", "partitions", ...; `all` for an unknown name is reported by found = false.
Panel panel_named(const std::string& name, bool& found);
std::vector<std::string> panel_names();

enum class Grouping : uint8_t { topic, broker, zone };

struct UiState {
  bool dark = true;
  bool help = false;
  bool playing = false;
  double speed = 10;
  Panel shown = Panel::all;
  Grouping grouping = Grouping::topic;
  sim::Time view_begin{}, view_end{};  // of timeline and charts
  sim::Time horizon{};  // live: how far the timeline goes beyond what has happened; 0: not at all
  int64_t pinned_partition = -1;
  int64_t pinned_node = -1;
  int64_t decision = -1;  // index of the one that is opened; -1: the latest
  float decision_scroll = 0;
  std::vector<sim::Time> bookmarks;
  std::string message;  // shown for a moment at the bottom
  double message_until = 0;
};

}  // namespace twin::viz
