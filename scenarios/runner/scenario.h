// A scenario as data: what a file under scenarios/ says, checked and with defaults filled in. The
// file is multi-document YAML: real Kafka, KafkaNodePool, KafkaTopic ... manifests as they are, and
// one document of `kind: Scenario` with the environment, the workload, the steps and what is
// expected (docs/SCENARIOS.md). Loading is in load.h; running in session.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/api/object.h"
#include "controller/api/strimzi.h"
#include "controller/operator.h"
#include "model/clients/workload.h"
#include "model/faults/fault.h"
#include "model/hardware.h"
#include "sim/engine.h"

namespace twin::scenario {

struct KubeNodeSpec {
  std::string name;
  std::string zone;
  int64_t cpu_millis = 16'000;
  api::Bytes memory = api::gib(64);
};

// A figure of the hardware that was measured more than once. Runs go by the median; a preview takes
// its ranges from the rest.
struct MeasuredInput {
  std::string key;               // as in the file: "brokerStart"
  std::vector<int64_t> samples;  // rising; nanoseconds, bytes or bytes per second
  void (*set)(model::Hardware& hardware, int64_t value);
};

struct Environment {
  std::string kubernetes_version = "1.37";
  model::Hardware hardware;
  std::vector<MeasuredInput> measured;  // of it, a key at most once
  int64_t partition_bitrate = 0;        // bytes/s that one partition carries; 0: not measured
  std::vector<KubeNodeSpec> nodes;      // default: three zones, enough nodes for every pod
  bool nodes_named = false;             // by the file; else they are that default
  std::vector<std::shared_ptr<api::Object>> storage_classes;
  int32_t zone_count = 3;
  std::vector<std::string> zones;  // their names, as many as zone_count: "zone-a", "zone-b", ...
};

// A topic of the workload; created when the cluster is first Ready. KafkaTopic manifests become the
// same.
struct TopicWorkload {
  std::string name;
  int32_t partitions = 1;
  int32_t replication_factor = 3;
  api::KafkaConfig config;               // min.insync.replicas, segment.bytes, ...
  api::Bytes data_per_partition;         // size of each log when the run starts
  api::Bytes batch{16'200};              // size of each record batch in it
  std::vector<api::NodeList> placement;  // explicit replica lists, or empty: Kafka's own placement
  std::string partitions_where, replicas_where;  // file:line:column, or of the topic
};

struct Workload {
  std::vector<TopicWorkload> topics;
  std::vector<model::ProducerSpec> producers;
  std::vector<model::GroupSpec> groups;
};

// A condition on the state of the world, as expectations and `when` triggers use it.
struct Condition {
  enum class Kind : uint8_t {
    resource_ready,      // Kafka resource: Ready=True for its current generation
    resource_condition,  // a condition type with a reason or status
    pod_ready,
    pod_missing,
    pod_terminating,
    node_empty,      // a Kubernetes node: no pod is on it
    node_state,      // a Kafka node: running, fenced, starting, down, loading
    restarts_begun,  // the operator has begun at least N restarts since the clock's zero
    restarts_done,
    running_version,  // every Kafka node runs this version
    metadata_version,
    isr_full,    // every partition has its full ISR
    reassigned,  // no partition moves
    step_done,   // an earlier step, by id
    decision,    // a decision with this code (and node) was made
  };
  Kind kind = Kind::resource_ready;
  std::string subject;  // resource, pod, node id, step id, decision code
  std::string value;
  int64_t count = 0;
  std::string text;  // as written, for messages
};

// The operator's nth port call, before or after it took effect.
struct OnCall {
  uint64_t nth = 0;  // port call of the operator since the clock's zero
  bool before = false;
};

// When a step happens. `at` counts from the clock's zero: the moment the cluster was first Ready
// and the workload ran. Exactly one of the triggers is set; `after` delays it further. A step with
// `when` looks at its condition only once every step above it was taken.
struct Trigger {
  std::optional<sim::Duration> at;
  std::optional<Condition> when;
  std::optional<OnCall> on_call;
  sim::Duration after{};
};

// A reassignment as an administrator starts it with kafka-reassign-partitions.
struct Reassign {
  struct Target {
    std::string topic;
    uint32_t partition = 0;
    api::NodeList replicas;
  };
  std::vector<Target> targets;
  std::vector<std::pair<api::NodeId, api::NodeId>> replace;  // each replica of one, to the other
  std::optional<int64_t> throttle;                           // bytes per second
};

struct Step {
  enum class Kind : uint8_t {
    apply,  // create or update an object
    set,    // change fields of an existing object by path
    annotate,
    scale,   // a pool's or Kafka resource's replicas
    remove,  // delete an object
    undo,    // kubectl rollout undo of a StatefulSet
    fault,
    heal,  // a fault step by id
    upgrade_clients,
    reassign,             // kafka-reassign-partitions --execute
    throttle,             // other rates for it
    verify_reassignment,  // --verify: clears the throttles once nothing moves
    cancel_reassignment,
    create_topic,  // kafka-topics --create
    start_operator,
    stop_operator,
    upgrade_operator,  // all of them, to another release
    note,
  };
  std::string id;
  Trigger trigger;
  Kind kind = Kind::note;
  std::shared_ptr<api::Object> object;  // apply
  std::string target_kind;              // set, annotate, scale, remove: "Kafka"
  std::string target;                   // their name
  // set: dotted path -> value; annotate: key -> value ("" removes)
  std::vector<std::pair<std::string, api::Value>> changes;
  int64_t replicas = 0;  // scale; start_operator, stop_operator: which
  model::Fault fault;
  std::string heals;    // id of the fault step
  TopicWorkload topic;  // create_topic
  Reassign reassign;    // reassign; throttle: its rate
  std::string text;     // note, client version, operator profile
  api::Mark mark;       // where in the file
};

// One line of `expect`. Comparisons are on the report's figures by name, so that everything that is
// printed can be expected: `underMinIsrSeconds: 0`, `duration: <= 20min`, `restarts: 6`.
struct Expectation {
  // about: within 10 % or 1 s of a time, whichever is more; within 10 % of anything else.
  enum class Op : uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    contains,
    about
  };
  std::string figure;  // "restarts", or with whom it is of: "restartAt[4]"; see figures.h
  Op op = Op::equal;
  std::string value;
  api::Mark mark;
};

// What is expected of another profile's run of the same scenario (`compareWith`).
struct ComparedExpectations {
  std::string profile;
  std::vector<Expectation> expectations;
};

// A field of the input that changes nothing here, or that the twin does not model.
struct FieldNote {
  std::string where;  // file:line:column
  std::string path;   // spec.kafka.authorization
  std::string why;
  bool touches_safety = false;  // pods, storage, listeners, metadata, replication: verdict unknown
};

struct Scenario {
  std::string file;
  std::vector<std::string> files;  // all that were read: it, its includes, its hardware profile
  std::string name;
  std::string description;
  uint64_t seed = 1;
  sim::TieOrder tie_order = sim::TieOrder::fifo;
  std::vector<std::shared_ptr<api::Object>> objects;  // applied at time 0
  std::vector<controller::OperatorOptions> operators;
  Environment environment;
  Workload workload;
  std::vector<Step> steps;
  // A step that cannot be taken (its target is gone, the API server refuses it) is left out and
  // does not end the run.
  bool skips_failing_steps = false;
  std::vector<Expectation> expectations;
  std::vector<std::string> compare_with;                    // other profiles to run for comparison
  std::vector<ComparedExpectations> compared_expectations;  // of some of these
  // Quiet for so long = the run is over. Zero: the operator's reconciliation interval and 10 s,
  // since what it leaves to its next periodic reconcile is still to come.
  sim::Duration settle{};
  sim::Duration time_max{4 * 3600 * int64_t{1'000'000'000}};
  sim::Duration deploy_max{20 * 60 * int64_t{1'000'000'000}};  // from time 0 to the first Ready
  std::vector<FieldNote> without_effect;
  std::vector<FieldNote> not_modelled;
};

}  // namespace twin::scenario
