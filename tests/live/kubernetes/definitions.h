// CustomResourceDefinitions that take what Strimzi's take, without their schemas.
#pragma once

#include <string>

#include "tests/live/kubernetes/rig.h"

namespace twin::live_test {

// Kafka, KafkaNodePool, KafkaRebalance and StrimziPodSet, as `v1` with a status subresource;
// returns when the API server serves them. False: it did not within 30 s.
bool install_definitions(const Rig& rig);

}  // namespace twin::live_test
