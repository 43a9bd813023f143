// What a run amounts to: a verdict and the figures behind it. Filled in once at the end from the
// recorder, the ledger and the session; rendered as text, JSON, JUnit or Markdown; compared with
// what the scenario expects. Times count from the first change (figures.h says so for each).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/ports.h"
#include "model/clients/clients.h"
#include "scenarios/runner/alerts.h"
#include "scenarios/runner/figures.h"
#include "scenarios/runner/scenario.h"
#include "sim/time.h"

namespace twin::scenario {

enum class Verdict : uint8_t { holds, violated, unknown };
std::string_view verdict_name(Verdict verdict);

struct RestartEntry {
  int64_t node = -1;
  std::string pod;
  std::string reason;  // code of the decision
  int64_t batch = 0;   // counts from 1; restarts that were decided on together have the same one
  sim::Duration deleted;
  std::optional<sim::Duration> ready;  // none: not Ready again before the run ended
};

// Restarts of one reconcile. Leader moves are those from its first deletion to the next roll.
struct RollEntry {
  sim::Duration began{}, ended{};  // the last pod Ready again, or deleted
  int64_t controllers = 0, brokers = 0, others = 0;
  int64_t leader_moves = 0;
};

struct LeaderShare {
  int64_t broker = -1;
  int64_t leads = 0;
};

struct DecisionEntry {
  sim::Duration at;
  controller::DecisionKind kind = controller::DecisionKind::note;
  int64_t node = -1;
  std::string subject, code, reason;
  std::vector<controller::CallId> cites;  // the replies it rests on, by the call's id in the trace
};

// A KafkaRebalance at the end.
struct RebalanceEntry {
  std::string name, state, reason, message;
};

struct PartitionFigure {
  std::string partition;
  sim::Duration time;
};

struct ViolationEntry {
  std::string property;
  sim::Duration at;
  std::string how;
};

struct ExpectationResult {
  std::string text;    // "restarts: 6"
  std::string actual;  // "6"
  bool holds = false;
  std::string where;  // file:line
  // Neither holds nor fails: the workload never ran, or the user ended the run before its end.
  bool open = false;
  std::string of;  // of this operator alone, by `compareWith`; "" = of every one
};

struct LawEntry {
  std::string name;   // "controlled shutdown"
  std::string error;  // "2 %" or "not measured"
};

struct Report {
  std::string scenario, file, description;
  std::string profile, profile_claim;
  std::string kubernetes_version, hardware;
  uint64_t seed = 0;
  uint64_t fingerprint = 0;
  uint64_t events = 0, records = 0, solves = 0;

  Verdict verdict = Verdict::unknown;
  std::vector<std::string> verdict_reasons;
  // The scenario expects this verdict by name, and everything else that it expects of this operator
  // holds.
  bool as_expected = false;
  std::string end;                         // settled, timeMax, deployFailed, badStep
  std::vector<size_t> steps_left_out;      // they could not be taken (failingSteps: skip)
  std::string end_detail;                  // what is pending, or why it failed
  std::vector<std::string> active_faults;  // at the end
  sim::Time zero{}, first_change{}, ended{};
  bool started = false;  // the workload ran: without it the figures below say nothing

  sim::Duration duration{};
  std::optional<sim::Duration> ready_after;
  int64_t rolls = 0;
  std::vector<RollEntry> roll_list;
  std::vector<RestartEntry> restarts;
  int64_t restart_batches = 0;  // moments at which restarts were decided on
  std::vector<DecisionEntry> decisions;
  int64_t failed_reconciles = 0;
  std::vector<std::string> errors;
  std::vector<api::Condition> conditions;  // of the Kafka resource at the end
  std::string kafka_version, metadata_version, protocol_version, message_format_version;
  std::vector<std::string> nodes;

  int64_t leader_moves = 0, isr_shrinks = 0, isr_expands = 0;
  std::vector<LeaderShare> leaders;          // at the end, by broker
  int64_t partitions = 0, on_preferred = 0;  // at the end, and led by their first replica
  sim::Duration urp{}, offline{};
  sim::Duration under_min_isr{}, under_min_isr_longest{};
  std::vector<PartitionFigure> under_min_isr_worst;
  sim::Duration produce_unavailable_longest{};
  std::vector<PartitionFigure> produce_unavailable_worst;
  int64_t records_rejected = 0;
  int64_t consumer_lag_records = 0;
  sim::Duration consumer_lag{};
  std::string consumer_lag_where;
  int64_t bytes_replicated = 0;
  // With acks=all, by bytes, while partitions moved; none where nothing moved.
  std::optional<model::Clients::Latency> produce_latency;
  int64_t moves_started = 0, moves_ended = 0;  // partitions that were reassigned
  std::optional<sim::Duration> moves_took;     // the time in which anything moved
  int64_t moves_inflow = 0;                    // bytes/s: the most that a broker must take or
                                               // send for what still moves, to keep up
  int64_t throttles_left = 0;                  // brokers and topics with one at the end
  std::vector<RebalanceEntry> rebalances;      // at the end, by name
  int64_t acknowledged_bytes_lost = 0;
  int64_t unacked_policy_bytes_lost = 0;  // acknowledged under acks=1 or 0 only
  int64_t unlucky_restarts = 0;
  int64_t operator_starts = 0;
  std::string point_of_no_return;                // "" when no version was changed
  std::optional<sim::Duration> no_return_after;  // it was passed
  std::vector<Alert> alerts;                     // of Strimzi's rules, which may have fired
  std::vector<ViolationEntry> violations;
  std::vector<ExpectationResult> expectations;
  std::vector<std::string> preflight;
  std::vector<FieldNote> without_effect, not_modelled;
  std::vector<LawEntry> laws;
};

// One figure's value, comparable with an expectation.
struct FigureValue {
  FigureUnit unit = FigureUnit::count;
  int64_t number = 0;             // count, bytes, nanoseconds
  std::string text;               // text
  std::vector<std::string> list;  // list
};
// nullopt: it has no value in this run (a node that was never restarted).
std::optional<FigureValue> figure_value(const Report& report, const FigureName& name);
std::string format_value(const FigureValue& value);

ExpectationResult check_expectation(const Report& report, const Expectation& expectation,
                                    const std::string& file);
// Compares the report with every expectation and sets verdict and verdict_reasons. Whatever the
// operator profile, a run that did not come to rest does not hold: it is violated, or unknown while
// a fault is still active or when the user ended it; unless `end` is among the expectations.
//
// `own` is what `compareWith` expects of this operator beside. What the scenario expects of a safe
// run is expected of it all the same, but for texts and lists that `own` names too: those say what
// an operator does, numbers what it costs.
void judge(Report& report, const std::vector<Expectation>& expected,
           const std::vector<Expectation>& own = {});

// "UnderReplicatedPartitions 3 times, 24.1 s at most; it may fire"
std::string alert_text(const Alert& alert);
// `told`: what the opening's pre-flight has said already; the report's is left out unless it has
// anything else.
std::string to_text(const Report& report, int width, bool colour,
                    const std::vector<std::string>* told = nullptr);
// What a run starts with: scenario, operator, what is known to block it or to go dark.
std::string opening_text(const Scenario& scenario, const std::string& profile, int width,
                         bool colour);
// An array of reports, also of one: docs/REPORT.md.
std::string to_json(const std::vector<Report>& reports);
std::string to_junit(const std::vector<Report>& reports);
// For a comment on a pull request: several reports are compared in one table.
std::string to_markdown(const std::vector<Report>& reports);
// The figures that a comparison shows, by the name that a person reads.
struct FigureLabel {
  std::string_view label;
  std::string_view figure;
};
const std::vector<FigureLabel>& compared_figures();
// "-" where the run never began, for what says nothing then.
std::string compared_value(const Report& report, const FigureLabel& row);
// Several profiles on the same scenario, side by side.
std::string comparison_text(const std::vector<Report>& reports, int width, bool colour);

}  // namespace twin::scenario
