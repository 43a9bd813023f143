#include "sim/time.h"

#include "sim/assert.h"

namespace twin::sim {
namespace {

constexpr int64_t kUs = 1'000;
constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;

// Decimal digits with leading zeros up to `width`. REQUIRES: value >= 0.
std::string padded(int64_t value, size_t width) {
  TWIN_ASSERT(value >= 0);
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

// value / unit with the decimals that unit / step gives, without trailing zeros. The integer part
// has at least `width` digits.
std::string decimal(int64_t value, int64_t unit, size_t decimals, size_t width) {
  std::string text = padded(value / unit, width);
  int64_t scale = 1;
  for (size_t i = 0; i < decimals; ++i) scale *= 10;
  TWIN_ASSERT(unit % scale == 0);
  std::string fraction = padded(value % unit / (unit / scale), decimals);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  if (!fraction.empty()) text += "." + fraction;
  return text;
}

// INT64_MIN has no positive counterpart; the 1 ns it is cut by is shown by no display.
int64_t magnitude(int64_t ns) {
  if (ns == INT64_MIN) return INT64_MAX;
  return ns < 0 ? -ns : ns;
}

}  // namespace

std::string format_clock(Time at) {
  if (at == kNever) return "never";
  const int64_t ns = magnitude(at.ns);
  std::string text = at.ns < 0 ? "-" : "";
  text += padded(ns / kHour, 2) + ":";
  text += padded(ns % kHour / kMinute, 2) + ":";
  text += padded(ns % kMinute / kSecond, 2) + ".";
  text += padded(ns % kSecond / kMs, 3);
  return text;
}

std::string format_duration(Duration length) {
  const int64_t ns = magnitude(length.ns);
  const std::string sign = length.ns < 0 ? "-" : "";
  if (ns == 0) return "0 s";
  if (ns < kUs) return sign + std::to_string(ns) + " ns";
  if (ns < kMs) return sign + decimal(ns, kUs, 3, 1) + " us";
  if (ns < kSecond) return sign + decimal(ns, kMs, 3, 1) + " ms";
  if (ns < kMinute) return sign + decimal(ns, kSecond, 3, 1) + " s";
  const std::string seconds = decimal(ns % kMinute, kSecond, 1, 2) + " s";
  if (ns < kHour) return sign + std::to_string(ns / kMinute) + " min " + seconds;
  return sign + std::to_string(ns / kHour) + " h " + padded(ns % kHour / kMinute, 2) + " min " +
         seconds;
}

}  // namespace twin::sim
