#include "scenarios/runner/ask_broker.h"

#include <fmt/format.h>

namespace twin::scenario {

std::string ask_broker(model::World& world, const api::KafkaBody& body,
                       controller::KafkaReply& reply) {
  const std::vector<api::NodeId> live = world.kafka.live_brokers();
  if (live.empty()) return "no broker answers";
  controller::KafkaRequest request;
  request.node = live.front();
  request.body = body;
  sim::Duration ignored;
  reply = world.kafka.execute(request, &ignored);
  if (reply.meta.ok()) return {};
  // A broker that stands still says nothing at all.
  if (reply.meta.message.empty()) {
    return fmt::format("broker {} does not answer", live.front().value);
  }
  return reply.meta.message;
}

}  // namespace twin::scenario
