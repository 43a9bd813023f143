// From what was found to a file: environment, workload, manifests, and what is missing.
#include "scenarios/import/import.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "controller/api/quantity.h"
#include "scenarios/import/manifests.h"
#include "scenarios/import/names.h"
#include "scenarios/import/snapshot.h"
#include "scenarios/runner/load.h"

namespace twin::import {

namespace {

using api::Value;

Value text(const std::string& value) { return Value::string(value); }

std::string at(const Value& object, std::string_view path) {
  const Value* value = object.at_path(path);
  return value == nullptr || !value->is_scalar() ? std::string() : value->scalar_text();
}

// Labels have dots in their keys.
std::string label(const Value& object, std::string_view key) {
  const Value* labels = object.at_path("metadata.labels");
  const Value* value = labels == nullptr ? nullptr : labels->find(key);
  return value == nullptr ? std::string() : value->scalar_text();
}

// The profile that is nearest to a release.
std::string profile_of(const std::string& release) {
  if (release.starts_with("0.11.") || release.starts_with("0.12.") ||
      release.starts_with("0.13.") || release.starts_with("0.14.")) {
    return "strimzi@0.11";
  }
  return release.starts_with("0.") ? "strimzi@0.47" : "strimzi@1.2";
}

class Import {
 public:
  Import(const Snapshot& snapshot, const Options& options, Imported& out)
      : snapshot_(snapshot), options_(options), out_(out) {}

  void write(const Value& kafka) {
    cluster_ = at(kafka, "metadata.name");
    namespace_ = at(kafka, "metadata.namespace");
    Value spec = Value::map();
    Value its_operator = Value::map();
    its_operator.set("profile", text(operator_of(kafka)));
    if (!namespace_.empty() && !options_.anonymize) {
      its_operator.set("namespace", text(namespace_));
    }
    spec.set("operator", std::move(its_operator));
    spec.set("environment", environment());
    spec.set("workload", workload());
    Value scenario = Value::map(), metadata = Value::map();
    metadata.set("name", text(named("cluster", cluster_)));
    scenario.set("apiVersion", text("kafka-twin.io/v1alpha1"));
    scenario.set("kind", text("Scenario"));
    scenario.set("metadata", std::move(metadata));
    scenario.set("spec", std::move(spec));
    std::string body = api::to_yaml(scenario);
    for (const Value* object : snapshot_.of_kind("KafkaNodePool")) {
      if (is_ours(*object)) body += document(*object);
    }
    body += document(kafka);
    for (const Value* object : snapshot_.of_kind("KafkaTopic")) {
      if (!options_.anonymize && is_ours(*object)) body += document(*object);
    }
    missing();
    out_.yaml = head() + body;
  }

 private:
  std::string named(const std::string& sort, const std::string& name) {
    return options_.anonymize ? names_.of(sort, name) : name;
  }
  bool is_ours(const Value& object) const {
    return label(object, "strimzi.io/cluster") == cluster_ &&
           at(object, "metadata.namespace") == namespace_;
  }
  void note(std::string line) { out_.notes.push_back(std::move(line)); }

  std::string operator_of(const Value& kafka) {
    const std::string release = at(kafka, "status.operatorLastSuccessfulVersion");
    if (release.empty()) {
      out_.missing.push_back({"the operator's release (status.operatorLastSuccessfulVersion)",
                              "strimzi@1.2 is assumed: order and pace of restarts are its own"});
      return "strimzi@1.2";
    }
    const std::string profile = profile_of(release);
    if (!release.starts_with(profile.substr(profile.find('@') + 1) + ".")) {
      note(fmt::format("Strimzi {} is played as {}, the nearest that there is", release, profile));
    }
    return profile;
  }

  // Machines that take pods, or have one of the cluster's.
  std::vector<const Value*> machines() const {
    std::set<std::string> used;
    for (const Value* pod : snapshot_.of_kind("Pod")) {
      if (is_ours(*pod)) used.insert(at(*pod, "spec.nodeName"));
    }
    std::vector<const Value*> list;
    for (const Value* node : snapshot_.of_kind("Node")) {
      bool closed = at(*node, "spec.unschedulable") == "true";
      const Value* taints = node->at_path("spec.taints");
      if (taints != nullptr && taints->is_list()) {
        for (const Value& taint : taints->items()) {
          closed |= at(taint, "effect") != "PreferNoSchedule";
        }
      }
      if (!closed || used.contains(at(*node, "metadata.name"))) list.push_back(node);
    }
    return list;
  }

  Value machine(const Value& node, const std::string& zone) {
    Value out = Value::map();
    out.set("name", text(named("node", at(node, "metadata.name"))));
    out.set("zone", text(named("zone", zone.empty() ? "none" : zone)));
    for (const char* key : {"cpu", "memory"}) {
      std::string amount = at(node, std::string("status.allocatable.") + key);
      if (amount.empty()) amount = at(node, std::string("status.capacity.") + key);
      if (!amount.empty()) out.set(key, text(amount));
    }
    return out;
  }

  Value environment() {
    Value out = Value::map();
    Value nodes = Value::list();
    int64_t without_zone = 0;
    std::string kubelet;
    for (const Value* node : machines()) {
      std::string zone = label(*node, "topology.kubernetes.io/zone");
      if (zone.empty()) zone = label(*node, "failure-domain.beta.kubernetes.io/zone");
      without_zone += zone.empty() ? 1 : 0;
      kubelet = at(*node, "status.nodeInfo.kubeletVersion");
      nodes.items().push_back(machine(*node, zone));
    }
    if (without_zone > 0) {
      note(fmt::format("{} machines have no zone: they are in one of their own", without_zone));
    }
    if (kubelet.starts_with("v1.")) {
      const size_t end = kubelet.find('.', 3);
      out.set("kubernetes", text(kubelet.substr(1, end - 1)));
    }
    if (nodes.items().empty()) {
      out.set("zones", Value::integer(3));
      out_.missing.push_back({"machines (kubectl get nodes)",
                              "three zones with room for every pod are assumed: what a drain or a "
                              "lost zone takes is a guess"});
    } else {
      out.set("nodes", std::move(nodes));
    }
    if (Value classes = storage_classes(); !classes.items().empty()) {
      out.set("storageClasses", std::move(classes));
    }
    out.set("hardware", text(options_.hardware));
    out_.missing.push_back(
        {"how fast machines, disks and start-ups are",
         fmt::format("the figures of `{}` are assumed, so that no time is better than they are; "
                     "write what you measured under environment.hardware, as lists where you "
                     "measured more than once",
                     options_.hardware)});
    return out;
  }

  Value storage_classes() {
    std::set<std::string> known;
    for (const Value* claim : snapshot_.of_kind("PersistentVolumeClaim")) {
      known.insert(at(*claim, "spec.storageClassName"));
    }
    known.erase("");
    Value list = Value::list();
    for (const std::string& name : known) {
      Value each = Value::map();
      each.set("name", text(named("class", name)));
      each.set("allowVolumeExpansion", Value::boolean(true));
      each.set("default", Value::boolean(list.items().empty()));
      list.items().push_back(std::move(each));
    }
    return list;
  }

  // Of each replica of a partition the largest, on average over the topic's partitions.
  int64_t bytes_per_partition(const DescribedTopic& topic) const {
    std::map<int32_t, int64_t> largest;
    for (const auto& dir : snapshot_.dirs) {
      for (const auto& replica : dir.replicas) {
        if (replica.topic != topic.name) continue;
        int64_t& bytes = largest[replica.partition];
        bytes = std::max(bytes, replica.bytes);
      }
    }
    int64_t sum = 0;
    for (const auto& [partition, bytes] : largest) sum += bytes;
    return sum / static_cast<int64_t>(topic.replicas.size());
  }

  Value topic(const DescribedTopic& described) {
    Value out = Value::map();
    out.set("name", text(named("topic", described.name)));
    out.set("partitions", Value::integer(static_cast<int64_t>(described.replicas.size())));
    out.set("replicas", Value::integer(described.replication));
    if (!described.config.empty()) {
      Value config = Value::map();
      for (const auto& [key, value] : described.config) config.set(key, text(value));
      out.set("config", std::move(config));
    }
    if (const int64_t bytes = bytes_per_partition(described); bytes > 0) {
      out.set("dataPerPartition", Value::integer(bytes));
    }
    Value placement = Value::list();
    for (const auto& [partition, replicas] : described.replicas) {
      Value list = Value::list();
      for (const int32_t id : replicas) list.items().push_back(Value::integer(id));
      placement.items().push_back(std::move(list));
    }
    out.set("placement", std::move(placement));
    return out;
  }

  Value workload() {
    Value out = Value::map(), topics = Value::list(), groups = Value::list();
    int64_t under_replicated = 0;
    std::set<std::string> known;
    for (const DescribedTopic& each : snapshot_.topics) {
      under_replicated += each.under_replicated;
      if (each.name == "__consumer_offsets") continue;  // the twin makes it for the groups
      known.insert(each.name);
      topics.items().push_back(topic(each));
    }
    if (under_replicated > 0) {
      note(fmt::format("{} partitions lack replicas now: the twin starts with full ISRs",
                       under_replicated));
    }
    for (const DescribedGroup& each : snapshot_.groups) {
      Value group = Value::map(), of = Value::list();
      for (const std::string& name : each.topics) {
        if (known.contains(name)) of.items().push_back(text(named("topic", name)));
      }
      if (of.items().empty()) continue;
      if (each.lag > 0) {
        note(fmt::format("group {} lags by {} records now: the twin starts without lag",
                         named("group", each.name), each.lag));
      }
      group.set("name", text(named("group", each.name)));
      group.set("topics", std::move(of));
      groups.items().push_back(std::move(group));
    }
    out.set("topics", std::move(topics));
    out.set("groups", std::move(groups));
    return out;
  }

  // Names below a manifest that are the cluster's own.
  Value renamed(Value wish, const std::string& kind) {
    const std::string name = at(wish, "metadata.name");
    const std::string sort = kind == "Kafka" ? "cluster" : "pool";
    wish.find("metadata")->set("name", text(named(sort, name)));
    Value* labels = wish.find("metadata")->find("labels");
    if (labels != nullptr && labels->find("strimzi.io/cluster") != nullptr) {
      labels->set("strimzi.io/cluster", text(named("cluster", cluster_)));
    }
    rename_classes(wish);
    return wish;
  }

  void rename_classes(Value& value) {
    if (value.is_list()) {
      for (Value& item : value.items()) rename_classes(item);
    } else if (value.is_map()) {
      for (auto& [key, item] : value.entries()) {
        if (key == "class" && item.is_string()) {
          item = text(named("class", item.as_string()));
        } else {
          rename_classes(item);
        }
      }
    }
  }

  std::string document(const Value& object) {
    const std::string kind = at(object, "kind");
    Value wish = Value();
    if (options_.anonymize) {
      std::vector<std::string> dropped;
      wish = renamed(bare_wish_of(object, dropped), kind);
      for (const std::string& path : dropped) {
        note(fmt::format("{} {}: left out, since it may name somebody", kind, path));
      }
    } else {
      wish = wish_of(object);
    }
    if (kind == "Kafka") complete(object, wish);
    std::string yaml = api::to_yaml(wish);
    return "---\n" + yaml + (yaml.ends_with('\n') ? "" : "\n");
  }

  // What the resource leaves to the operator, the status tells.
  void complete(const Value& object, Value& wish) {
    const std::pair<const char*, const char*> fields[] = {
        {"spec.kafka.version", "status.kafkaVersion"},
        {"spec.kafka.metadataVersion", "status.kafkaMetadataVersion"}};
    for (const auto& [field, status] : fields) {
      const std::string value = at(object, status);
      if (value.empty() || wish.at_path(field) != nullptr) continue;
      std::ignore = wish.set_path(field, text(value));
      note(fmt::format("{} is not set: {} as {} says", field, value, status));
    }
  }

  void missing() {
    const auto lacks = [&](bool there, const char* what, const char* costs) {
      if (!there) out_.missing.push_back({what, costs});
    };
    if (!snapshot_.of_kind("Pod").empty()) {
      note("pods are placed by the twin's scheduler, which need not be where they run now");
    }
    lacks(!snapshot_.topics.empty(), "topics (kafka-topics --describe)",
          "nothing is known of partitions: no figure about availability means anything");
    lacks(!snapshot_.dirs.empty(), "sizes of logs (kafka-log-dirs --describe)",
          "logs are empty: loading them and catching up take no time");
    lacks(!snapshot_.groups.empty(), "consumer groups (kafka-consumer-groups --describe)",
          "no lag can be told");
    lacks(false, "record rates of producers",
          "no producer is played, so that what they would feel is not known and nobody has to "
          "catch up; add them under workload.producers");
  }

  std::string head() const {
    std::string out = "# Made by kafka-twin import";
    out += options_.anonymize ? ", without names.\n" : ".\n";
    for (const Missing& each : out_.missing) {
      out += "# Missing: " + each.what + ": " + each.costs + ".\n";
    }
    for (const std::string& line : out_.notes) out += "# Note: " + line + ".\n";
    return out;
  }

  const Snapshot& snapshot_;
  const Options& options_;
  Imported& out_;
  Names names_;
  std::string cluster_, namespace_;
};

}  // namespace

sim::Expected<Imported> import_cluster(const std::vector<Input>& inputs, const Options& options) {
  Snapshot snapshot;
  for (const Input& input : inputs) {
    if (const auto taken = take(input, snapshot); !taken) return taken.error();
  }
  const std::vector<const Value*> clusters = snapshot.of_kind("Kafka");
  if (clusters.size() != 1) {
    return sim::Error{"",
                      fmt::format("there are {} Kafka resources in the inputs", clusters.size()),
                      "one: kubectl get kafka NAME -o yaml"};
  }
  Imported imported;
  Import(snapshot, options, imported).write(*clusters.front());
  const scenario::LoadResult loaded = scenario::load_text(imported.yaml, "imported");
  if (loaded.scenario) return imported;
  std::string all;
  for (const sim::Error& error : loaded.errors) {
    all += (all.empty() ? "" : "\n") + scenario::format_error(error);
  }
  return sim::Error{"", "the twin does not take this cluster:\n" + all, ""};
}

}  // namespace twin::import
