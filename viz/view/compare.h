// The page that compares two runs.
#pragma once

#include "viz/view/frame.h"

namespace twin::viz {

// Its operator, or where it has none its file.
std::string name_of(const Recording& recording);

// REQUIRES: both frames have the same ui, and both replays stand at the same moment.
void draw_comparison(Frame& a, Frame& b, const Rect& body);

// One frame for the same series of two runs (panel_charts.cpp).
void draw_charts_of_two(Frame& f, const Recording& other, const Rect& rect);
// The timeline with another title (panel_timeline.cpp).
void draw_timeline_of(Frame& f, const Rect& rect, std::string_view title);

}  // namespace twin::viz
