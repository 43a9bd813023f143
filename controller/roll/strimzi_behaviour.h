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
  // Cluster-wide keys go to the cluster's default (#11742). Before, they were set on each broker,
  // as 0.47.0 was seen to do. An override of a broker in the way stays there: that it is deleted
  // first
  // (#13050) came after 1.2.0.
  bool cluster_wide_to_cluster = false;
  // The container may wait for this and the pod counts as stuck.
  bool stuck_on_invalid_image = false;
  // A configuration that cannot be read at the last attempt is itself a reason to restart, with an
  // Event; before, the node was restarted for no reason that was told.
  bool unread_config_is_reason = false;
  // The Event of a restart is published when the old pod is gone; before, also when it did not go.
  bool event_only_of_success = false;
  // Numbers are compared as numbers; before, "0.50" was not "0.5" and was set again and again.
  bool compares_numbers = false;
  sim::Duration poll{1'000'000'000};
  // Making an Admin client: one for the quorum, one for brokers. The first visit of a roll took
  // 310 ms where later ones took 20 to 110 ms, and the first of a broker 0.3 s more than the next.
  sim::Duration admin_client{220'000'000};
  sim::Duration cold_admin_client{600'000'000};  // more, for the first one of a process
  // What a visit costs beside its calls. Measured without work: controllers 20 to 110 ms, brokers
  // 80 to 250 ms, blocked ones 40 to 70 ms when they come again.
  sim::Duration first_visit{25'000'000};
  sim::Duration first_broker_visit{90'000'000};
  sim::Duration later_visit{15'000'000};
  sim::Duration admin_timeout{30'000'000'000};  // describeConfigs, alterConfigs
  // Topics and quorum: 60 s and more are granted, but default.api.timeout.ms is over before.
  sim::Duration api_timeout{40'000'000'000};
  // Of the agent's HTTP connection and request. 0: none, so that a process that accepts connections
  // and answers nothing holds the roll up until it answers (#12513, mended in 1.1).
  sim::Duration agent_timeout{0};
  int attempts = 10;  // BackOff(250 ms, base 2, 10)
  sim::Duration first_backoff{250'000'000};
};

// nullptr: not a KafkaRoller profile.
const StrimziBehaviour* find_behaviour(std::string_view profile);

}  // namespace twin::controller
