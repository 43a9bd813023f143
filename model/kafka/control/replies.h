// Replies of the admin protocol as a node makes them, but for who asked what and when.
#pragma once

#include <string>
#include <utility>

#include "controller/ports.h"

namespace twin::model::control {

template <class Body>
controller::KafkaReply answer(Body body) {
  controller::KafkaReply reply;
  reply.meta.outcome = controller::Outcome::ok;
  reply.body = std::move(body);
  return reply;
}

inline controller::KafkaReply fail(controller::Outcome outcome, api::KafkaError error,
                                   std::string message) {
  controller::KafkaReply reply;
  reply.meta.outcome = outcome;
  reply.meta.kafka_error = error;
  reply.meta.message = std::move(message);
  return reply;
}

}  // namespace twin::model::control
