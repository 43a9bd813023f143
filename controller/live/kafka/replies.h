// The bodies of Kafka's answers, read into the typed replies.
#pragma once

#include "controller/live/kafka/message.h"
#include "controller/live/kafka/wire.h"

namespace twin::controller::live::kafka {

// Leaves the reader before the tags that end the message. What it read counts only when the reader
// did not fail.
void read_reply(Reader& in, const RequestHead& head, const api::KafkaBody& request, Reply& out);

}  // namespace twin::controller::live::kafka
