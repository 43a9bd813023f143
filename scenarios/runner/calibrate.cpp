#include "scenarios/runner/calibrate.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "controller/api/units.h"
#include "scenarios/runner/environment.h"
#include "scenarios/runner/text_layout.h"
#include "sim/int128.h"

namespace twin::scenario {

namespace {

constexpr int64_t kOne = 1000;       // a fraction of 1
constexpr int64_t kGrain = 100'000;  // bytes per second

const char* const kRight = "0.5..1.0, or 0.75,0.8: of the bitrate of one partition";

// "0.75": at most three digits behind the point.
std::optional<int64_t> thousandths(std::string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  std::string behind(point < text.size() ? text.substr(point + 1) : std::string_view{});
  if (digits.empty() || digits.size() > 3 || behind.size() > 3) return std::nullopt;
  behind.resize(3, '0');
  digits += behind;
  int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return value > 0 && value <= kOne ? std::optional(value) : std::nullopt;
}

std::string clients_text(const model::BitrateQuestion& question) {
  const auto count = [](int64_t n, const char* what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  return fmt::format(
      "{} with records of {} in batches of {}, {} in flight; {} with fetches of {}; {} to the "
      "broker and back",
      count(question.producer.clients, "producer"),
      api::format_bytes({question.producer.record_bytes}),
      api::format_bytes({question.producer.batch_bytes}),
      count(question.producer.max_in_flight, "request"), count(question.consumers, "consumer"),
      api::format_bytes({question.fetch_bytes}), sim::format_duration(question.round_trip));
}

}  // namespace

model::BitrateQuestion bitrate_question(const Scenario& scenario) {
  model::BitrateQuestion question;
  int64_t most = -1;
  for (const model::ProducerSpec& each : scenario.workload.producers) {
    const int64_t bytes = each.records_per_s * each.record_bytes;
    if (bytes <= most) continue;
    most = bytes;
    question.producer = each;
  }
  question.producer.clients = 1;
  question.round_trip = scenario.environment.hardware.rtt_in_zone;
  return question;
}

KnownBitrate known_bitrate(const Scenario& scenario) {
  if (scenario.environment.partition_bitrate > 0) {
    return {scenario.environment.partition_bitrate,
            "partitionBitrate of the hardware profile " + scenario.environment.hardware.name};
  }
  const model::Bitrate found =
      partition_bitrate(scenario.environment.hardware, bitrate_question(scenario));
  return {found.in_bytes_per_s, "computed for hardware " + scenario.environment.hardware.name +
                                    ", bound by " + found.in_bound};
}

sim::Expected<std::vector<int64_t>> parse_fractions(const std::string& text) {
  const auto wrong = [&](const std::string& part) {
    return sim::Error{"--fraction", fmt::format("`{}` is no part of 1", part), kRight};
  };
  std::vector<int64_t> fractions;
  if (const size_t dots = text.find(".."); dots != text.npos) {
    const auto low = thousandths(text.substr(0, dots));
    const auto high = thousandths(text.substr(dots + 2));
    if (!low || !high) return wrong(text);
    if (*low > *high) {
      return sim::Error{"--fraction", fmt::format("`{}` runs downwards", text), kRight};
    }
    for (int64_t at = *low; at < *high; at += kOne / 10) fractions.push_back(at);
    fractions.push_back(*high);
    return fractions;
  }
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const auto each = thousandths(text.substr(at, comma - at));
    if (!each) return wrong(text.substr(at, comma - at));
    fractions.push_back(*each);
    at = comma + 1;
  }
  std::ranges::sort(fractions);
  fractions.erase(std::unique(fractions.begin(), fractions.end()), fractions.end());
  return fractions;
}

std::vector<int64_t> rates_of(const std::vector<int64_t>& fractions, int64_t bytes_per_s) {
  std::vector<int64_t> rates;
  for (const int64_t each : fractions) {
    const int64_t rate = sim::mul_div(bytes_per_s, each, kOne);
    rates.push_back(rate >= kGrain ? rate / kGrain * kGrain : std::max<int64_t>(1, rate));
  }
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  return rates;
}

std::string calibration_text(const Environment& environment, const model::BitrateQuestion& question,
                             const model::Bitrate& found, int width) {
  std::string text;
  const auto paragraph = [&](const std::string& what) {
    for (const std::string& line : wrap(what, width)) text += line + "\n";
  };
  paragraph("One broker, one topic, one partition on hardware " + environment.hardware.name + ": " +
            clients_text(question) + ".");
  text += "\n";
  const auto row = [&](const char* name, int64_t rate, const std::string& bound) {
    text += fmt::format("  {:<15} {:>12}  {}\n", name, rate_text(rate), bound);
  };
  row("BytesInPerSec", found.in_bytes_per_s, "bound by " + found.in_bound);
  row("BytesOutPerSec", found.out_bytes_per_s, "bound by " + found.out_bound);
  const auto throttles = rates_of({750, 800}, found.in_bytes_per_s);
  text += "\n";
  paragraph(
      fmt::format("A runbook's throttle, 75 to 80 % of it: {} to {}. Processors, compression "
                  "and TLS are not played: a real broker carries less, and what was measured "
                  "on one belongs into the profile as `partitionBitrate`.",
                  rate_text(throttles.front()), rate_text(throttles.back())));
  return text;
}

std::string calibration_json(const Environment& environment, const model::BitrateQuestion& question,
                             const model::Bitrate& found) {
  nlohmann::ordered_json out;
  out["hardware"] = environment.hardware.name;
  out["recordBytes"] = question.producer.record_bytes;
  out["batchBytes"] = question.producer.batch_bytes;
  out["requestsInFlight"] = question.producer.max_in_flight;
  out["producers"] = question.producer.clients;
  out["fetchBytes"] = question.fetch_bytes;
  out["consumers"] = question.consumers;
  out["roundTripSeconds"] = static_cast<double>(question.round_trip.ns) / 1e9;
  out["bytesInPerSecond"] = found.in_bytes_per_s;
  out["bytesInBoundBy"] = found.in_bound;
  out["bytesOutPerSecond"] = found.out_bytes_per_s;
  out["bytesOutBoundBy"] = found.out_bound;
  return out.dump(2) + "\n";
}

std::string calibrated_profile(const Environment& environment,
                               const model::BitrateQuestion& question,
                               const model::Bitrate& found) {
  const model::Hardware& hardware = environment.hardware;
  const bool known = find_hardware(hardware.name) != nullptr;
  std::string text = fmt::format(
      "# The bitrate of one partition, from which `kafka-twin whatif throttle --fraction` takes "
      "its "
      "rates.\nname: {0}{1}\nsource: kafka-twin calibrate, {2}; bound by {3}\n",
      hardware.name, known ? "-calibrated" : "", clients_text(question), found.in_bound);
  if (known) {
    text += "profile: " + hardware.name + "\n";
  } else {
    // What calibration rests on; the rest of a file's profile stays in that file.
    text += fmt::format(
        "nic: {}\ndiskRead: {}\ndiskWrite: {}\nrttInZone: {}us\nrttAcrossZones: {}us\n"
        "socketWindow: {}\npageCache: {}\n",
        hardware.nic_bytes_per_s, hardware.disk_read_bytes_per_s, hardware.disk_write_bytes_per_s,
        hardware.rtt_in_zone.ns / 1000, hardware.rtt_across_zones.ns / 1000,
        hardware.socket_window_bytes, hardware.page_cache_bytes);
  }
  return text + fmt::format("partitionBitrate: {}\n", found.in_bytes_per_s);
}

}  // namespace twin::scenario
