// The runs of `whatif throttle` as a table, CSV and JSON.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/whatif_throttle.h"

namespace twin::scenario {

namespace {

using Json = nlohmann::ordered_json;
using Latency = model::Clients::Latency;

std::string took(const ThrottleRun& run) {
  constexpr int64_t kSecond = 1'000'000'000;
  if (!run.finished()) return "-";
  const int64_t ns = run.report.moves_took->ns;
  // From a minute on to the second.
  return sim::format_duration({ns < 60 * kSecond ? ns : (ns + kSecond / 2) / kSecond * kSecond});
}

std::string latency_of(const ThrottleRun& run, sim::Duration Latency::*which) {
  const auto& latency = run.report.produce_latency;
  return latency ? latency_text((*latency).*which) : std::string("-");
}

std::string csv_seconds(sim::Duration d) {
  return fmt::format("{}.{:06}", d.ns / 1'000'000'000, d.ns / 1'000 % 1'000'000);
}

Json seconds(sim::Duration d) { return static_cast<double>(d.ns) / 1e9; }

// A field of CSV: quoted where it has to be.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

Json json_of(const ThrottleRun& run) {
  const Report& r = run.report;
  Json line;
  line["rateBytesPerSecond"] = run.rate;
  line["finished"] = run.finished();
  line["tookSeconds"] = run.finished() ? seconds(*r.moves_took) : Json(nullptr);
  line["movesStarted"] = r.moves_started;
  line["movesEnded"] = r.moves_ended;
  line["burstFloorBytesPerSecond"] = run.floor();
  line["produceLatencySeconds"] = !r.produce_latency
                                      ? Json(nullptr)
                                      : Json{{"p50", seconds(r.produce_latency->p50)},
                                             {"p99", seconds(r.produce_latency->p99)},
                                             {"max", seconds(r.produce_latency->longest)}};
  line["produceUnavailableLongestSeconds"] = seconds(r.produce_unavailable_longest);
  line["consumerLagSeconds"] = seconds(r.consumer_lag);
  line["urpSeconds"] = seconds(r.urp);
  line["isrShrinks"] = r.isr_shrinks;
  line["verdict"] = verdict_name(r.verdict);
  line["remark"] = remark(run);
  line["fingerprint"] = fmt::format("{:016x}", r.fingerprint);
  return line;
}

Json json_of(const std::vector<ThrottleRun>& runs, const std::optional<Recommendation>& best) {
  Json out;
  out["runs"] = Json::array();
  for (const ThrottleRun& run : runs) out["runs"].push_back(json_of(run));
  out["recommended"] = nullptr;
  if (best) {
    out["recommended"] = {{"rateBytesPerSecond", runs[best->run].rate}, {"why", best->why}};
  }
  return out;
}

}  // namespace

std::string throttle_table(const std::vector<ThrottleRun>& runs, int width) {
  std::string text = fmt::format("{:>71}\n{:>10} {:>15} {:>8} {:>8} {:>8} {:>8} {:>8}  {}\n",
                                 "---- produce, acks=all ----", "throttle", "took", "URP", "lag",
                                 "p50", "p99", "max", "why");
  constexpr int kFixed = 73;
  for (const ThrottleRun& run : runs) {
    text += fmt::format("{:>10} {:>15} {:>8} {:>8} {:>8} {:>8} {:>8}", rate_text(run.rate),
                        took(run), latency_text(run.report.urp),
                        latency_text(run.report.consumer_lag), latency_of(run, &Latency::p50),
                        latency_of(run, &Latency::p99), latency_of(run, &Latency::longest));
    const bool holds = run.report.verdict == Verdict::holds;
    const std::string why =
        holds ? remark(run) : fmt::format("{}; {}", verdict_name(run.report.verdict), remark(run));
    bool first = true;
    for (const std::string& line : wrap(why, std::max(20, width - kFixed))) {
      text += (first ? "  " : std::string(kFixed, ' ')) + line + "\n";
      first = false;
    }
    if (first) text += "\n";
  }
  return text;
}

std::string throttle_csv(const std::vector<ThrottleRun>& runs) {
  std::string text =
      "rate_bytes_per_s,took_s,moves_ended,moves_started,urp_s,produce_p50_s,produce_p99_s,"
      "produce_max_s,produce_unavailable_s,consumer_lag_s,verdict\n";
  for (const ThrottleRun& run : runs) {
    const Report& r = run.report;
    const auto latency = [&](sim::Duration Latency::*which) {
      return r.produce_latency ? csv_seconds((*r.produce_latency).*which) : std::string();
    };
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", run.rate,
                        run.finished() ? csv_seconds(*r.moves_took) : "", r.moves_ended,
                        r.moves_started, csv_seconds(r.urp), latency(&Latency::p50),
                        latency(&Latency::p99), latency(&Latency::longest),
                        csv_seconds(r.produce_unavailable_longest), csv_seconds(r.consumer_lag),
                        verdict_name(r.verdict));
  }
  return text;
}

std::string throttle_json(const std::vector<ThrottleRun>& runs,
                          const std::optional<Recommendation>& best) {
  return json_of(runs, best).dump(2) + "\n";
}

std::string varied_csv(const std::vector<VariedRuns>& all) {
  std::string text;
  for (const VariedRuns& each : all) {
    const std::string csv = throttle_csv(each.runs);
    std::string names, values;
    for (const auto& [path, value] : each.variation.values) {
      names += csv_field(path) + ",";
      values += csv_field(value) + ",";
    }
    size_t at = csv.find('\n') + 1;
    if (text.empty()) text = names + csv.substr(0, at);
    while (at < csv.size()) {
      const size_t end = csv.find('\n', at) + 1;
      text += values + csv.substr(at, end - at);
      at = end;
    }
  }
  return text;
}

std::string varied_json(const std::vector<VariedRuns>& all) {
  nlohmann::ordered_json out;
  out["variations"] = nlohmann::ordered_json::array();
  for (const VariedRuns& each : all) {
    nlohmann::ordered_json one;
    one["values"] = nlohmann::ordered_json::object();
    for (const auto& [path, value] : each.variation.values) one["values"][path] = value;
    one.update(json_of(each.runs, each.best));
    out["variations"].push_back(std::move(one));
  }
  return out.dump(2) + "\n";
}

}  // namespace twin::scenario
