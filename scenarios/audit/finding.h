// One risk: what was seen, what comes of it, what would be right, and the scenario that shows it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/faults/fault.h"

namespace twin::audit {

enum class Severity : uint8_t {
  danger,   // one failure, or one restart, loses acknowledged data or makes it unavailable
  warning,  // it takes a mistake or a second failure
  note,     // worth knowing
};
std::string_view name_of(Severity severity);

struct Finding {
  Severity severity = Severity::note;
  std::string code;     // "zone-takes-partitions": the same in every report
  std::string subject;  // "zone zone-b", "topic orders"
  std::string what;     // a fact with its numbers
  std::string then;     // what comes of it
  std::string remedy;
  // A fault that shows it on this very cluster; none: see `shown_by`.
  std::vector<model::Fault> faults;
  std::string shown_by;  // a shipped scenario, or what to look at
};

using Findings = std::vector<Finding>;

}  // namespace twin::audit
