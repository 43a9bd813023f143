#include "scenarios/runner/load_fields.h"

#include <algorithm>
#include <span>

#include "controller/api/fields.h"
#include "controller/api/quantity.h"
#include "controller/api/strimzi.h"
#include "scenarios/runner/environment.h"

namespace twin::scenario {

namespace {

enum class Effect : uint8_t {
  none,     // nothing that a run decides or measures depends on it
  static_,  // none as it stands; a change rolls pods with Strimzi, which is not played
  carried,  // nobody acts on it, and it is no matter of safety
  unsafe,
};

struct FieldRule {
  std::string_view path;  // and all below it
  Effect effect;
  std::string_view why;
};

// Below spec.kafka, spec.zookeeper and a pool's spec: what reaches pods.
constexpr FieldRule kPodRules[] = {
    {"metricsConfig", Effect::static_, "metrics are not exported from the twin"},
    {"metrics", Effect::static_, "metrics are not exported from the twin"},
    {"logging", Effect::none, "brokers write no log files here"},
    {"jvmOptions", Effect::static_, "JVMs are not played: start times come from the hardware"},
    {"jmxOptions", Effect::static_, "JMX is not played"},
    {"authorization", Effect::static_, "requests are not authorised in the twin"},
    {"brokerRackInitImage", Effect::static_, "the init container's image is not played"},
    {"tlsSidecar", Effect::static_, "sidecars are not played"},
    {"listeners[].authentication", Effect::static_, "clients are not authenticated in the twin"},
    {"listeners[].networkPolicyPeers", Effect::none, "policies cut nothing that the twin plays"},
    {"listeners[].configuration.maxConnections", Effect::unsafe, "limits connections"},
    {"listeners[].configuration.maxConnectionCreationRate", Effect::unsafe, "limits connections"},
    {"listeners[].configuration", Effect::static_, "clients are inside the cluster here"},
    {"listeners[].overrides", Effect::static_, "clients are inside the cluster here"},
    {"template.pod.metadata", Effect::static_, "labels and annotations decide nothing here"},
    {"template.pod.securityContext", Effect::static_, "permissions are not played"},
    {"template.pod.imagePullSecrets", Effect::static_, "images are pulled without secrets"},
    {"template.pod.enableServiceLinks", Effect::static_, "environments are not played"},
    {"template.pod.hostAliases", Effect::static_, "names resolve by themselves"},
    {"template.pod.tmpDirSizeLimit", Effect::static_, "temporary files are not played"},
    {"template.kafkaContainer", Effect::static_, "environments are not played"},
    {"template.zookeeperContainer", Effect::static_, "environments are not played"},
    {"template.initContainer", Effect::static_, "environments are not played"},
    {"template.bootstrapService", Effect::none, "clients reach every broker"},
    {"template.brokersService", Effect::none, "clients reach every broker"},
    {"template.externalBootstrapService", Effect::none, "clients are inside the cluster here"},
    {"template.perPodService", Effect::none, "clients are inside the cluster here"},
    {"template.persistentVolumeClaim", Effect::none, "labels of claims decide nothing here"},
    {"template.podSet", Effect::none, "labels of pod sets decide nothing here"},
    {"template.serviceAccount", Effect::none, "permissions are not played"},
    {"template.clusterRoleBinding", Effect::none, "permissions are not played"},
    {"quotas", Effect::carried, "quotas are not played: clients are never throttled"},
};

// The rest of a Kafka resource.
constexpr FieldRule kKafkaRules[] = {
    {"status", Effect::none, "status is written by the operator"},
    {"spec.clusterCa", Effect::static_, "certificates do not expire within a run"},
    {"spec.clientsCa", Effect::static_, "certificates do not expire within a run"},
    {"spec.jmxTrans", Effect::none, "JmxTrans reads and changes nothing"},
    {"spec.topicOperator", Effect::none, "the topic operator is not played"},
};

// A KafkaRebalance: our planner has goals and concurrency of its own.
constexpr FieldRule kRebalanceRules[] = {
    {"status", Effect::none, "status is written by the operator"},
    {"spec.goals", Effect::carried, "the planner has one set of goals of its own"},
    {"spec.skipHardGoalCheck", Effect::carried, "the planner always keeps its hard goals"},
    {"spec.concurrentPartitionMovementsPerBroker", Effect::carried,
     "how many move at a time follows from disks, fetchers and cards"},
    {"spec.concurrentIntraBrokerPartitionMovements", Effect::carried,
     "nothing moves between disks of a broker"},
    {"spec.concurrentLeaderMovements", Effect::carried, "leaders are elected in one request"},
    {"spec.replicaMovementStrategies", Effect::carried, "the planner orders the moves itself"},
};

constexpr FieldRule kOtherRules[] = {{"status", Effect::none, "status is written by a server"}};

// Whole kinds that are carried and that nobody acts on.
struct KindRule {
  api::Kind kind;
  bool unsafe;
  std::string_view why;
};
constexpr KindRule kCarried[] = {
    {api::Kind::kafka_user, false, "users are not played: no one is authenticated or throttled"},
    {api::Kind::kafka_mirror_maker, false, "mirrors are not played: put their load in `workload`"},
    {api::Kind::kafka_mirror_maker_2, false,
     "mirrors are not played: put their load in `workload`"},
    {api::Kind::config_map, false, "is carried and read by nobody"},
    {api::Kind::secret, false, "is carried and read by nobody"},
    {api::Kind::service, false, "is carried: clients reach every broker"},
    {api::Kind::service_account, false, "is carried: permissions are not played"},
    {api::Kind::network_policy, true, "policies do not cut connections here"},
};

// "listeners[plain].x" -> "listeners[].x"
std::string without_keys(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

const FieldRule* match(std::span<const FieldRule> rules, std::string_view path) {
  for (const FieldRule& rule : rules) {
    if (!path.starts_with(rule.path)) continue;
    const std::string_view rest = path.substr(rule.path.size());
    if (rest.empty() || rest.front() == '.' || rest.front() == '[') return &rule;
  }
  return nullptr;
}

const FieldRule* rule_of(api::Kind kind, const std::string& path) {
  const std::string plain = without_keys(path);
  const std::string_view view = plain;
  if (kind == api::Kind::kafka) {
    for (const std::string_view part : {"spec.kafka.", "spec.zookeeper."}) {
      if (view.starts_with(part)) return match(kPodRules, view.substr(part.size()));
    }
    return match(kKafkaRules, view);
  }
  if (kind == api::Kind::kafka_rebalance) return match(kRebalanceRules, view);
  constexpr std::string_view kSpec = "spec.";
  if (kind == api::Kind::kafka_node_pool && view.starts_with(kSpec)) {
    return match(kPodRules, view.substr(kSpec.size()));
  }
  return match(kOtherRules, view);
}

// The part of `root` that a report's path names: list items by name, id or index.
const api::Value* look(const api::Value& root, std::string_view path) {
  const api::Value* at = &root;
  while (at != nullptr && !path.empty()) {
    const size_t end = std::min(path.find('.'), path.size());
    std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    const size_t open = segment.find('[');
    at = at->find(segment.substr(0, open));
    if (open == segment.npos || at == nullptr || !at->is_list()) continue;
    const std::string_view key = segment.substr(open + 1, segment.size() - open - 2);
    const api::Value* found = nullptr;
    for (size_t i = 0; i < at->items().size(); ++i) {
      const api::Value& item = at->items()[i];
      const api::Value* name = item.is_map() ? item.find("name") : nullptr;
      if ((name != nullptr && name->scalar_text() == key) || std::to_string(i) == key) {
        found = &item;
      }
    }
    at = found;
  }
  return at;
}

// Is the rule about something below the part? "spec.kafka.listeners[].configuration." and
// "listeners[].configuration.maxConnections": yes.
bool has_rule_below(std::string_view part, std::string_view rule) {
  for (const std::string_view head : {"spec.kafka.", "spec.zookeeper.", "spec."}) {
    if (part.starts_with(head)) return rule.starts_with(part.substr(head.size()));
  }
  return false;
}

struct Reported {
  std::string path;
  api::Mark mark;
};

// The fields that no table knows; of a part with rules for what is below it, what is below it.
std::vector<Reported> reported(const api::Object& object) {
  std::vector<Reported> out;
  for (const api::FieldReport& field : api::field_report(object)) {
    const std::string plain = without_keys(field.path) + ".";
    const bool finer =
        std::any_of(std::begin(kPodRules), std::end(kPodRules),
                    [&](const FieldRule& rule) { return has_rule_below(plain, rule.path); });
    const api::Value text = finer ? api::encode(object) : api::Value();
    const api::Value* part = finer ? look(text, field.path) : nullptr;
    if (part == nullptr || !part->is_map() || part->entries().empty()) {
      out.push_back({field.path, field.mark});
      continue;
    }
    for (const auto& [key, value] : part->entries()) {
      out.push_back({field.path + "." + key, value.mark().line > 0 ? value.mark() : field.mark});
    }
  }
  return out;
}

bool is_resources(const std::string& path) {
  return path == "spec.kafka.resources" || path == "spec.zookeeper.resources" ||
         path == "spec.resources";
}

void note(const api::Object& object, const std::string& path, const std::string& where,
          bool changed, Scenario& out) {
  FieldNote entry;
  entry.where = where;
  entry.path = path;
  const FieldRule* rule = rule_of(object.kind, path);
  if (rule == nullptr) {
    entry.why = "is not modelled";
    entry.touches_safety = true;
    out.not_modelled.push_back(std::move(entry));
    return;
  }
  entry.why = std::string(rule->why);
  if (changed && rule->effect == Effect::static_) {
    entry.why = "rolls pods when it changes, which is not modelled";
    entry.touches_safety = true;
    out.not_modelled.push_back(std::move(entry));
  } else if (rule->effect == Effect::none || rule->effect == Effect::static_) {
    out.without_effect.push_back(std::move(entry));
  } else {
    entry.touches_safety = rule->effect == Effect::unsafe;
    out.not_modelled.push_back(std::move(entry));
  }
}

const KindRule* carried(api::Kind kind) {
  for (const KindRule& rule : kCarried) {
    if (rule.kind == kind) return &rule;
  }
  return nullptr;
}

void note_carried(const KindRule& rule, const api::Object& object, const std::string& where,
                  Scenario& out) {
  const std::string name = std::string(api::kind_name(object.kind)) + " " + object.metadata.name;
  out.not_modelled.push_back({where, name, std::string(rule.why), rule.unsafe});
}

void note_key(const std::string& path, const KeyVerdict& verdict, const std::string& where,
              Scenario& out) {
  if (verdict.effect == KeyEffect::acted_on) return;
  const bool unsafe = verdict.effect == KeyEffect::unsafe;
  auto& list = unsafe ? out.not_modelled : out.without_effect;
  list.push_back({where, path, verdict.why, unsafe});
}

// Parts that are known by their presence only.
void note_presence(const api::Kafka& kafka, const api::Value& root, const Source& source,
                   Scenario& out) {
  const api::Value* spec = root.find("spec");
  const auto present = [&](bool there, std::string_view key, std::string_view why) {
    if (!there || spec == nullptr) return;
    out.without_effect.push_back({source.where(source.key_mark(*spec, key)),
                                  "spec." + std::string(key), std::string(why), false});
  };
  if (kafka.entity_operator && spec != nullptr) {
    const api::Value* entity = spec->find("entityOperator");
    const auto inner = [&](bool there, const char* key, const char* why) {
      if (!there || entity == nullptr) return;
      out.without_effect.push_back({source.where(source.key_mark(*entity, key)),
                                    "spec.entityOperator." + std::string(key), why, false});
    };
    inner(kafka.entity_operator->user_operator, "userOperator", "the user operator is not played");
    inner(kafka.entity_operator->topic_operator && kafka.zookeeper, "topicOperator",
          "the topic operator before Strimzi 0.39, which went both ways, is not played");
  }
  present(kafka.cruise_control, "cruiseControl", "Cruise Control is not played: it moves nothing");
  present(kafka.kafka_exporter, "kafkaExporter", "the exporter reads and changes nothing");
  present(!kafka.maintenance_windows.empty(), "maintenanceTimeWindows",
          "certificates are not renewed within a run");
  // Strimzi 0.35 to 0.45 had no StatefulSets any more. What is played is the era before.
  if (kafka.zookeeper && kafka.api_version.ends_with("/v1beta2") && spec != nullptr) {
    out.not_modelled.push_back({source.where(source.key_mark(*spec, "zookeeper")), "spec.zookeeper",
                                "a v1beta2 cluster on ZooKeeper is played on StatefulSets; from "
                                "Strimzi 0.35 on its pods are of StrimziPodSets",
                                true});
  }
}

}  // namespace

void note_fields(const api::Object& object, const api::Value& root, const Source& source,
                 Scenario& out) {
  if (const KindRule* rule = carried(object.kind)) {
    return note_carried(*rule, object, source.where(root.mark()), out);
  }
  for (const Reported& field : reported(object)) {
    if (is_resources(field.path)) continue;
    note(object, field.path, source.where(field.mark), false, out);
  }
  const auto config_at = [&](const char* path, const std::string& key) {
    const api::Value* map = root.at_path(path);
    return source.where(map != nullptr ? source.key_mark(*map, key) : root.mark());
  };
  if (object.kind == api::Kind::kafka) {
    const auto& kafka = api::as<api::Kafka>(object);
    note_presence(kafka, root, source, out);
    for (const auto& [key, value] : kafka.config) {
      note_key("spec.kafka.config." + key, classify_key(kafka.version, key, value),
               config_at("spec.kafka.config", key), out);
    }
  } else if (object.kind == api::Kind::kafka_topic) {
    for (const auto& [key, value] : api::as<api::KafkaTopic>(object).config) {
      note_key("spec.config." + key, classify_topic_key(key, value), config_at("spec.config", key),
               out);
    }
  }
}

void note_changed_fields(const api::Object* before, const api::Object& after,
                         const std::string& where, Scenario& out) {
  if (const KindRule* rule = carried(after.kind)) return note_carried(*rule, after, where, out);
  const api::Value text = api::encode(after);
  const api::Value old = before != nullptr ? api::encode(*before) : api::Value();
  const auto differs = [&](const std::string& path) {
    const api::Value* a = look(old, path);
    const api::Value* b = look(text, path);
    return a == nullptr || b == nullptr ? a != b : !(*a == *b);
  };
  for (const Reported& field : reported(after)) {
    if (differs(field.path)) note(after, field.path, where, before != nullptr, out);
  }
  if (before == nullptr) return;
  for (const Reported& field : reported(*before)) {
    if (look(text, field.path) == nullptr) note(after, field.path, where, true, out);
  }
  if (after.kind != api::Kind::kafka) return;
  const auto& kafka = api::as<api::Kafka>(after);
  const auto& kafka_before = api::as<api::Kafka>(*before);
  for (const auto& [key, value] : kafka.config) {
    const std::string* was = api::find_config(kafka_before.config, key);
    if (was != nullptr && *was == value) continue;
    note_key("spec.kafka.config." + key, classify_key(kafka.version, key, value), where, out);
  }
}

namespace {

// What a pod asks for, in thousandths of a core and bytes; limits stand in for missing requests, as
// the API server sets them.
struct Ask {
  int64_t cpu_millis = 0;
  int64_t memory_bytes = 0;
};

Ask ask_of(const api::Value& resources) {
  Ask ask;
  for (const char* part : {"limits", "requests"}) {
    const api::Value* map = resources.find(part);
    if (map == nullptr) continue;
    if (const api::Value* cpu = map->find("cpu")) {
      if (const auto millis = api::parse_cpu_millis(cpu->scalar_text())) ask.cpu_millis = *millis;
    }
    if (const api::Value* memory = map->find("memory")) {
      if (const auto bytes = api::parse_quantity(memory->scalar_text())) {
        ask.memory_bytes = bytes->value;
      }
    }
  }
  return ask;
}

}  // namespace

// The scheduler of the twin does not count requests. That changes nothing as long as each pod could
// have a node to itself.
void note_resources(const api::Object& object, const api::Value& root, const Source& source,
                    Scenario& out) {
  for (const api::FieldReport& field : api::field_report(object)) {
    if (!is_resources(field.path)) continue;
    const api::Value* resources = root.at_path(field.path);
    if (resources == nullptr) continue;
    const Ask ask = ask_of(*resources);
    bool fits = static_cast<int32_t>(out.environment.nodes.size()) >= pods_wanted(out.objects);
    for (const KubeNodeSpec& node : out.environment.nodes) {
      fits &= ask.cpu_millis <= node.cpu_millis && ask.memory_bytes <= node.memory.value;
    }
    FieldNote entry{source.where(field.mark), field.path, "", !fits};
    entry.why = fits ? "every pod can have a node with that much room"
                     : "may not fit on the nodes, and requests are not counted here";
    (fits ? out.without_effect : out.not_modelled).push_back(std::move(entry));
  }
}

}  // namespace twin::scenario
