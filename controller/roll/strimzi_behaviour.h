// What differs between the rollers of Strimzi releases. Everything else is KafkaRoller as it has
// been since 0.45.
#pragma once

#include <string_view>

#include "sim/time.h"

namespace twin::controller {

struct StrimziBehaviour {
  std::string_view profile;
  // Controllers are asked over their own listener, also for their configuration, which is changed
  // dynamically or by a restart (0.49: #11838, #11999). Before, the quorum was asked through
  // brokers and a controller's configuration was part of its revision.
  bool controller_admin = false;
  sim::Duration poll{1'000'000'000};
  sim::Duration admin_client{
      100'000'000};  // the first Admin client of a roll; measured 60 to 170 ms
  sim::Duration admin_timeout{30'000'000'000};
  sim::Duration can_roll_timeout{60'000'000'000};
  int attempts = 10;                        // BackOff(250 ms, base 2, 10)
  sim::Duration first_backoff{250'000'000};
};

// nullptr: not a KafkaRoller profile.
const StrimziBehaviour* find_behaviour(std::string_view profile);

}  // namespace twin::controller
