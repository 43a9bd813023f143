#include "scenarios/campaign/known.h"

#include <algorithm>

namespace twin::campaign {

const std::vector<KnownViolation>& known_violations() {
  static const std::vector<KnownViolation> all = {
      {"strimzi@0.11", "brokers", "#9042", "scales brokers down whatever they hold"},
      {"strimzi@0.11", "min-isr", "#3749", "goes by readiness alone"},
      {"strimzi@0.11", "quorum", "#1001", "restarts servers by readiness alone"},
      {"strimzi@0.47", "citations", "KafkaRoller",
       "asks, then waits for readiness or a back-off, and restarts on what it was told before"},
      {"strimzi@1.2", "citations", "KafkaRoller", "the same"},
      {"strimzi@1.2", "liveness", "#11685",
       "a change of min.insync.replicas that Kafka refuses under eligible leader replicas restarts "
       "the broker in each reconcile, for ever"},
  };
  return all;
}

const KnownViolation* known_violation(const std::string& profile, std::string_view property) {
  static const KnownViolation on_purpose{"bug:", "", "on purpose", "broken on purpose"};
  if (profile.starts_with("bug:")) return &on_purpose;
  for (const KnownViolation& each : known_violations()) {
    if (each.profile == profile && each.property == property) return &each;
  }
  return nullptr;
}

bool all_known(const std::string& profile, const std::vector<std::string>& violated) {
  return !violated.empty() && std::ranges::all_of(violated, [&](const std::string& property) {
    return known_violation(profile, property) != nullptr;
  });
}

}  // namespace twin::campaign
