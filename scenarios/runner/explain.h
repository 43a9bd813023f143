// Answers from a trace why the operator did, or did not, restart a broker at a moment: what was
// true then, what the operator had last decided about it and on which replies (with their age), and
// what came next. Needs nothing but the trace's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sim/expected.h"
#include "sim/time.h"

namespace twin::scenario {

struct ExplainQuestion {
  sim::Time at;
  int64_t node = 0;
  int width = 100;
  bool colour = false;
};

// Error: not a trace, damaged before that moment, a node or a time that the run did not have.
sim::Expected<std::string> explain(std::span<const std::byte> trace,
                                   const ExplainQuestion& question);

}  // namespace twin::scenario
