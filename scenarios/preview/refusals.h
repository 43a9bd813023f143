// What the operator or the API server did not do of what was asked.
#pragma once

#include <string>
#include <vector>

#include "scenarios/runner/report.h"

namespace twin::preview {

// Something that is not done, and why; not what was not done before the change either. It lasts
// when it is refused to the end: a metadata.version that waits for the last broker's binaries does
// not.
struct Refusal {
  sim::Duration at;  // the first, since the change
  std::string code, why;
  bool lasts = true;
  bool operator==(const Refusal&) const = default;
};

// Each once, in the order of their first time. `before`: a run of the cluster without the change.
std::vector<Refusal> refusals_of(const scenario::Report& report, const scenario::Report& before);

}  // namespace twin::preview
