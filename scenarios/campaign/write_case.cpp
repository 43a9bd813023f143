#include <algorithm>

#include <fmt/format.h>

#include "scenarios/campaign/case.h"
#include "scenarios/campaign/names.h"
#include "scenarios/runner/load.h"
#include "sim/assert.h"

namespace twin::campaign {

using model::Fault;
using model::FaultKind;

namespace {

// Which versions the operator ships, and what the brokers speak before the change.
struct Versions {
  const char* from;
  const char* to;
  const char* level;  // metadata.version or inter.broker.protocol.version
};

Versions versions_of(const Case& c) {
  if (c.zookeeper) return {"2.0.1", "2.1.0", "2.0"};
  if (c.profile == "strimzi@0.47") return {"3.9.0", "4.0.0", "3.9-IV0"};
  return {"4.2.0", "4.3.0", "4.2-IV1"};
}

std::string write_fault(const Fault& fault) {
  const model::FaultKindInfo& info = model::info_of(fault.kind);
  std::string text = fmt::format("{{kind: {}", info.name);
  if (!fault.target.empty()) text += fmt::format(", target: \"{}\"", fault.target);
  if (!fault.other.empty()) text += fmt::format(", other: \"{}\"", fault.other);
  if (fault.duration.ns > 0) {
    text += fmt::format(", duration: {}s", fault.duration.ns / 1'000'000'000);
  }
  if (fault.amount > 0) text += fmt::format(", amount: {}", fault.amount);
  if (!fault.mode.empty()) text += fmt::format(", mode: \"{}\"", fault.mode);
  return text + "}";
}

// The brokers from `number` on, as many as a partition has replicas.
std::string replicas_from(const Case& c, int32_t number) {
  std::string text;
  for (int32_t i = 0; i < c.replication_factor; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string((number + i) % c.brokers);
  }
  return text;
}

std::string scale_to(const Case& c, int32_t brokers) {
  return c.zookeeper
             ? fmt::format("set: {{Kafka/my-cluster: {{spec.kafka.replicas: {}}}}}", brokers)
             : fmt::format("scale: {{KafkaNodePool/broker: {}}}", brokers);
}

// `brokers`: how many were asked for last.
std::string write_act(const Case& c, const CaseAct& act, int32_t& brokers) {
  using Kind = CaseAct::Kind;
  const auto set = [](const std::string& what) {
    return fmt::format("set: {{Kafka/my-cluster: {{{}}}}}", what);
  };
  switch (act.kind) {
    case Kind::undo:
      return set(c.change == Case::Change::version
                     ? fmt::format("spec.kafka.version: {}", versions_of(c).from)
                     : std::string("spec.kafka.config.auto.leader.rebalance.enable: \"true\""));
    case Kind::another_setting:
      return set("spec.kafka.config.group.initial.rebalance.delay.ms: \"1000\"");
    case Kind::dynamic_setting:
      return set("spec.kafka.config.background.threads: \"12\"");
    case Kind::scale_up:
      return scale_to(c, ++brokers);
    case Kind::scale_down:
      brokers = std::max(1, brokers - 1);
      return scale_to(c, brokers);
    case Kind::manual_roll:
      return fmt::format("annotate: {{Pod/{}: {{strimzi.io/manual-rolling-update: \"true\"}}}}",
                         broker_pod(c, act.number));
    case Kind::roll_quorum:
      return fmt::format("annotate: {{{}: {{strimzi.io/manual-rolling-update: \"true\"}}}}",
                         c.zookeeper  ? "StatefulSet/my-cluster-zookeeper"
                         : c.combined ? "StrimziPodSet/my-cluster-broker"
                                      : "StrimziPodSet/my-cluster-controller");
    case Kind::clean_pod:
      return fmt::format("annotate: {{Pod/{}: {{strimzi.io/delete-pod-and-pvc: \"true\"}}}}",
                         broker_pod(c, act.number));
    case Kind::grow_volumes:
      return c.zookeeper ? set("spec.kafka.storage.volumes.0.size: 600Gi")
                         : "set: {KafkaNodePool/broker: {spec.storage.volumes.0.size: 600Gi}}";
    case Kind::create_topic:
      return fmt::format("createTopic: {{name: late, placement: [[{}]]}}",
                         replicas_from(c, act.number));
    case Kind::reassign:
      return fmt::format("reassign: {{partitions: {{orders-0: [{}]}}, throttle: 50MB/s}}",
                         replicas_from(c, act.number));
    case Kind::replace_ca_key:
      return "annotate: {Secret/my-cluster-cluster-ca: {strimzi.io/force-replace: \"true\"}}";
    case Kind::renew_cluster_ca:
      return "annotate: {Secret/my-cluster-cluster-ca-cert: {strimzi.io/force-renew: \"true\"}}";
    case Kind::renew_clients_ca:
      return "annotate: {Secret/my-cluster-clients-ca-cert: {strimzi.io/force-renew: \"true\"}}";
  }
  return {};
}

std::string write_steps(const Case& c) {
  const Versions versions = versions_of(c);
  const std::string set = c.change == Case::Change::version
                              ? fmt::format("spec.kafka.version: {}", versions.to)
                              : "spec.kafka.config.auto.leader.rebalance.enable: \"false\"";
  std::string text =
      fmt::format("    - at: {}s\n      set: {{Kafka/my-cluster: {{{}}}}}\n", kChangeAtS, set);
  int32_t brokers = c.brokers;
  for (const CaseAct& each : c.acts) {
    text += fmt::format("    - at: {}s\n      {}\n", each.at_s, write_act(c, each, brokers));
  }
  for (const CaseFault& each : c.faults) {
    text += fmt::format("    - at: {}s\n      fault: {}\n", each.at_s, write_fault(each.fault));
  }
  return text;
}

// acks=all is the default.
std::string acks_field(model::Acks acks) {
  switch (acks) {
    case model::Acks::one:
      return ", acks: \"1\"";
    case model::Acks::none:
      return ", acks: \"0\"";
    case model::Acks::all:
      return {};
  }
  return {};
}

// A command has whatever a shell takes.
std::string quoted(const std::string& profile) {
  std::string text = "'";
  for (const char c : profile) text += c == '\'' ? "''" : std::string(1, c);
  const bool program = profile.starts_with("exec:") || profile.starts_with("exec-operator:");
  return program ? text + "'" : profile;
}

std::string write_spec(const Case& c) {
  const std::string name = quoted(c.profile);
  const std::string who =
      c.operators == 1 ? name : fmt::format("{{profile: {}, replicas: {}}}", name, c.operators);
  std::string text = fmt::format("  operator: {}\n  seed: {}\n", who, c.seed);
  if (c.shuffled) text += "  tieOrder: shuffled\n";
  text += fmt::format("  environment: {{zones: {}}}\n  workload:\n    topics:\n", kZones);
  text += fmt::format("      - name: orders\n        partitions: {}\n        replicas: {}\n",
                      c.partitions, c.replication_factor);
  text += fmt::format("        config: {{min.insync.replicas: {}}}\n", c.min_isr);
  if (c.data_mib > 0) text += fmt::format("        dataPerPartition: {}Mi\n", c.data_mib);
  if (c.records_per_s > 0) {
    text += fmt::format(
        "    producers:\n      - {{topic: orders, recordsPerSecond: {}, recordBytes: 1000{}}}\n",
        c.records_per_s, acks_field(c.acks));
  }
  if (c.consumers) text += "    groups:\n      - {name: readers, topics: [orders]}\n";
  return text + "  failingSteps: skip\n  steps:\n" + write_steps(c) +
         "  expect:\n    propertyViolations: 0\n";
}

// Groups bring the offsets topic along, of three replicas where nothing else is said.
bool has_few_for_offsets(const Case& c) { return c.consumers && c.brokers < 3; }

std::string write_kraft(const Case& c) {
  const Versions versions = versions_of(c);
  const std::string version = c.profile == "strimzi@0.47" ? "v1beta2" : "v1";
  std::string text;
  const auto pool = [&](const char* name, const char* roles, int32_t replicas) {
    text += fmt::format(
        "---\napiVersion: kafka.strimzi.io/{}\nkind: KafkaNodePool\nmetadata:\n  name: {}\n"
        "  labels: {{strimzi.io/cluster: my-cluster}}\nspec:\n  replicas: {}\n  roles: [{}]\n"
        "  storage:\n    type: jbod\n    volumes:\n"
        "      - {{id: 0, type: persistent-claim, size: 500Gi, kraftMetadata: shared}}\n",
        version, name, replicas, roles);
  };
  pool("broker", c.combined ? "controller, broker" : "broker", c.brokers);
  if (!c.combined) pool("controller", "controller", c.controllers);
  text += fmt::format(
      "---\napiVersion: kafka.strimzi.io/{}\nkind: Kafka\nmetadata:\n  name: my-cluster\n{}"
      "spec:\n  kafka:\n    version: {}\n{}    listeners:\n"
      "      - {{name: plain, port: 9092, type: internal, tls: false}}\n",
      version,
      version == "v1" ? ""
                      : "  annotations: {strimzi.io/kraft: enabled, strimzi.io/node-pools: "
                        "enabled}\n",
      versions.from, c.pinned ? fmt::format("    metadataVersion: {}\n", versions.level) : "");
  if (has_few_for_offsets(c)) {
    text += fmt::format("    config: {{offsets.topic.replication.factor: {}}}\n", c.brokers);
  }
  return text;
}

std::string write_zookeeper(const Case& c) {
  const Versions versions = versions_of(c);
  std::string config;
  if (c.pinned) {
    config += fmt::format(
        "      inter.broker.protocol.version: \"{}\"\n      log.message.format.version: \"{}\"\n",
        versions.level, versions.level);
  }
  if (has_few_for_offsets(c)) {
    config += fmt::format("      offsets.topic.replication.factor: {}\n", c.brokers);
  }
  const std::string pins = config.empty() ? config : "    config:\n" + config;
  return fmt::format(
      "---\napiVersion: kafka.strimzi.io/v1alpha1\nkind: Kafka\nmetadata:\n  name: my-cluster\n"
      "spec:\n  kafka:\n    version: {}\n    replicas: {}\n    listeners: {{plain: {{}}}}\n"
      "{}    storage:\n      type: jbod\n      volumes:\n"
      "        - {{id: 0, type: persistent-claim, size: 500Gi, deleteClaim: false}}\n"
      "  zookeeper:\n    replicas: {}\n    storage: {{type: persistent-claim, size: 10Gi, "
      "deleteClaim: false}}\n",
      versions.from, c.brokers, pins, c.controllers);
}

// "broker:4", "controller:5", "zookeeper:0": is there such a one?
bool names_an_end(const Case& c, const std::string& end) {
  for (int32_t i = 0; i < c.brokers; ++i) {
    if (end == "broker:" + std::to_string(i)) return true;
  }
  for (int32_t i = 0; i < c.controllers; ++i) {
    if (end == quorum_end_of(c, i)) return true;
  }
  return end.find(':') == std::string::npos;
}

bool names_a_machine(const Case& c, const std::string& name) {
  if (!name.starts_with("node-")) return true;
  for (int32_t z = 0; z < kZones; ++z) {
    for (int32_t n = 1; n <= machines_per_zone(c); ++n) {
      if (name == machine(z, n)) return true;
    }
  }
  return false;
}

bool names_a_pod(const Case& c, const std::string& pod) {
  const bool claim = pod.starts_with(claim_of("my-cluster-"));
  if (!pod.starts_with("my-cluster-") && !claim) return true;
  for (int32_t i = 0; i < c.brokers; ++i) {
    if (pod == broker_pod(c, i) || pod == claim_of(broker_pod(c, i))) return true;
  }
  for (int32_t i = 0; i < c.controllers; ++i) {
    if (pod == quorum_pod(c, i)) return true;
  }
  return false;
}

}  // namespace

std::string image_version(const Case& c) {
  const Versions versions = versions_of(c);
  return c.change == Case::Change::version ? versions.to : versions.from;
}

std::string_view name_of(CaseAct::Kind kind) {
  static constexpr std::array<std::string_view, kActKinds> kNames{
      "undo",        "another-setting", "dynamic-setting",  "scale-up",        "scale-down",
      "manual-roll", "roll-quorum",     "clean-pod",        "grow-volumes",    "create-topic",
      "reassign",    "replace-ca-key",  "renew-cluster-ca", "renew-clients-ca"};
  return kNames.at(static_cast<size_t>(kind));
}

bool is_valid(const Case& c) {
  if (c.brokers < 1 || c.controllers < 1 || c.partitions < 1) return false;
  if (c.combined && (c.zookeeper || c.controllers != c.brokers)) return false;
  if (c.replication_factor < 1 || c.replication_factor > c.brokers) return false;
  if (c.min_isr < 1 || c.min_isr > c.replication_factor) return false;
  for (const CaseAct& act : c.acts) {
    if (act.number >= c.brokers) return false;
    if (c.zookeeper && act.kind >= CaseAct::Kind::replace_ca_key) return false;
  }
  for (const CaseFault& each : c.faults) {
    const Fault& fault = each.fault;
    if (!names_a_pod(c, fault.target) || !names_a_machine(c, fault.target)) return false;
    if (!names_an_end(c, fault.target) || !names_an_end(c, fault.other)) return false;
    if (c.operators == 1 && fault.target == "1") return false;
    if (fault.kind == FaultKind::network_cut && fault.target == fault.other) return false;
  }
  return true;
}

std::string write_case(const Case& c, const std::string& name, const std::string& why) {
  std::string text;
  for (size_t at = 0; at < why.size();) {
    const size_t end = std::min(why.find('\n', at), why.size());
    text += "# " + why.substr(at, end - at) + "\n";
    at = end + 1;
  }
  text += fmt::format(
      "apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata:\n  name: {}\nspec:\n", name);
  return text + write_spec(c) + (c.zookeeper ? write_zookeeper(c) : write_kraft(c));
}

scenario::Scenario scenario_of(const Case& c) {
  scenario::LoadResult loaded = scenario::load_text(write_case(c, "generated", ""), "generated");
  TWIN_ASSERT_MSG(loaded.scenario.has_value(),
                  loaded.errors.empty() ? "" : scenario::format_error(loaded.errors.front()));
  return std::move(*loaded.scenario);
}

std::string describe(const Case& c) {
  std::string text = fmt::format(
      "{}, seed {}{}: {} {}{} of {}, {} brokers, {} partitions, RF {}, min ISR {}, {} MiB each, {} "
      "records/s{}{}, {} change",
      c.profile, c.seed, c.shuffled ? ", shuffled" : "", c.controllers,
      c.combined ? "combined " : "", c.zookeeper ? "ZooKeeper servers" : "controllers",
      c.zookeeper ? "ZooKeeper" : "KRaft", c.brokers, c.partitions, c.replication_factor, c.min_isr,
      c.data_mib, c.records_per_s, acks_field(c.acks), c.consumers ? ", consumers" : "",
      c.change == Case::Change::version ? (c.pinned ? "pinned version" : "version") : "setting");
  if (c.operators > 1) text += fmt::format(", {} operators", c.operators);
  for (const CaseAct& each : c.acts) {
    text += fmt::format("; at {} s {}", each.at_s, name_of(each.kind));
  }
  for (const CaseFault& each : c.faults) {
    text += fmt::format("; at {} s {}", each.at_s, model::describe(each.fault));
  }
  return text;
}

}  // namespace twin::campaign
