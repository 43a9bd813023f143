#include "scenarios/runner/run.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "controller/api/catalogue/versions.h"
#include "controller/profile.h"
#include "scenarios/runner/laws.h"
#include "scenarios/runner/point_of_no_return.h"
#include "scenarios/runner/preflight.h"
#include "scenarios/runner/properties.h"
#include "scenarios/runner/recorder.h"
#include "scenarios/runner/session.h"
#include "scenarios/runner/timeline_fold.h"

namespace twin::scenario {

namespace {

constexpr size_t kWorstShown = 10;

// Looks when the workload has started, which is before the first step can act.
class Observer : public model::TraceListener {
 public:
  Observer(Session& session, PointOfNoReturn& versions, Alerts& alerts)
      : session_(session), versions_(versions), alerts_(alerts) {}
  void on_record(const sim::Record& record) override {
    if (static_cast<trace::RecordType>(record.type) == trace::RecordType::StepTaken) look();
  }
  void look() {
    if (std::exchange(taken_, true)) return;
    lines_ = preflight(session_.world().kafka.table());
    versions_.begin();
    alerts_.begin();
  }
  std::vector<std::string> lines() {
    look();
    return lines_;
  }

 private:
  Session& session_;
  PointOfNoReturn& versions_;
  Alerts& alerts_;
  bool taken_ = false;
  std::vector<std::string> lines_;
};

std::string same_or_mixed(const std::set<std::string>& values) {
  if (values.empty()) return {};
  return values.size() == 1 ? *values.begin() : "mixed";
}

void fill_versions(const model::World& world, Report& report) {
  std::set<std::string> binaries, protocols, formats;
  for (const model::VersionState& state : world.kafka.version_state()) {
    if (!state.live) continue;
    binaries.insert(state.binary);
    if (!state.protocol.empty()) protocols.insert(state.protocol);
    if (!state.message_format.empty()) formats.insert(state.message_format);
    report.nodes.push_back(std::to_string(state.node.value));
  }
  report.kafka_version = same_or_mixed(binaries);
  report.protocol_version = same_or_mixed(protocols);
  report.message_format_version = same_or_mixed(formats);
  const int16_t level = world.kafka.metadata_level();
  for (const auto& version : api::all_metadata_versions()) {
    if (version.level == level) report.metadata_version = std::string(version.name);
  }
}

void fill_versions(const PointOfNoReturn& versions, const SessionEnd& end, Report& report) {
  report.point_of_no_return = versions.text();
  if (versions.passed_at()) report.no_return_after = *versions.passed_at() - end.first_change;
}

void fill_operations(const Recorder& recorder, const SessionEnd& end, Report& report) {
  uint64_t roll = 0;
  int64_t moves_before = 0;
  std::optional<sim::Time> decided;
  const auto close_roll = [&](int64_t moves) {
    if (!report.roll_list.empty()) report.roll_list.back().leader_moves = moves - moves_before;
  };
  for (const RecordedRestart& restart : recorder.restarts()) {
    if (restart.deleted < end.zero) continue;
    RestartEntry entry;
    entry.node = restart.node;
    entry.pod = restart.pod;
    entry.reason = restart.code;
    if (decided != restart.decided) ++report.restart_batches;
    decided = restart.decided;
    entry.batch = report.restart_batches;
    entry.deleted = restart.deleted - end.first_change;
    if (restart.ready) entry.ready = *restart.ready - end.first_change;
    if (report.roll_list.empty() || restart.reconcile != roll) {
      close_roll(restart.leader_moves_before);
      moves_before = restart.leader_moves_before;
      roll = restart.reconcile;
      report.roll_list.emplace_back().began = entry.deleted;
    }
    RollEntry& now = report.roll_list.back();
    now.ended = std::max({now.ended, entry.deleted, entry.ready.value_or(entry.deleted)});
    const std::string who = recorder.names().node(restart.node);
    (who.starts_with("broker")       ? now.brokers
     : who.starts_with("controller") ? now.controllers
                                     : now.others) += 1;
    report.restarts.push_back(std::move(entry));
  }
  close_roll(recorder.leader_moves());
  report.rolls = static_cast<int64_t>(report.roll_list.size());
  for (const RecordedDecision& decision : recorder.decisions()) {
    if (decision.at < end.zero) continue;
    report.decisions.push_back({decision.at - end.first_change, decision.kind, decision.node,
                                decision.subject, decision.code, decision.reason, decision.cites});
    const bool failed = decision.kind == controller::DecisionKind::reconcile &&
                        decision.code != "Started" && decision.code != "Reconciled";
    if (!failed) continue;
    ++report.failed_reconciles;
    const auto known = std::find(report.errors.begin(), report.errors.end(), decision.code);
    if (known == report.errors.end()) report.errors.push_back(decision.code);
  }
  for (const sim::Time start : recorder.operator_starts()) {
    report.operator_starts += start > end.zero ? 1 : 0;
  }
}

void fill_availability(const model::World& world, const Recorder& recorder, Report& report) {
  const model::Ledger::Totals totals = world.ledger.totals();
  report.leader_moves = totals.leader_moves;
  report.isr_shrinks = totals.isr_shrinks;
  report.isr_expands = totals.isr_expands;
  report.urp = totals.urp;
  report.offline = totals.offline;
  report.under_min_isr = totals.under_min_isr;
  report.bytes_replicated = totals.bytes_replicated;
  report.acknowledged_bytes_lost = totals.acknowledged_lost;
  report.unacked_policy_bytes_lost = totals.weaker_lost;
  for (const model::Ledger::Spell& spell : world.ledger.longest_under_min_isr(kWorstShown)) {
    report.under_min_isr_longest = std::max(report.under_min_isr_longest, spell.length);
    report.under_min_isr_worst.push_back(
        {recorder.names().partition(spell.partition), spell.length});
  }
  for (const model::Clients::Stall& stall : world.clients.longest_stalls(kWorstShown)) {
    report.produce_unavailable_longest = std::max(report.produce_unavailable_longest, stall.length);
    report.produce_unavailable_worst.push_back(
        {recorder.names().partition(stall.partition), stall.length});
  }
  report.records_rejected = world.clients.records_rejected();
  const model::Clients::Lag& lag = world.clients.worst_lag();
  report.consumer_lag = lag.time;
  report.consumer_lag_records = lag.records;
  if (lag.group >= 0) {
    report.consumer_lag_where =
        world.clients.group_name(lag.group) + " on " + recorder.names().partition(lag.partition);
  }
}

// What arrives on partitions that still move: the destination takes it once, the leader sends it to
// every follower.
int64_t inflow_of_moves(const model::World& world) {
  std::map<int32_t, int64_t> in, out;
  int64_t most = 0;
  const model::PartitionTable& table = world.kafka.table();
  for (size_t index = 0; index < table.partitions.size(); ++index) {
    const model::Partition& row = table.partitions[index];
    if (row.adding == 0 || row.leader_slot < 0) continue;
    const int64_t rate = world.replication.inflow(static_cast<model::PartitionIndex>(index));
    most = std::max(most, out[row.leader().value] += rate * (row.replicas.size - 1));
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      if (((row.adding >> slot) & 1) == 0) continue;
      most = std::max(most, in[row.replicas[slot].value] += rate);
    }
  }
  return most;
}

void fill_moves(const MoveLog& moves, const model::World& world, Report& report) {
  report.moves_inflow = inflow_of_moves(world);
  report.moves_started = moves.started();
  report.moves_ended = moves.ended();
  report.throttles_left = moves.throttled();
  report.produce_latency = world.clients.produce_latency();
  if (moves.started() > 0 && !moves.moving()) report.moves_took = moves.took();
}

void fill_rebalances(const model::World& world, Report& report) {
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::kafka_rebalance)) {
    const auto& resource = api::as<api::KafkaRebalance>(*object);
    RebalanceEntry entry{resource.metadata.name, "New", {}, {}};
    if (!resource.conditions.empty()) {
      const api::Condition& condition = resource.conditions.front();
      entry = {resource.metadata.name, condition.type, condition.reason, condition.message};
    }
    report.rebalances.push_back(std::move(entry));
  }
}

// Strimzi hands rebalances to Cruise Control.
void note_rebalances(const Scenario& scenario, Report& report) {
  bool ours = true;
  for (const auto& each : scenario.operators) {
    const controller::Profile* profile = controller::find_profile(each.profile);
    ours &= profile == nullptr || profile->twin;
  }
  if (ours) return;
  for (const RebalanceEntry& each : report.rebalances) {
    report.not_modelled.push_back({scenario.file, "KafkaRebalance " + each.name,
                                   "Cruise Control is not played: no replica is moved by it",
                                   true});
  }
}

void fill_leaders(const model::World& world, Report& report) {
  std::map<int64_t, int64_t> leads;
  for (const model::VersionState& state : world.kafka.version_state()) {
    if (state.live && !state.controller) leads[state.node.value] = 0;
  }
  const model::PartitionTable& table = world.kafka.table();
  report.partitions = static_cast<int64_t>(table.partitions.size());
  for (const model::Partition& partition : table.partitions) {
    if (partition.leader_slot >= 0) ++leads[partition.leader().value];
    report.on_preferred += partition.leader_slot == 0 ? 1 : 0;
  }
  for (const auto& [broker, count] : leads) report.leaders.push_back({broker, count});
}

// What is expected of this profile beside what is expected of all.
const std::vector<Expectation>& own_of(const Scenario& scenario, const RunOptions& options) {
  static const std::vector<Expectation> none;
  if (!options.comparison) return none;
  for (const ComparedExpectations& each : scenario.compared_expectations) {
    if (each.profile == options.profile) return each.expectations;
  }
  return none;
}

void fill_identity(const Scenario& scenario, const SessionEnd& end, Report& report) {
  report.scenario = scenario.name;
  report.file = scenario.file;
  report.description = scenario.description;
  if (!scenario.operators.empty()) report.profile = scenario.operators.front().profile;
  report.profile_claim = controller::profile_claim(report.profile);
  report.kubernetes_version = scenario.environment.kubernetes_version;
  report.hardware = scenario.environment.hardware.name;
  report.seed = scenario.seed;
  report.end = std::string(end_name(end.reason));
  report.end_detail = end.detail;
  report.started = end.started;
  report.zero = end.zero;
  report.first_change = end.first_change;
  report.ended = end.ended;
  report.duration = end.last_busy - end.first_change;
}

void fill_faults(const model::World& world, Report& report) {
  for (model::FaultIndex i = 0; i < world.faults.count(); ++i) {
    if (world.faults.active(i)) report.active_faults.push_back(describe(world.faults.fault(i)));
  }
}

void fill_violations(const Properties& properties, const SessionEnd& end, Report& report) {
  for (const PropertyViolation& violation : properties.violations()) {
    report.violations.push_back(
        {violation.property, violation.at - end.first_change, violation.how});
  }
}

}  // namespace

Report run_scenario(const Scenario& given, const RunOptions& options) {
  Scenario scenario = given;
  if (!options.profile.empty()) {
    for (controller::OperatorOptions& each : scenario.operators) each.profile = options.profile;
  }
  SessionOptions session_options;
  session_options.trace = options.trace;
  session_options.interrupt = options.interrupt;
  session_options.listeners = options.listeners;
  session_options.instant_events_max = options.instant_events_max;
  Session session(scenario, session_options);
  model::World& world = session.world();
  Recorder& recorder = session.recorder();
  Properties properties(world, recorder);
  PointOfNoReturn versions(world);
  Alerts alerts(world);
  Observer observer(session, versions, alerts);
  session.add_listener(properties);
  session.add_listener(observer);
  session.add_listener(versions);
  session.add_listener(alerts);
  LawsUsed laws;
  session.add_listener(laws);
  std::unique_ptr<TimelineFold> fold;
  std::unique_ptr<Timeline> timeline;
  if (options.timeline != nullptr) {
    fold = std::make_unique<TimelineFold>(*options.timeline);
    timeline = std::make_unique<Timeline>(*fold);
    session.add_listener(*timeline);
  }
  const SessionEnd end = session.run();
  properties.finish(scenario, end, session.unrest());
  if (timeline) {
    timeline->finish();
    fold->finish();
  }

  Report report;
  fill_identity(scenario, end, report);
  report.steps_left_out = session.steps_left_out();
  if (session.last_ready() != sim::kNever && session.last_ready() >= end.first_change) {
    report.ready_after = session.last_ready() - end.first_change;
  }
  fill_operations(recorder, end, report);
  fill_availability(world, recorder, report);
  fill_versions(world, report);
  report.unlucky_restarts = properties.unlucky_restarts();
  fill_moves(session.moves(), world, report);
  fill_rebalances(world, report);
  fill_leaders(world, report);
  if (end.started) {
    fill_versions(versions, end, report);
    report.alerts = alerts.finish(end.ended);
    report.preflight = observer.lines();
  }
  if (const auto kafka = session.kafka()) report.conditions = kafka->status.conditions;
  fill_violations(properties, end, report);
  report.without_effect = scenario.without_effect;
  report.not_modelled = scenario.not_modelled;
  note_rebalances(scenario, report);
  report.laws = laws.entries(report.profile, report.hardware);
  report.events = world.kernel.engine.events_handled();
  report.solves = world.replication.solves();
  fill_faults(world, report);
  judge(report, given.expectations, own_of(given, options));
  report.records = world.kernel.trace.records();
  report.fingerprint = world.kernel.trace.fingerprint();
  if (options.trace != nullptr) world.kernel.trace.finish();
  return report;
}

}  // namespace twin::scenario
