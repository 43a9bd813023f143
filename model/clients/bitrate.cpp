#include "model/clients/bitrate.h"

#include <algorithm>
#include <vector>

#include "sim/assert.h"
#include "sim/fair_share.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::string bytes_text(int64_t bytes) { return std::to_string(bytes) + " B"; }

// Of one client, and what makes it so.
struct Speed {
  int64_t bytes_per_s = 0;
  std::string why;
};

Speed window_speed(const Hardware& hardware, sim::Duration trip) {
  return {sim::mul_div(hardware.socket_window_bytes, kSecond, trip.ns),
          "a socket window of " + bytes_text(hardware.socket_window_bytes) + " a round trip of " +
              sim::format_duration(trip)};
}

// A batch takes whole records; one that is larger goes alone (RecordAccumulator.append).
int64_t request_bytes(const ProducerSpec& producer) {
  return std::max<int64_t>(1, producer.batch_bytes / producer.record_bytes) * producer.record_bytes;
}

Speed producer_speed(const Hardware& hardware, const BitrateQuestion& question) {
  const int64_t request = request_bytes(question.producer);
  const Speed requests{
      sim::mul_div(request * question.producer.max_in_flight, kSecond, question.round_trip.ns),
      "a producer's " + std::to_string(question.producer.max_in_flight) + " requests of " +
          bytes_text(request) + " a round trip of " + sim::format_duration(question.round_trip)};
  const Speed window = window_speed(hardware, question.round_trip);
  return requests.bytes_per_s <= window.bytes_per_s ? requests : window;
}

Speed consumer_speed(const Hardware& hardware, const BitrateQuestion& question) {
  const Speed window = window_speed(hardware, question.round_trip);
  const int64_t carried = std::min(window.bytes_per_s, hardware.nic_bytes_per_s);
  const sim::Duration cycle =
      question.round_trip + sim::Duration{sim::mul_div_ceil(question.fetch_bytes, kSecond,
                                                            std::max<int64_t>(1, carried))};
  return {sim::mul_div(question.fetch_bytes, kSecond, cycle.ns),
          "a consumer's fetch of " + bytes_text(question.fetch_bytes) + " each " +
              sim::format_duration(cycle) +
              (carried < hardware.nic_bytes_per_s ? ", over " + window.why : std::string())};
}

}  // namespace

Bitrate partition_bitrate(const Hardware& hardware, const BitrateQuestion& question) {
  TWIN_ASSERT_LT(int64_t{0}, question.producer.record_bytes);
  TWIN_ASSERT_LT(int64_t{0}, question.producer.batch_bytes);
  TWIN_ASSERT_LT(int64_t{0}, question.fetch_bytes);
  TWIN_ASSERT_LT(int64_t{0}, question.round_trip.ns);
  sim::FairShare share;
  const sim::ResourceId card_in = share.add_resource(static_cast<double>(hardware.nic_bytes_per_s));
  const sim::ResourceId card_out =
      share.add_resource(static_cast<double>(hardware.nic_bytes_per_s));
  const sim::ResourceId disk =
      share.add_resource(static_cast<double>(hardware.disk_write_bytes_per_s));
  const Speed sends = producer_speed(hardware, question);
  const Speed reads = consumer_speed(hardware, question);
  std::vector<sim::FlowId> producers, consumers;
  for (int32_t i = 0; i < question.producer.clients; ++i) {
    const sim::ResourceId used[] = {card_in, disk};
    producers.push_back(share.add_flow(used, static_cast<double>(sends.bytes_per_s)));
  }
  share.solve();
  Bitrate found;
  double in = 0;
  for (const sim::FlowId flow : producers) in += share.rate(flow);
  // A consumer reads no more than is written.
  for (int32_t i = 0; i < question.consumers; ++i) {
    const sim::ResourceId used[] = {card_out};
    consumers.push_back(share.add_flow(used, std::min(in, static_cast<double>(reads.bytes_per_s))));
  }
  share.solve();
  double out = 0;
  for (const sim::FlowId flow : consumers) out += share.rate(flow);
  found.in_bytes_per_s = static_cast<int64_t>(in);
  found.out_bytes_per_s = static_cast<int64_t>(out);

  const auto full = [&](sim::ResourceId resource) {
    return share.used(resource) >= share.capacity(resource) * 0.999999;
  };
  found.in_bound = full(disk)      ? "the disk's writes"
                   : full(card_in) ? "the network card, incoming"
                                   : sends.why;
  const auto consumed = static_cast<double>(question.consumers) * in;
  found.out_bound = out >= consumed * 0.999999 ? "what is produced: consumers keep up"
                    : full(card_out)           ? "the network card, outgoing"
                                               : reads.why;
  return found;
}

}  // namespace twin::model
