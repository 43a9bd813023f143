// What is known of an operator: properties that it violates, and where that was reported. A
// campaign sets such runs apart, so that what is new shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/campaign/outcome.h"

namespace twin::campaign {

struct KnownViolation {
  std::string_view profile, property;
  std::string_view reference;  // an issue of strimzi-kafka-operator, or where it was read
  std::string_view what;
  // Only in runs that violate this property as well, that passed this coverage mark, or whose first
  // violation is told in these words. "" = in all of them.
  std::string_view when;
};
// In the order of docs/CAMPAIGNS.md, which lists them.
const std::vector<KnownViolation>& known_violations();
// nullptr: nothing is known of that. An operator that is broken on purpose (bug:NAME) is known for
// all that it does.
const KnownViolation* known_violation(const std::string& profile, std::string_view property,
                                      const Outcome& outcome);

// Is everything that a run violated known of its operator? False for a run that violated nothing.
bool all_known(const std::string& profile, const Outcome& outcome);

}  // namespace twin::campaign
