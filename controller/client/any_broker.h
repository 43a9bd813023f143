// What any broker can answer: asked as an Admin client does that has the bootstrap address.
#pragma once

#include <string>
#include <vector>

#include "controller/calls.h"

namespace twin::controller {

// Whichever of them answers, in the order given; what Kafka says itself another broker would say
// too. nullptr while waiting; else the answer, or the last failure. REQUIRES: there is a broker.
const KafkaReply* ask_any(Calls& calls, const std::string& key, const api::KafkaBody& body,
                          const std::vector<api::NodeId>& brokers);

}  // namespace twin::controller
