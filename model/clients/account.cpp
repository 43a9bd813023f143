#include "model/clients/account.h"

#include <algorithm>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

sim::Duration length(sim::Time begin, sim::Time end) {
  return end > begin ? end - begin : sim::Duration{};
}

}  // namespace

Waiting waiting(const ProducerSpec& producer, int64_t records_per_s, const Account& account,
                sim::Time full, sim::Time now) {
  TWIN_ASSERT_LE(account.from, now);
  const sim::Time blocked = std::clamp(full, account.from, now);
  const sim::Time buffered = std::max(account.from, now - producer.delivery_timeout);
  const sim::Time sending = std::max(blocked, now - producer.max_block);
  const sim::Duration left = length(buffered, blocked) + length(sending, now);
  Waiting result;
  const int64_t came = sim::mul_div(records_per_s, (now - account.from).ns, kSecond);
  result.lost = sim::mul_div(records_per_s, (now - account.from - left).ns, kSecond);
  result.kept = came - result.lost;
  result.oldest = now - (buffered < blocked ? buffered : sending);
  if (account.kept == 0) return result;
  // They came over some time; all are given up together with the oldest.
  if (now - account.kept_at >= producer.delivery_timeout) {
    result.lost += account.kept;
  } else {
    result.kept += account.kept;
    result.oldest = std::max(result.oldest, now - account.kept_at);
  }
  return result;
}

int64_t burst_rate(const ProducerSpec& producer, sim::Duration round_trip) {
  TWIN_ASSERT_LT(int64_t{0}, round_trip.ns);
  const int64_t in_flight = producer.batch_bytes * producer.max_in_flight * producer.clients;
  return std::max<int64_t>(1, sim::mul_div(in_flight, kSecond, round_trip.ns));
}

}  // namespace twin::model
