#include "scenarios/runner/laws.h"

namespace twin::scenario {

std::vector<LawEntry> laws_used(bool kraft) {
  std::vector<LawEntry> laws{
      {"order of restarts, back-off", "equal to the recordings (tests/recorded)"},
      {"broker restart time", "within 10 % of the recordings on loopback (tests/recorded)"},
      {"log load, recovery", "not measured"},
      {"catch-up rate", "not measured"},
      {"producer stalls, lag", "not measured"},
      {"volume attach and detach", "not measured"},
      {"node loss, eviction", "not measured"},
  };
  if (!kraft) laws.front().error = laws[1].error = "not measured";
  return laws;
}

}  // namespace twin::scenario
