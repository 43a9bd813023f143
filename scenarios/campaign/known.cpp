#include "scenarios/campaign/known.h"

#include <algorithm>

namespace twin::campaign {

const std::vector<KnownViolation>& known_violations() {
  static const std::vector<KnownViolation> all = {
      {"strimzi@1.2", "liveness", "#11685",
       "a change of min.insync.replicas that Kafka refuses under eligible leader replicas restarts "
       "the broker in each reconcile, for ever"},
      {"strimzi@1.2", "citations", "KafkaRoller (2.9 of its limits)",
       "a restart rests on answers from before a wait"},
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
