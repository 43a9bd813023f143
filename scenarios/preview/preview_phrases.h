// Sentences that the text and the Markdown of a preview have in common.
#pragma once

#include <string>

#include "scenarios/preview/preview.h"

namespace twin::preview {

std::string finish_text(const Preview& preview);
// What the finish rests on: how many runs over which inputs.
std::string spread_text(const Preview& preview);
// A table of what turning back costs: when, for how long, how many restarts from then on, and what
// clients felt from the change on.
std::vector<std::string> abort_heading();
std::vector<std::string> abort_row(const AbortPoint& point);
std::vector<std::string> abort_notes(const Preview& preview);  // why not, where it is not back
// REQUIRES: the preview has a window.
std::string window_text(const Preview& preview);
std::string roll_text(const scenario::RollEntry& roll);  // "3 brokers in 2 min 3 s, ..."
// "31.2 s", or "for good"
std::string away_text(const scenario::RestartEntry& restart);
// With times since the change.
std::string no_return_text(const scenario::Report& report);

}  // namespace twin::preview
