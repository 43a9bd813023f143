#include "scenarios/runner/properties/liveness.h"

#include <algorithm>
#include <array>

#include "controller/profile.h"
#include "model/trace/decode.h"
#include "scenarios/runner/properties/reached.h"
#include "sim/int128.h"

namespace twin::scenario {

using namespace sim::literals;
using trace::RecordType;

namespace {

// Of the last incarnation, before the next may register: broker.session.timeout.ms 9 s in KRaft, at
// most zookeeper.session.timeout.ms 18 s.
constexpr sim::Duration kSession = 18_s;

bool is_change(Step::Kind kind) {
  return kind == Step::Kind::apply || kind == Step::Kind::set || kind == Step::Kind::annotate ||
         kind == Step::Kind::scale || kind == Step::Kind::remove;
}

sim::Duration time_for(int64_t bytes, int64_t bytes_per_s) {
  return sim::Duration{sim::mul_div_ceil(bytes, 1'000'000'000, bytes_per_s)};
}

struct Fullest {
  int64_t bytes = 0;  // of one broker's logs
  int64_t segments = 0;
  int64_t tail = 0;         // in active segments: read again after an unclean stop
  int64_t bytes_per_s = 0;  // what comes in beside
};

Fullest fullest_broker(const Scenario& scenario, const model::World& world) {
  const model::PartitionTable& table = world.kafka.table();
  Fullest most;
  for (const auto& on_node : table.on_node) {
    Fullest one;
    for (const model::ReplicaRef ref : on_node) {
      const int64_t bytes = world.replication.replica_end(ref.partition, ref.slot);
      const int64_t segment = table.topics[table.partitions[ref.partition].topic].segment_bytes;
      one.bytes += bytes;
      one.segments += bytes / segment + 1;
      one.tail += bytes % segment;
    }
    most.bytes = std::max(most.bytes, one.bytes);
    most.segments = std::max(most.segments, one.segments);
    most.tail = std::max(most.tail, one.tail);
  }
  for (const model::ProducerSpec& producer : scenario.workload.producers) {
    most.bytes_per_s += producer.records_per_s * producer.record_bytes;
  }
  return most;
}

// The longest that any pod of the cluster allows itself.
struct PodTimes {
  sim::Duration grace, ready;
  int64_t count = 0;
};

PodTimes pod_times(const model::World& world) {
  PodTimes times{30_s, 35_s, 0};
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    const auto& pod = api::as<api::Pod>(*object);
    times.grace = std::max(times.grace, pod.spec.termination_grace);
    ++times.count;
    for (const api::Container& container : pod.spec.containers) {
      const api::Probe& probe = container.readiness;
      times.ready = std::max(times.ready, probe.initial_delay + 2 * probe.period);
    }
  }
  return times;
}

sim::Duration slowest_start(const Scenario& scenario) {
  sim::Duration slowest{};
  for (const Step& step : scenario.steps) {
    if (step.kind != Step::Kind::fault) continue;
    if (step.fault.kind == model::FaultKind::slow_start) {
      slowest = std::max(slowest, sim::Duration{step.fault.amount * 1'000'000});
    }
  }
  return slowest;
}

}  // namespace

sim::Duration LivenessBound::total() const {
  return 2 * interval + 2 * operation + nodes * rolls * restart + faults * copy + moves * move;
}

std::string LivenessBound::text() const {
  return "2 x " + sim::format_duration(interval) + " + 2 x " + sim::format_duration(operation) +
         " + " + std::to_string(nodes) + " nodes x " + std::to_string(rolls) + " rolls x " +
         sim::format_duration(restart) + " + " + std::to_string(faults) + " faults x " +
         sim::format_duration(copy) +
         (moves == 0 ? std::string()
                     : " + " + std::to_string(moves) + " moves x " + sim::format_duration(move));
}

namespace {

// At the lowest throttle of the run, which the partition's own followers share with the new one.
void bound_moves(const Scenario& scenario, const Fullest& fullest, int64_t spare,
                 LivenessBound& bound) {
  int64_t replicas = 0;
  for (const TopicWorkload& topic : scenario.workload.topics) {
    replicas = std::max<int64_t>(replicas, topic.replication_factor);
  }
  int64_t rate = spare;
  for (const Step& step : scenario.steps) {
    bound.moves += step.kind == Step::Kind::reassign ? 1 : 0;
    const auto& throttle = step.reassign.throttle;
    if (throttle) rate = std::min(rate, *throttle - replicas * fullest.bytes_per_s);
  }
  if (bound.moves == 0) return;
  bound.finite = rate > 0;
  if (bound.finite) bound.move = time_for(fullest.bytes, rate);
}

}  // namespace

LivenessBound liveness_bound(const Scenario& scenario, const model::World& world) {
  const model::Hardware& hardware = scenario.environment.hardware;
  const Fullest fullest = fullest_broker(scenario, world);
  const PodTimes pods = pod_times(world);
  LivenessBound bound;
  bound.operation = 300_s;
  bound.interval = 120_s;
  if (!scenario.operators.empty()) {
    const controller::OperatorOptions& options = scenario.operators.front();
    const controller::Profile* profile = controller::find_profile(options.profile);
    if (profile != nullptr) bound.interval = profile->full_reconciliation_interval;
    if (profile != nullptr) bound.operation = profile->operation_timeout;
    if (options.full_reconciliation_interval.ns > 0) {
      bound.interval = options.full_reconciliation_interval;
    }
    if (options.operation_timeout.ns > 0) bound.operation = options.operation_timeout;
  }
  bound.nodes = std::max<int64_t>(pods.count, 1);
  bound.rolls = 1;
  for (const Step& step : scenario.steps) {
    bound.rolls += is_change(step.kind) ? 2 : 0;
    bound.faults += step.kind == Step::Kind::fault ? 1 : 0;
  }
  const int64_t rate = std::min(
      {hardware.nic_bytes_per_s, hardware.disk_write_bytes_per_s, hardware.disk_read_bytes_per_s});
  const int64_t spare = rate - 2 * fullest.bytes_per_s;
  bound.finite = spare > 0;
  if (!bound.finite) return bound;
  bound.copy = time_for(fullest.bytes, spare);
  bound_moves(scenario, fullest, spare, bound);
  bound.restart = pods.grace + hardware.volume_detach + hardware.volume_attach +
                  hardware.image_pull + hardware.init_container + slowest_start(scenario) +
                  hardware.container_start +
                  std::max({hardware.jvm_start_broker, hardware.jvm_start_controller,
                            hardware.zookeeper_start}) +
                  kSession + hardware.metadata_load + hardware.log_load_base +
                  hardware.log_load_per_segment * fullest.segments +
                  time_for(fullest.tail, hardware.recovery_bytes_per_s) + pods.ready;
  bound.restart += sim::Duration{sim::mul_div_ceil(bound.restart.ns, fullest.bytes_per_s, spare)};
  return bound;
}

void Liveness::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::StepTaken:
    case RecordType::FaultInjected:
    case RecordType::FaultHealed:
    case RecordType::OperatorStarted:
    case RecordType::OperatorKilled:
      disturbed_ = record.at;
      return;
    case RecordType::PodDeletionMarked:
    case RecordType::PodCreated:
    case RecordType::ReplicaLeftIsr:
    case RecordType::ReplicaJoinedIsr:
    case RecordType::MetadataVersionChanged:
    case RecordType::ConfigChanged:
      moved_ = record.at;
      return;
    default:
      return;
  }
}

void Liveness::judge(const Scenario& scenario, const SessionEnd& end,
                     const std::vector<std::string>& pending) {
  if (end.reason != EndReason::settled && end.reason != EndReason::time_max) return;
  if (world_.faults.any_active()) return;
  // Whoever put it there has to move it before the roll may go on.
  if (end.reason == EndReason::time_max && lacking_what_nobody_runs(world_) > 0) return;
  const LivenessBound bound = liveness_bound(scenario, world_);
  if (!bound.finite) return;
  const sim::Time due = disturbed_ + bound.total();
  const std::string why = "by " + sim::format_clock(due) + ", which is " +
                          sim::format_duration(bound.total()) + " (" + bound.text() +
                          ") after the last change or fault";
  if (end.reason == EndReason::settled) {
    if (const auto open = not_reached(world_); !open.empty()) {
      return verdicts_.violate("liveness", -1, -1, "at rest, and yet " + open.front());
    }
    if (end.last_busy <= due) return;
    return verdicts_.violate(
        "liveness", -1, -1,
        "at rest only at " + sim::format_clock(end.last_busy) + " and not " + why);
  }
  if (end.ended < due) return;  // too short to say
  std::string open;
  for (const std::string& line : pending) open += (open.empty() ? "" : "; ") + line;
  if (open.empty() && moved_ <= due) return;  // what is open is the scenario's own
  if (open.empty()) open = "nothing, and yet something moved at " + sim::format_clock(moved_);
  verdicts_.violate("liveness", -1, -1, "not at rest " + why + "; pending: " + open);
}

bool is_refused(const api::Kafka& kafka) {
  if (kafka.status.observed_generation != kafka.metadata.generation) return false;
  const api::Condition* condition = api::find_condition(kafka.status.conditions, "NotReady");
  if (condition == nullptr || condition->status != "True") return false;
  static constexpr std::array<std::string_view, 4> kRefusals{
      "InvalidResourceException", "InvalidConfigurationException", "KafkaUpgradeException",
      "UnsupportedKafkaVersionException"};
  return std::find(kRefusals.begin(), kRefusals.end(), condition->reason) != kRefusals.end();
}

}  // namespace twin::scenario
