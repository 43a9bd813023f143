// Sentences that the text and the Markdown of a preview have in common.
#pragma once

#include <string>

#include "scenarios/preview/preview.h"

namespace twin::preview {

std::string finish_text(const Preview& preview);
// REQUIRES: the preview has a window.
std::string window_text(const Preview& preview);
std::string roll_text(const scenario::RollEntry& roll);  // "3 brokers in 2 min 3 s, ..."
// "31.2 s", or "for good"
std::string away_text(const scenario::RestartEntry& restart);
// With times since the change.
std::string no_return_text(const scenario::Report& report);

}  // namespace twin::preview
