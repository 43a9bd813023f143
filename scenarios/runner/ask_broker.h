// A question to the cluster as Kafka's tools ask it: the first broker that lives gets it.
#pragma once

#include <string>

#include "model/world.h"

namespace twin::scenario {

// What was wrong, as a tool would say it; empty when `reply` holds the answer. It comes at once:
// who asks here waits for nothing.
std::string ask_broker(model::World& world, const api::KafkaBody& body,
                       controller::KafkaReply& reply);

}  // namespace twin::scenario
