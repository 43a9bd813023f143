// A run of `whatif throttle` as one line, so that it may be played in a process of its own.
#include <nlohmann/json.hpp>

#include "scenarios/runner/whatif_throttle.h"

namespace twin::scenario {

namespace {

using Json = nlohmann::json;

// Every figure once, in the order in which it is written and read.
template <class Run, class Each>
void each_figure(Run& run, Each&& each) {
  each(run.automatic);
  each(run.changes);
  each(run.rate);
  each(run.moves_started);
  each(run.moves_ended);
  each(run.inflow);
  each(run.unavailable.ns);
  each(run.consumer_lag.ns);
  each(run.urp.ns);
  each(run.isr_shrinks);
  each(run.fingerprint);
  each(run.busiest);
  each(run.busiest_bytes);
  each(run.busiest_sends);
  each(run.sources);
  each(run.refused);
}

}  // namespace

std::string to_line(const ThrottleRun& run) {
  Json line = Json::array();
  each_figure(run, [&](const auto& figure) { line.push_back(figure); });
  line.push_back(static_cast<int>(run.verdict));
  line.push_back(run.took ? Json(run.took->ns) : Json());
  line.push_back(run.latency
                     ? Json{run.latency->p50.ns, run.latency->p99.ns, run.latency->longest.ns}
                     : Json());
  return line.dump();
}

std::optional<ThrottleRun> from_line(const std::string& text) {
  const Json line = Json::parse(text, nullptr, false);
  ThrottleRun run;
  size_t next = 0;
  size_t figures = 3;
  each_figure(run, [&](const auto&) { ++figures; });
  if (!line.is_array() || line.size() != figures) return std::nullopt;
  try {
    each_figure(run, [&](auto& figure) { line[next++].get_to(figure); });
    run.verdict = static_cast<Verdict>(line[next++].get<int>());
    if (const Json& took = line[next++]; !took.is_null()) run.took = {took.get<int64_t>()};
    if (const Json& latency = line[next++]; !latency.is_null()) {
      run.latency = {{latency.at(0).get<int64_t>()},
                     {latency.at(1).get<int64_t>()},
                     {latency.at(2).get<int64_t>()}};
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return run;
}

}  // namespace twin::scenario
