#include "cli/time_text.h"

#include <optional>

#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kSecondsMax = int64_t{1000} * 24 * 3600;

// Seconds with up to nine decimals.
std::optional<int64_t> parse_seconds_ns(std::string_view text) {
  int64_t whole = 0;
  size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    whole = whole * 10 + (text[i] - '0');
    if (whole > kSecondsMax) return std::nullopt;
  }
  if (i == 0) return std::nullopt;
  int64_t ns = whole * kSecondNs;
  if (i == text.size()) return ns;
  if (text[i] != '.') return std::nullopt;
  int64_t unit = kSecondNs / 10;
  for (++i; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    ns += unit * (text[i] - '0');
  }
  return ns;
}

// Hours, minutes and seconds between colons.
std::optional<int64_t> parse_colons_ns(std::string_view text) {
  int64_t ns = 0;
  while (true) {
    const size_t colon = text.find(':');
    const auto part = parse_seconds_ns(text.substr(0, colon));
    if (!part) return std::nullopt;
    if (ns > kSecondsMax * kSecondNs / 60) return std::nullopt;
    ns = ns * 60 + *part;
    if (colon == text.npos) return ns;
    text.remove_prefix(colon + 1);
  }
}

}  // namespace

sim::Expected<sim::Time> parse_clock(const std::string& text) {
  if (const auto ns = parse_colons_ns(text)) return sim::Time{*ns};
  if (const auto duration = scenario::parse_duration(text)) return sim::Time{duration->ns};
  return sim::Error{"--at", "`" + text + "` is not a time",
                    "write it as the timeline does, 0:12:03.250, or as 12m3s, or in seconds"};
}

}  // namespace twin::cli
