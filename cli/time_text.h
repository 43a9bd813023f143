// Times as people type them.
#pragma once

#include <string>

#include "sim/expected.h"
#include "sim/time.h"

namespace twin::cli {

// "0:12:03.250" and "12:03" (hours, minutes, seconds), "12m3s", "723", "723.25" (seconds).
sim::Expected<sim::Time> parse_clock(const std::string& text);

}  // namespace twin::cli
