// What a campaign came to, for people, programs and CI.
#pragma once

#include <string>
#include <vector>

#include "scenarios/campaign/campaign.h"

namespace twin::cli {

struct CheckedProfile {
  std::string profile;
  campaign::Tally tally;
};
struct CheckFailure {  // a run that did not end as runs do
  std::string run, why;
};
struct WrittenCounterexample {
  campaign::Counterexample found;
  std::string run;  // "seed 17"
  std::string file;
};
struct CheckReport {
  std::string what;  // "generated cases", "schedules against FILE"
  uint64_t planned = 0;
  double wall_seconds = 0;    // of this call
  double search_seconds = 0;  // of them, before anything was made small
  std::vector<CheckedProfile> profiles;
  std::vector<CheckFailure> failures;
  std::vector<WrittenCounterexample> counterexamples;
  bool held() const;
};

std::string check_text(const CheckReport& report, int width);
std::string check_json(const CheckReport& report);
std::string check_junit(const CheckReport& report);

}  // namespace twin::cli
