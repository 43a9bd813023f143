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
  const int64_t ns = run.took->ns;
  // From a minute on to the second.
  return sim::format_duration({ns < 60 * kSecond ? ns : (ns + kSecond / 2) / kSecond * kSecond});
}

std::string name_of(const ThrottleRun& run) {
  return run.automatic ? std::string("auto") : rate_text(run.rate);
}

std::string latency_of(const ThrottleRun& run, sim::Duration Latency::*which) {
  return run.latency ? latency_text((*run.latency).*which) : std::string("-");
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
  Json line;
  line["rateBytesPerSecond"] = run.rate;
  line["automatic"] = run.automatic;
  line["finished"] = run.finished();
  line["tookSeconds"] = run.finished() ? seconds(*run.took) : Json(nullptr);
  line["movesStarted"] = run.moves_started;
  line["movesEnded"] = run.moves_ended;
  line["burstFloorBytesPerSecond"] = run.floor();
  line["produceLatencySeconds"] = !run.latency ? Json(nullptr)
                                               : Json{{"p50", seconds(run.latency->p50)},
                                                      {"p99", seconds(run.latency->p99)},
                                                      {"max", seconds(run.latency->longest)}};
  line["produceUnavailableLongestSeconds"] = seconds(run.unavailable);
  line["consumerLagSeconds"] = seconds(run.consumer_lag);
  line["urpSeconds"] = seconds(run.urp);
  line["isrShrinks"] = run.isr_shrinks;
  line["verdict"] = verdict_name(run.verdict);
  line["remark"] = remark(run);
  line["fingerprint"] = fmt::format("{:016x}", run.fingerprint);
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
    text += fmt::format("{:>10} {:>15} {:>8} {:>8} {:>8} {:>8} {:>8}", name_of(run), took(run),
                        latency_text(run.urp), latency_text(run.consumer_lag),
                        latency_of(run, &Latency::p50), latency_of(run, &Latency::p99),
                        latency_of(run, &Latency::longest));
    const bool holds = run.verdict == Verdict::holds;
    const std::string why =
        holds ? remark(run) : fmt::format("{}; {}", verdict_name(run.verdict), remark(run));
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
      "produce_max_s,produce_unavailable_s,consumer_lag_s,verdict,automatic\n";
  for (const ThrottleRun& run : runs) {
    const auto latency = [&](sim::Duration Latency::*which) {
      return run.latency ? csv_seconds((*run.latency).*which) : std::string();
    };
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", run.rate,
                        run.finished() ? csv_seconds(*run.took) : "", run.moves_ended,
                        run.moves_started, csv_seconds(run.urp), latency(&Latency::p50),
                        latency(&Latency::p99), latency(&Latency::longest),
                        csv_seconds(run.unavailable), csv_seconds(run.consumer_lag),
                        verdict_name(run.verdict), run.automatic ? 1 : 0);
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
