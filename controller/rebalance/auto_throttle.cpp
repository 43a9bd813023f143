#include "controller/rebalance/auto_throttle.h"

#include <algorithm>
#include <charconv>

#include "controller/api/units.h"
#include "controller/rebalance/throttles.h"
#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

// A whole number of 1 or more; `out` stays where the annotation is not there.
sim::Expected<void> read_number(const api::Labels& annotations, const char* key, int64_t& out) {
  const auto found = annotations.find(key);
  if (found == annotations.end()) return {};
  const std::string& text = found->second;
  int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 1) {
    return sim::Error{key, "`" + text + "` is no whole number of 1 or more", ""};
  }
  out = value;
  return {};
}

// "40 MB/s": what a person compares.
std::string text_of(int64_t rate) {
  constexpr int64_t kTenth = 100'000;
  const int64_t tenths = (rate + kTenth / 2) / kTenth;
  return std::to_string(tenths / 10) +
         (tenths % 10 == 0 ? std::string() : "." + std::to_string(tenths % 10)) + " MB/s";
}

}  // namespace

sim::Expected<std::optional<AutoLimits>> auto_limits(const api::Labels& annotations,
                                                     std::optional<int64_t> most, int64_t inflow) {
  const auto found = annotations.find(kThrottleAnnotation);
  if (found == annotations.end()) return std::optional<AutoLimits>{};
  if (found->second != "auto") {
    return sim::Error{kThrottleAnnotation, "`" + found->second + "` is no throttle: auto is", ""};
  }
  if (!most) {
    return sim::Error{kThrottleAnnotation,
                      "auto needs spec.replicationThrottle, the highest rate that it may choose",
                      ""};
  }
  AutoLimits limits;
  limits.most = *most;
  limits.least = std::max<int64_t>(1, *most / 10);
  int64_t latency_ms = limits.latency.ns / 1'000'000, lag_ms = limits.lag.ns / 1'000'000;
  if (auto read = read_number(annotations, kThrottleLeast, limits.least); !read) {
    return read.error();
  }
  if (auto read = read_number(annotations, kThrottleLatency, latency_ms); !read) {
    return read.error();
  }
  if (auto read = read_number(annotations, kThrottleLag, lag_ms); !read) return read.error();
  constexpr int64_t kDayMs = 86'400'000;
  limits.latency = sim::Duration{std::min(latency_ms, kDayMs) * 1'000'000};
  limits.lag = sim::Duration{std::min(lag_ms, kDayMs) * 1'000'000};
  limits.least = std::min(limits.most, std::max(limits.least, inflow / 4 * 5));
  return std::optional<AutoLimits>{limits};
}

AutoChoice choose_rate(const AutoLimits& limits, const AutoSigns& signs, int64_t burst_bytes) {
  TWIN_ASSERT_LT(int64_t{0}, limits.least);
  TWIN_ASSERT_LE(limits.least, limits.most);
  if (!signs.stands) {
    const int64_t first = std::max(limits.least, limits.most / 4);
    return {first, true,
            "begins at " + text_of(first) + ", a quarter of the highest rate or the least"};
  }
  const int64_t now = std::clamp(*signs.stands, limits.least, limits.most);
  const auto to = [&](int64_t rate, const std::string& why) {
    rate = std::clamp(rate, limits.least, limits.most);
    const bool changes = rate != *signs.stands;
    if (!changes) return AutoChoice{rate, false, "stays at " + text_of(rate) + ": " + why};
    const char* way = rate > *signs.stands ? "is raised to " : "is lowered to ";
    return AutoChoice{rate, true, way + text_of(rate) + ": " + why};
  };
  if (signs.out_of_sync > 0) {
    return to(limits.least, std::to_string(signs.out_of_sync) +
                                (signs.out_of_sync == 1 ? " partition lacks" : " partitions lack") +
                                " a replica in the ISR");
  }
  if (!signs.may_change) return to(now, "the change before was a moment ago");
  if (signs.consumer_lag > limits.lag) {
    return to(now / 2, "groups are " + sim::format_duration(signs.consumer_lag) +
                           " behind, and may be " + sim::format_duration(limits.lag));
  }
  if (!signs.produce_p99) return to(now, "a broker does not say how long producers wait");
  const std::string wait = "99 % of what producers send is answered within " +
                           sim::format_duration({signs.produce_p99->ns / 100'000 * 100'000});
  const std::string may = ", and may take " + sim::format_duration(limits.latency);
  if (*signs.produce_p99 > limits.latency) return to(now / 2, wait + may);
  if (signs.produce_p99->ns > limits.latency.ns / 10 * 7) return to(now, wait + may);
  return to(next_rate(now, std::min(limits.most, now / 2 * 3 + 1), burst_bytes), wait + may);
}

}  // namespace twin::controller::rebalance
