#include "scenarios/campaign/known.h"

#include <algorithm>

namespace twin::campaign {

const std::vector<KnownViolation>& known_violations() {
  static const std::vector<KnownViolation> all = {
      {"strimzi@0.11", "brokers", "#9042", "scales brokers down whatever they hold", ""},
      {"strimzi@0.11", "liveness", "#9042",
       "what the broker held that it removed is under-replicated for ever", "brokers"},
      {"strimzi@0.11", "min-isr", "#3749", "goes by readiness alone", ""},
      {"strimzi@0.11", "quorum", "#1001", "restarts servers by readiness alone", ""},
      {"strimzi@0.47", "citations", "KafkaRoller",
       "asks, then waits for readiness or a back-off, and restarts on what it was told before", ""},
      {"strimzi@0.47", "min-isr", "KafkaRoller",
       "restarts on what it was told before, and the ISR is another one by now", "citations"},
      {"strimzi@0.47", "liveness", "#8528",
       "a pod's event that its informer missed is never made up for: the pod stays away until the "
       "operator restarts",
       "operator_watch_event_missed"},
      {"strimzi@0.47", "liveness", "#11039",
       "a node that was removed stays registered when the reconcile that knew of it failed",
       "is registered and no pod is to run it"},
      {"strimzi@1.2", "citations", "KafkaRoller", "as 0.47", ""},
      {"strimzi@1.2", "min-isr", "KafkaRoller", "as 0.47", "citations"},
      {"strimzi@1.2", "liveness", "#11685",
       "a change of min.insync.replicas that Kafka refuses under eligible leader replicas restarts "
       "the broker in each reconcile, for ever",
       ""},
  };
  return all;
}

namespace {

bool applies(const KnownViolation& known, const Outcome& outcome) {
  if (known.when.empty() || outcome.violates(known.when)) return true;
  return std::ranges::find(outcome.marks, known.when) != outcome.marks.end() ||
         outcome.how.find(known.when) != outcome.how.npos;
}

}  // namespace

const KnownViolation* known_violation(const std::string& profile, std::string_view property,
                                      const Outcome& outcome) {
  static const KnownViolation on_purpose{"bug:", "", "on purpose", "broken on purpose", ""};
  if (profile.starts_with("bug:")) return &on_purpose;
  for (const KnownViolation& each : known_violations()) {
    if (each.profile == profile && each.property == property && applies(each, outcome)) {
      return &each;
    }
  }
  return nullptr;
}

bool all_known(const std::string& profile, const Outcome& outcome) {
  return !outcome.violated.empty() &&
         std::ranges::all_of(outcome.violated, [&](const std::string& property) {
           return known_violation(profile, property, outcome) != nullptr;
         });
}

}  // namespace twin::campaign
