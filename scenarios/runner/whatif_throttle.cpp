#include "scenarios/runner/whatif_throttle.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "controller/rebalance/auto_throttle.h"
#include "model/trace/decode.h"
#include "scenarios/runner/text_layout.h"

namespace twin::scenario {

namespace {

constexpr int64_t kResponse = 10 << 20;  // replica.fetch.response.max.bytes
constexpr int64_t kQuotaMemory = 11;     // seconds

// Who fetched how much from whom.
class PairLog : public model::TraceListener {
 public:
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != trace::RecordType::CatchUpFinished) return;
    const auto end = trace::decode<trace::CatchUpFinished>(record);
    bytes_[{end.source, end.broker}] += end.bytes;
  }

  void fill(ThrottleRun& run) const {
    if (bytes_.empty()) return;
    std::map<int64_t, int64_t> in, out;
    std::map<int64_t, std::set<int64_t>> sources;
    for (const auto& [pair, bytes] : bytes_) {
      out[pair.first] += bytes;
      in[pair.second] += bytes;
      sources[pair.second].insert(pair.first);
    }
    const auto take = [&run](const std::map<int64_t, int64_t>& side, bool sends) {
      for (const auto& [broker, bytes] : side) {
        if (bytes <= run.busiest_bytes) continue;
        run.busiest = broker;
        run.busiest_bytes = bytes;
        run.busiest_sends = sends;
      }
    };
    take(in, false);
    take(out, true);
    for (const auto& [broker, of] : sources) {
      run.sources = std::max(run.sources, static_cast<int64_t>(of.size()));
    }
  }

 private:
  std::map<std::pair<int64_t, int64_t>, int64_t> bytes_;
};

}  // namespace

int64_t ThrottleRun::floor() const { return sources * kResponse / kQuotaMemory; }

sim::Expected<std::vector<int64_t>> parse_rates(const std::string& text) {
  const auto one = [&](const std::string& part) -> sim::Expected<int64_t> {
    const auto rate = api::parse_rate(part);
    if (!rate) return rate.error();
    if (rate->value > 0) return rate->value;
    return sim::Error{"", "a rate of 0 never ends", "5M..200M, or 5M,20M,60M"};
  };
  std::vector<int64_t> rates;
  if (const size_t dots = text.find(".."); dots != text.npos) {
    const auto low = one(text.substr(0, dots));
    if (!low) return low.error();
    const auto high = one(text.substr(dots + 2));
    if (!high) return high.error();
    if (*low > *high) {
      return sim::Error{"", fmt::format("`{}` runs downwards", text),
                        "the lower rate first: 5M..200M"};
    }
    rates.push_back(*low);
    for (int64_t decade = 1; decade <= *high; decade *= 10) {
      for (const int64_t step : {1, 2, 5}) {
        const int64_t rate = decade * step;
        if (rate > *low && rate < *high) rates.push_back(rate);
      }
    }
    if (*high > *low) rates.push_back(*high);
    return rates;
  }
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const auto rate = one(text.substr(at, comma - at));
    if (!rate) return rate.error();
    rates.push_back(*rate);
    at = comma + 1;
  }
  std::ranges::sort(rates);
  // (std::ranges::unique does not compile with clang 14 and this library.)
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  return rates;
}

namespace {

bool is_rebalance(const std::shared_ptr<api::Object>& object) {
  return object && object->kind == api::Kind::kafka_rebalance;
}

void take_figures(const Report& report, ThrottleRun& run) {
  run.took = report.moves_took;
  run.moves_started = report.moves_started;
  run.moves_ended = report.moves_ended;
  run.inflow = report.moves_inflow;
  run.latency = report.produce_latency;
  run.unavailable = report.produce_unavailable_longest;
  run.consumer_lag = report.consumer_lag;
  run.urp = report.urp;
  run.isr_shrinks = report.isr_shrinks;
  run.verdict = report.verdict;
  run.fingerprint = report.fingerprint;
  run.changes = std::ranges::count(report.decisions, "ThrottleChosen", &DecisionEntry::code);
  for (const RebalanceEntry& each : report.rebalances) {
    if (each.state != "NotReady" || !run.refused.empty()) continue;
    run.refused = "KafkaRebalance " + each.name + ": " + each.message;
  }
}

// The resource with that throttle instead of its own.
std::shared_ptr<api::Object> throttled(const api::Object& object, int64_t rate, bool automatic) {
  std::shared_ptr<api::Object> copy = object.clone();
  static_cast<api::KafkaRebalance&>(*copy).replication_throttle = rate;
  if (automatic) {
    copy->metadata.annotations[controller::rebalance::kThrottleAnnotation] = "auto";
  } else {
    copy->metadata.annotations.erase(controller::rebalance::kThrottleAnnotation);
  }
  return copy;
}

}  // namespace

bool has_reassignment(const Scenario& scenario) {
  return has_rebalance(scenario) || std::ranges::any_of(scenario.steps, [](const Step& step) {
           return step.kind == Step::Kind::reassign;
         });
}

bool has_rebalance(const Scenario& scenario) {
  return std::ranges::any_of(scenario.objects, is_rebalance) ||
         std::ranges::any_of(scenario.steps,
                             [](const Step& step) { return is_rebalance(step.object); });
}

namespace {

ThrottleRun play(const Scenario& scenario, int64_t rate, bool automatic,
                 const volatile bool* interrupt) {
  Scenario with = scenario;
  for (Step& step : with.steps) {
    if (step.kind == Step::Kind::reassign) step.reassign.throttle = rate;
    if (is_rebalance(step.object)) step.object = throttled(*step.object, rate, automatic);
  }
  for (std::shared_ptr<api::Object>& object : with.objects) {
    if (is_rebalance(object)) object = throttled(*object, rate, automatic);
  }
  ThrottleRun run;
  run.rate = rate;
  run.automatic = automatic;
  PairLog pairs;
  RunOptions options;
  options.interrupt = interrupt;
  options.listeners.push_back(&pairs);
  take_figures(run_scenario(with, options), run);
  pairs.fill(run);
  return run;
}

}  // namespace

ThrottleRun run_with_throttle(const Scenario& scenario, int64_t rate,
                              const volatile bool* interrupt) {
  return play(scenario, rate, false, interrupt);
}

ThrottleRun run_with_auto(const Scenario& scenario, int64_t most, const volatile bool* interrupt) {
  return play(scenario, most, true, interrupt);
}

std::string remark(const ThrottleRun& run) {
  if (!run.refused.empty()) return run.refused;
  if (run.never_ends()) {
    return fmt::format("never ends: {} arrive on what moves", rate_text(run.inflow));
  }
  if (!run.finished()) {
    return fmt::format("{} of {} partitions when time was up", run.moves_ended, run.moves_started);
  }
  if (run.automatic) {
    return fmt::format("up to {}, {} changes", rate_text(run.rate), run.changes);
  }
  if (run.rate < run.floor()) {
    return fmt::format("not enforced: bursts of {} sources pass at {}", run.sources,
                       rate_text(run.floor()));
  }
  if (run.busiest < 0) return {};
  return fmt::format("broker {} {} {}", run.busiest, run.busiest_sends ? "sends" : "takes in",
                     api::format_bytes({run.busiest_bytes}));
}

namespace {

bool is_within(const ThrottleRun& run, const Aim& aim) {
  return !aim.latency || !run.latency || run.latency->p99 <= *aim.latency;
}

// Of fixed rates that end: the one before which `less` puts no other.
template <class Less>
std::optional<size_t> first_of(const std::vector<ThrottleRun>& runs, const Less& less) {
  std::optional<size_t> best;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].finished() || runs[i].automatic) continue;
    if (!best || less(runs[i], runs[*best])) best = i;
  }
  return best;
}

}  // namespace

std::optional<Recommendation> recommend(const std::vector<ThrottleRun>& runs, const Aim& aim) {
  // Those that keep the latency before those that do not, then by the time.
  const auto fastest = first_of(runs, [&](const ThrottleRun& a, const ThrottleRun& b) {
    const bool keeps = is_within(a, aim), other = is_within(b, aim);
    return keeps != other ? keeps : *a.took < *b.took;
  });
  if (!fastest) return std::nullopt;
  if (!is_within(runs[*fastest], aim)) {
    const auto gentlest = first_of(runs, [](const ThrottleRun& a, const ThrottleRun& b) {
      return a.latency->p99 < b.latency->p99;
    });
    return Recommendation{*gentlest, "none keeps 99 % of produce within " +
                                         latency_text(*aim.latency) + "; this one comes nearest"};
  }
  const std::string kept =
      aim.latency ? ", and 99 % of produce within " + latency_text(*aim.latency) : std::string();
  const sim::Duration longest = aim.window ? sim::Duration{aim.window->ns / 10 * 8}
                                           : sim::Duration{runs[*fastest].took->ns / 4 * 5};
  for (size_t i = 0; i < runs.size(); ++i) {
    const ThrottleRun& run = runs[i];
    if (!run.finished() || run.automatic || run.rate < run.floor()) continue;
    if (*run.took > longest || !is_within(run, aim)) continue;
    if (aim.window) {
      return Recommendation{i, "the lowest that fits the window with a fifth to spare" + kept +
                                   ": clients keep the rest"};
    }
    return Recommendation{i, "the lowest within a quarter of the fastest" + kept +
                                 ": more costs clients and gains little"};
  }
  return Recommendation{
      *fastest, "the fastest that was tried" + kept +
                    (aim.window ? "; it does not fit the window with a fifth to spare" : "")};
}

sim::Expected<std::vector<Variation>> parse_variations(const std::vector<std::string>& texts) {
  constexpr size_t kAtOnce = 2;
  const char* const right = "--vary scenario.environment.hardware=laptop,aws (two at most)";
  if (texts.size() > kAtOnce) {
    return sim::Error{"--vary", fmt::format("{} values are varied", texts.size()), right};
  }
  std::vector<Variation> all(1);
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == text.npos || equals == 0 || equals + 1 == text.size()) {
      return sim::Error{"--vary", fmt::format("`{}` is not PATH=a,b,c", text), right};
    }
    std::vector<Variation> next;
    for (const Variation& each : all) {
      for (size_t at = equals + 1; at <= text.size();) {
        const size_t comma = std::min(text.find(',', at), text.size());
        Variation with = each;
        with.values.emplace_back(text.substr(0, equals), text.substr(at, comma - at));
        next.push_back(std::move(with));
        at = comma + 1;
      }
    }
    all = std::move(next);
  }
  return all;
}

std::string Variation::text() const {
  std::string text;
  for (const auto& [path, value] : values) {
    text += (text.empty() ? "" : ", ") + path + " = " + value;
  }
  return text;
}

std::string Variation::short_text() const {
  std::string text;
  for (const auto& [path, value] : values) {
    text += (text.empty() ? "" : ", ") + path.substr(path.rfind('.') + 1) + " " + value;
  }
  return text;
}

std::vector<std::string> Variation::overrides() const {
  std::vector<std::string> out;
  for (const auto& [path, value] : values) out.push_back(path + "=" + value);
  return out;
}

}  // namespace twin::scenario
