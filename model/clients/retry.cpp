#include "model/clients/retry.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::model {

namespace {

constexpr sim::Duration kBackoff{100'000'000};       // retry.backoff.ms
constexpr sim::Duration kBackoffMax{1'000'000'000};  // retry.backoff.max.ms
// Four round trips across zones: the refusal, the metadata, the request and its replication.
constexpr sim::Duration kFollowLeader{4'000'000};

bool at_least(std::string_view version, int major, int minor) {
  int parts[2] = {0, 0};
  size_t part = 0;
  for (const char c : version) {
    if (c == '.' && ++part == 2) break;
    if (c >= '0' && c <= '9') parts[part] = std::min(parts[part] * 10 + (c - '0'), 1'000'000);
  }
  return parts[0] != major ? parts[0] > major : parts[1] >= minor;
}

}  // namespace

RetryPolicy::RetryPolicy(std::string_view version)
    : exponential_(version.empty() || at_least(version, 3, 7)) {}

sim::Duration RetryPolicy::next_try(sim::Duration waited) const {
  TWIN_ASSERT_LE(int64_t{0}, waited.ns);
  sim::Duration wait = kBackoff;
  sim::Duration tried = kBackoff;
  while (exponential_ && wait < kBackoffMax && tried < waited) {
    wait = std::min(wait * 2, kBackoffMax);
    tried += wait;
  }
  if (tried >= waited) return tried;
  const int64_t more = (waited - tried + wait - sim::Duration{1}) / wait;
  return tried + wait * more;
}

sim::Duration RetryPolicy::after_move() const {
  return exponential_ ? kFollowLeader : kBackoff + kFollowLeader;
}

}  // namespace twin::model
