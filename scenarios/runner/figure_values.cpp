#include <algorithm>

#include "controller/api/units.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

FigureValue count(int64_t n) { return {FigureUnit::count, n, {}, {}}; }
FigureValue bytes(int64_t n) { return {FigureUnit::bytes, n, {}, {}}; }
FigureValue time(sim::Duration d) { return {FigureUnit::duration, d.ns, {}, {}}; }
FigureValue text(std::string s) { return {FigureUnit::text, 0, std::move(s), {}}; }
FigureValue list(std::vector<std::string> l) { return {FigureUnit::list, 0, {}, std::move(l)}; }

std::optional<FigureValue> of_restart(const Report& report, const FigureName& name) {
  int seen = 0;
  for (const RestartEntry& restart : report.restarts) {
    if (std::to_string(restart.node) != name.of || ++seen != name.nth) continue;
    if (name.name == "restartAt") return time(restart.deleted);
    return restart.ready ? std::optional(time(*restart.ready)) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<FigureValue> of_decision(const Report& report, const FigureName& name) {
  int seen = 0;
  for (const DecisionEntry& decision : report.decisions) {
    if (decision.code != name.of) continue;
    ++seen;
    if (name.name == "decisionAt" && seen == name.nth) return time(decision.at);
  }
  return name.name == "decisions" ? std::optional(count(seen)) : std::nullopt;
}

FigureValue of_condition(const Report& report, const FigureName& name) {
  const api::Condition* condition = api::find_condition(report.conditions, name.of);
  if (condition == nullptr) return text("missing");
  return text(name.name == "condition" ? condition->status : condition->reason);
}

FigureValue of_rebalance(const Report& report, const FigureName& name) {
  for (const RebalanceEntry& entry : report.rebalances) {
    if (entry.name == name.of) return text(name.name == "rebalance" ? entry.state : entry.reason);
  }
  return text("missing");
}

std::vector<std::string> warnings(const Report& report) {
  std::vector<std::string> reasons;
  for (const api::Condition& condition : report.conditions) {
    if (condition.type == "Warning") reasons.push_back(condition.reason);
  }
  return reasons;
}

std::optional<FigureValue> of_run(const Report& r, const std::string& name) {
  std::vector<std::string> order;
  for (const RestartEntry& restart : r.restarts) order.push_back(std::to_string(restart.node));
  if (name == "duration") return time(r.duration);
  if (name == "readyAfter")
    return r.ready_after ? std::optional(time(*r.ready_after)) : std::nullopt;
  if (name == "rolls") return count(r.rolls);
  if (name == "restarts") return count(static_cast<int64_t>(r.restarts.size()));
  if (name == "restartBatches") return count(r.restart_batches);
  if (name == "restartOrder") return list(std::move(order));
  if (name == "failedReconciles") return count(r.failed_reconciles);
  if (name == "errors") return list(r.errors);
  if (name == "warnings") return list(warnings(r));
  if (name == "kafkaVersion") return text(r.kafka_version);
  if (name == "metadataVersion") return text(r.metadata_version);
  if (name == "protocolVersion") return text(r.protocol_version);
  if (name == "messageFormatVersion") return text(r.message_format_version);
  if (name == "nodes") return list(r.nodes);
  if (name == "leaderMoves") return count(r.leader_moves);
  if (name == "urpSeconds") return time(r.urp);
  if (name == "underMinIsrSeconds") return time(r.under_min_isr);
  if (name == "underMinIsrLongest") return time(r.under_min_isr_longest);
  if (name == "offlineSeconds") return time(r.offline);
  if (name == "produceUnavailableLongest") return time(r.produce_unavailable_longest);
  if (name == "recordsRejected") return count(r.records_rejected);
  if (name == "consumerLagRecords") return count(r.consumer_lag_records);
  if (name == "consumerLagSeconds") return time(r.consumer_lag);
  if (name == "bytesReplicated") return bytes(r.bytes_replicated);
  if (name == "movesStarted") return count(r.moves_started);
  if (name == "movesEnded") return count(r.moves_ended);
  if (name == "movesTook") {
    return r.moves_took ? std::optional(time(*r.moves_took)) : std::nullopt;
  }
  if (name.starts_with("produceLatency")) {
    if (!r.produce_latency) return std::nullopt;
    return time(name == "produceLatencyP50"   ? r.produce_latency->p50
                : name == "produceLatencyP99" ? r.produce_latency->p99
                                              : r.produce_latency->longest);
  }
  if (name == "throttlesLeft") return count(r.throttles_left);
  if (name == "acknowledgedBytesLost") return bytes(r.acknowledged_bytes_lost);
  if (name == "unluckyRestarts") return count(r.unlucky_restarts);
  if (name == "propertyViolations") return count(static_cast<int64_t>(r.violations.size()));
  if (name == "operatorStarts") return count(r.operator_starts);
  if (name == "verdict") return text(std::string(verdict_name(r.verdict)));
  if (name == "end") return text(r.end);
  return std::nullopt;
}

}  // namespace

std::optional<FigureValue> figure_value(const Report& report, const FigureName& name) {
  if (name.name == "restartAt" || name.name == "podReadyAt") return of_restart(report, name);
  if (name.name == "decisions" || name.name == "decisionAt") return of_decision(report, name);
  if (name.name == "condition" || name.name == "conditionReason") return of_condition(report, name);
  if (name.name == "rebalance" || name.name == "rebalanceReason") return of_rebalance(report, name);
  return of_run(report, name.name);
}

std::string format_value(const FigureValue& value) {
  switch (value.unit) {
    case FigureUnit::count:
      return std::to_string(value.number);
    case FigureUnit::bytes:
      return api::format_bytes({value.number});
    case FigureUnit::duration:
      return sim::format_duration({value.number});
    case FigureUnit::text:
      return value.text;
    case FigureUnit::list:
      break;
  }
  std::string joined;
  for (const std::string& item : value.list) joined += (joined.empty() ? "" : " ") + item;
  return joined;
}

}  // namespace twin::scenario
