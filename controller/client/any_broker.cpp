#include "controller/client/any_broker.h"

namespace twin::controller {

const KafkaReply* ask_any(Calls& calls, const std::string& key, const api::KafkaBody& body,
                          const std::vector<api::NodeId>& brokers) {
  constexpr sim::Duration kAnswer{10'000'000'000};  // an Admin client's request.timeout.ms
  const KafkaReply* last = nullptr;
  for (const api::NodeId broker : brokers) {
    KafkaRequest request;
    request.node = broker;
    request.timeout = kAnswer;
    request.body = body;
    last = calls.kafka(key + "/" + std::to_string(broker.value), request);
    if (last == nullptr || last->meta.ok()) return last;
    const Outcome outcome = last->meta.outcome;
    if (outcome == Outcome::invalid || outcome == Outcome::not_found) return last;
  }
  return last;
}

}  // namespace twin::controller
