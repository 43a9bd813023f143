#include "scenarios/runner/laws.h"

namespace twin::scenario {

namespace {

constexpr std::string_view kLaws[] = {
    "order of restarts",        "operator's polls and back-off",
    "pod restart to Ready",     "log load and recovery",
    "replica catch-up",         "producer stalls, consumer lag",
    "volume attach and detach", "node loss and eviction",
};

}  // namespace

// Empty until a recorded case proves a row: a figure that no test checks is not printed.
const std::vector<MeasuredLaw>& measured_laws() {
  static const std::vector<MeasuredLaw> table;
  return table;
}

std::vector<LawEntry> laws_used(const std::string& profile, const std::string& hardware) {
  std::vector<LawEntry> laws;
  for (const std::string_view law : kLaws) {
    std::string error = "not measured";
    for (const MeasuredLaw& row : measured_laws()) {
      const bool fits = row.law == law && row.profile == profile && row.hardware == hardware;
      if (fits) error = std::string(row.error);
    }
    laws.push_back({std::string(law), std::move(error)});
  }
  return laws;
}

}  // namespace twin::scenario
