// Sentences that the text and the Markdown of a preview have in common.
#pragma once

#include <string>
#include <vector>

#include "scenarios/preview/preview.h"

namespace twin::preview {

std::string finish_text(const Preview& preview);
// What the finish rests on: how many runs over which inputs.
std::string spread_text(const Preview& preview);
// A table of what turning back costs: when, for how long, how many restarts from then on, and what
// clients felt from the change on.
std::vector<std::string> abort_heading();
std::vector<std::string> abort_row(const AbortPoint& point);
std::string abort_text(const AbortPoint& point);               // the row as a sentence
std::vector<std::string> abort_notes(const Preview& preview);  // why not, where it is not back
// REQUIRES: the preview has a window.
std::string window_text(const Preview& preview);
std::string roll_text(const scenario::RollEntry& roll);  // "3 brokers in 2 min 3 s, ..."
// "31.2 s", or "for good"
std::string away_text(const scenario::RestartEntry& restart);
// With times since the change.
std::string no_return_text(const scenario::Report& report);
// What changes beside manifests, a sentence each.
std::vector<std::string> other_changes(const Preview& preview);
// The operator's claim, and of an upgrade both.
std::string operator_text(const Preview& preview);
std::string restarts_text(const scenario::Report& report);  // "6 in 1 roll: 4 5 3 0 1 2"
std::string unavailable_text(const Preview& preview);
std::string at_most(sim::Duration longest);   // "1.2 s at most"
std::string shown(const std::string& value);  // of a field, not too long

}  // namespace twin::preview
