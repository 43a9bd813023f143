// Layout for terminals: wrapping by words, colours that can be off, the fixed columns of the
// timeline.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/runner/timeline.h"

namespace twin::scenario {

enum class Paint : uint8_t { none, bold, faint, red, green, yellow, blue };
// ANSI colours around the text, or the text as it is.
std::string paint(Paint paint, const std::string& text, bool colour);

// Lines of at most `width` characters (at least 20), broken at blanks where there are some.
std::vector<std::string> wrap(std::string_view text, int width);

// "0:12:03.250  my-cluster-broker-2   told to stop ..." wrapped under its own column.
std::string format_line(const TimelineLine& line, int width, bool colour);

// Throttles are given in powers of ten: "60 MB/s".
std::string rate_text(int64_t bytes_per_s);

// A latency to read: three digits, "2.51 ms", "531 ms", "1.2 s" from a second on.
std::string latency_text(sim::Duration latency);

}  // namespace twin::scenario
