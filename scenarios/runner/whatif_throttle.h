// The same reassignment under one throttle after another: how long, what bound it, and what it did
// to clients. Each rate is a run of its own, with the same seed; what differs between two lines
// comes from the rate alone.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/runner/run.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

struct ThrottleRun {
  bool automatic = false;             // the operator chose, up to `rate`
  int64_t changes = 0;                // how often it did
  int64_t rate = 0;                   // bytes per second
  std::optional<sim::Duration> took;  // none: not all moves ended
  int64_t moves_started = 0, moves_ended = 0;
  int64_t inflow = 0;  // bytes/s that arrive on what still moves at the end, at one broker
  std::optional<model::Clients::Latency> latency;  // of acks=all, while partitions moved
  sim::Duration unavailable{}, consumer_lag{}, urp{};
  int64_t isr_shrinks = 0;
  Verdict verdict = Verdict::unknown;
  uint64_t fingerprint = 0;
  std::string refused;  // why a KafkaRebalance is NotReady
  // The broker whose throttle was the longest in use: it took in or sent so much.
  int64_t busiest = -1, busiest_bytes = 0;
  bool busiest_sends = false;
  int64_t sources = 0;  // the most that one destination fetched from

  bool finished() const { return took.has_value(); }
  // At or below what arrives it makes no way.
  bool never_ends() const { return !finished() && inflow > 0 && inflow >= rate; }
  // Below it whole responses go out faster than the quota forgets them: 10 MiB of each source in 11
  // seconds. The throttle is not enforced there.
  int64_t floor() const;
};

// "5M..200M" (1, 2, 5 steps in between, both ends included), or "5M,20M,60M".
sim::Expected<std::vector<int64_t>> parse_rates(const std::string& text);

// The throttle is that of `reassign` steps, and the replicationThrottle of KafkaRebalances.
// REQUIRES: the scenario has one of them (has_reassignment).
bool has_reassignment(const Scenario& scenario);
ThrottleRun run_with_throttle(const Scenario& scenario, int64_t rate,
                              const volatile bool* interrupt);
// Under `kafka-twin.io/throttle: auto` with that as the highest rate. REQUIRES: has_rebalance.
bool has_rebalance(const Scenario& scenario);
ThrottleRun run_with_auto(const Scenario& scenario, int64_t most, const volatile bool* interrupt);

// The run as one line of text, and back: how it comes from another process. nullopt: no such line.
std::string to_line(const ThrottleRun& run);
std::optional<ThrottleRun> from_line(const std::string& line);

// Of runs by rising rate: the one to take, and why. nullopt: none ended.
struct Recommendation {
  size_t run = 0;
  std::string why;
};
// What it shall keep: the moves within `window` (a fifth to spare), 99 % of produce within
// `latency`.
struct Aim {
  std::optional<sim::Duration> window, latency;
};
std::optional<Recommendation> recommend(const std::vector<ThrottleRun>& runs, const Aim& aim);

// "never: ..." or what stands behind the line; empty when there is nothing to say.
std::string remark(const ThrottleRun& run);

std::string throttle_table(const std::vector<ThrottleRun>& runs, int width);
std::string throttle_csv(const std::vector<ThrottleRun>& runs);
std::string throttle_json(const std::vector<ThrottleRun>& runs,
                          const std::optional<Recommendation>& best);

// The same under other values of the scenario, in every combination: "PATH=a,b,c", PATH as --set
// takes it. Without texts: one variation that changes nothing. Error: more than two, or no values.
struct Variation {
  std::vector<std::pair<std::string, std::string>> values;  // path, value
  std::string text() const;                                 // "path = a, other = b"
  std::string short_text() const;                           // of each path its last word
  std::vector<std::string> overrides() const;               // "path=a"
};
sim::Expected<std::vector<Variation>> parse_variations(const std::vector<std::string>& texts);

struct VariedRuns {
  Variation variation;
  std::vector<ThrottleRun> runs;
  std::optional<Recommendation> best;
};
// One table, the varied paths as its first columns.
std::string varied_csv(const std::vector<VariedRuns>& all);
// {"variations":[{"values":{path:value},"runs":[...],"recommended":...}]}
std::string varied_json(const std::vector<VariedRuns>& all);

}  // namespace twin::scenario
