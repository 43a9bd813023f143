// Colours. Every state has one of its own lightness besides its hue, so that the cells and spans
// can be told apart without seeing hues (tests/viz/theme_test.cpp holds the distances).
#pragma once

#include <imgui.h>

#include "model/trace/views.h"
#include "viz/replay/cells.h"
#include "viz/replay/recording.h"

namespace twin::viz {

struct Theme {
  bool dark = true;
  ImU32 background, card, raised, border, text, dim, faint, accent, good, warning, bad, shade;
  ImU32 nodes[trace::kNodeStates];
  ImU32 cells[kCellStates];
  ImU32 series[4];

  ImU32 of(trace::NodeState state) const { return nodes[static_cast<size_t>(state)]; }
  ImU32 of(CellState state) const { return cells[static_cast<size_t>(state)]; }
  ImU32 of(Marker::Kind kind) const;
};

Theme theme_of(bool dark);
// The colour with another opacity, 0 to 1.
ImU32 faded(ImU32 colour, float opacity);
// Perceived lightness, 0 to 100 (CIE L*).
float lightness(ImU32 colour);

}  // namespace twin::viz
