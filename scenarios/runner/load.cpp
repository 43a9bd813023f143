// A file becomes a Scenario: documents, overrides, manifests, includes, what was left open.
#include "scenarios/runner/load.h"

#include <algorithm>

#include <fmt/format.h>

#include "controller/api/strimzi.h"
#include "controller/bugs/bugs.h"
#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load_bounds.h"
#include "scenarios/runner/load_fields.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/load_sections.h"
#include "scenarios/runner/set_path.h"

namespace twin::scenario {

namespace {

constexpr std::string_view kScenarioKind = "Scenario";

std::string kind_of(const api::Value& root) {
  const api::Value* kind = root.find("kind");
  return kind != nullptr && kind->is_scalar() ? kind->scalar_text() : std::string();
}

std::string name_of(const api::Value& root) {
  const api::Value* name = root.at_path("metadata.name");
  return name != nullptr && name->is_scalar() ? name->scalar_text() : std::string();
}

struct Override {
  std::string target;  // "scenario", or "Kafka/my-cluster"
  std::string path;
  api::Value value;
  bool used = false;
  std::string text;  // as it was given
};

// All that came with --set is where it says it is, not in a line of the file.
void mark_all(api::Value& value, api::Mark mark) {
  value.set_mark(mark);
  if (value.is_list()) {
    for (api::Value& item : value.items()) mark_all(item, mark);
  }
  if (value.is_map()) {
    for (auto& [key, item] : value.entries()) mark_all(item, mark);
  }
}

class Loader {
 public:
  Loader(std::string file, const std::vector<std::string>& overrides, bool cluster_only = false)
      : cluster_only_(cluster_only) {
    source_.file = std::move(file);
    source_.overrides = overrides;
  }

  LoadResult run(std::string_view text) {
    read_overrides();
    source_.lines = lines_of(text);
    read_documents(text, source_, true);
    for (const auto& [include, mark] : draft_.includes) read_include(include, mark);
    for (const Override& each : overrides_) {
      if (each.used) continue;
      problems_.add("--set " + each.text,
                    fmt::format("`{}` names nothing in the file", each.target),
                    did_you_mean(each.target, targets_));
    }
    finish();
    LoadResult result;
    result.errors = problems_.errors();
    if (problems_.empty()) result.scenario = std::move(draft_.scenario);
    return result;
  }

 private:
  void read_overrides() {
    for (size_t i = 0; i < source_.overrides.size(); ++i) {
      const std::string& text = source_.overrides[i];
      const size_t equals = text.find('=');
      const std::string path = text.substr(0, equals);
      size_t dot = path.find('.');
      // "Kafka/my-cluster.spec": names of objects have no dots here.
      if (equals == text.npos || dot == path.npos) {
        problems_.add("--set", fmt::format("`{}` is not PATH=VALUE", text),
                      "for example scenario.seed=7 or Kafka/my-cluster.spec.kafka.version=4.3.1");
        continue;
      }
      auto value = api::parse_scalar_or_flow(text.substr(equals + 1), "--set " + path);
      if (!value) {
        problems_.add(value.error().where, value.error().what, value.error().hint);
        continue;
      }
      mark_all(*value, {-1 - static_cast<int>(i), 0});
      overrides_.push_back(
          {path.substr(0, dot), path.substr(dot + 1), std::move(*value), false, text});
    }
  }

  void override_document(api::Value& root) {
    const std::string kind = kind_of(root);
    const bool scenario = kind == kScenarioKind;
    targets_.push_back(target_of(root));
    for (Override& each : overrides_) {
      if (each.target != targets_.back()) continue;
      each.used = true;
      const auto set =
          set_manifest_path(root, scenario ? "spec." + each.path : each.path, each.value);
      if (!set) problems_.add("--set " + each.text, set.error().what, set.error().hint);
    }
  }

  static std::string target_of(const api::Value& root) {
    const std::string kind = kind_of(root);
    return kind == kScenarioKind ? "scenario" : kind + "/" + name_of(root);
  }

  // Where a manifest's mistake stands: in the file, or in what was set over it.
  std::string where_of(const sim::Error& error, const api::Value& root) const {
    for (const Override& each : overrides_) {
      if (each.target == target_of(root) && error.what.starts_with(each.path)) {
        return "--set " + each.text;
      }
    }
    return error.where;
  }

  void read_documents(std::string_view text, const Source& source, bool may_hold_scenario) {
    auto documents = api::parse_yaml(text, source.file);
    if (!documents) {
      const sim::Error& error = documents.error();
      problems_.add(error.where, error.what, error.hint);
      return;
    }
    for (api::Document& document : *documents) {
      if (document.root.is_null() || kind_of(document.root) == kLessonKind) continue;
      override_document(document.root);
      if (kind_of(document.root) == kScenarioKind) {
        read_scenario_document(document, source, may_hold_scenario);
      } else {
        read_manifest(document, source);
      }
    }
  }

  void read_scenario_document(api::Document& document, const Source& source, bool allowed) {
    if (!allowed || scenario_root_) {
      problems_.add(source.where(document.root.mark()),
                    allowed ? "a second Scenario in the file" : "an included file has a Scenario",
                    "one Scenario document, in the file that is run");
      return;
    }
    scenario_root_ = std::make_unique<api::Value>(document.root);
    if (api::Value* spec = scenario_root_->find("spec"); cluster_only_ && spec != nullptr) {
      for (const char* key : {"steps", "expect", "compareWith"}) spec->erase(key);
    }
    read_scenario(Node(*scenario_root_, source, problems_, ""), draft_);
  }

  void read_manifest(const api::Document& document, const Source& source) {
    auto object = api::decode(document);
    if (!object) {
      manifests_whole_ = false;
      problems_.add(where_of(object.error(), document.root), object.error().what,
                    object.error().hint);
      return;
    }
    if ((*object)->kind == api::Kind::kafka && has_cluster_) {
      problems_.add(source.where(document.root.mark()),
                    fmt::format("`{}` is a second Kafka cluster", (*object)->metadata.name),
                    "one Kafka resource in a scenario; run the other from a file of its own");
      return;
    }
    has_cluster_ |= (*object)->kind == api::Kind::kafka;
    note_fields(**object, document.root, source, draft_.scenario);
    manifests_.push_back({*object, document.root, source});
    draft_.scenario.objects.push_back(std::move(*object));
  }

  void read_include(const std::string& include, api::Mark mark) {
    const std::string path = beside(source_.file, include);
    const auto text = read_input_file(path, "a path from the scenario's own folder");
    if (!text) {
      manifests_whole_ = false;
      const std::string& what = text.error().what;
      problems_.add(source_.where(mark), fmt::format("`{}`: {}", path, what), text.error().hint);
      return;
    }
    draft_.scenario.files.push_back(path);
    Source included;
    included.file = path;
    included.lines = lines_of(*text);
    included.overrides = source_.overrides;
    read_documents(*text, included, false);
  }

  // A KafkaTopic of the manifests is a topic of the workload, unless that says more about it.
  void topics_of_manifests() {
    Workload& workload = draft_.scenario.workload;
    for (const auto& object : draft_.scenario.objects) {
      if (object->kind != api::Kind::kafka_topic) continue;
      const auto& topic = api::as<api::KafkaTopic>(*object);
      TopicWorkload made;
      made.name = topic.topic_name.empty() ? topic.metadata.name : topic.topic_name;
      made.partitions = topic.partitions > 0 ? topic.partitions : broker_default("num.partitions");
      made.replication_factor =
          topic.replicas > 0 ? topic.replicas : broker_default("default.replication.factor");
      made.config = topic.config;
      made.partitions_where = place_of(topic.metadata.name, "spec.partitions");
      made.replicas_where = place_of(topic.metadata.name, "spec.replicas");
      const bool known =
          std::any_of(workload.topics.begin(), workload.topics.end(),
                      [&](const TopicWorkload& each) { return each.name == made.name; });
      if (!known) workload.topics.push_back(std::move(made));
    }
  }

  // Of a field of a KafkaTopic; of the manifest where it has none.
  std::string place_of(const std::string& topic, std::string_view path) const {
    for (const Manifest& each : manifests_) {
      if (each.object->kind != api::Kind::kafka_topic) continue;
      if (each.object->metadata.name != topic) continue;
      const api::Value* value = each.root.at_path(path);
      return each.source.where(value == nullptr ? each.root.mark() : value->mark());
    }
    return source_.file;
  }

  std::string place_of_machines() const {
    for (const char* path : {"spec.environment.nodesPerZone", "spec.environment.zones"}) {
      const api::Value* value = scenario_root_ ? scenario_root_->at_path(path) : nullptr;
      if (value != nullptr) return source_.where(value->mark());
    }
    return source_.file;
  }

  // Before anything is made that is as large as the file says.
  void check_bounds() {
    int64_t nodes = 0;
    for (const Manifest& each : manifests_) {
      nodes += kafka_nodes_of(*each.object);
      const api::Value* replicas = each.root.at_path(
          each.object->kind == api::Kind::kafka ? "spec.kafka.replicas" : "spec.replicas");
      const api::Mark mark = replicas == nullptr ? each.root.mark() : replicas->mark();
      if (too_many_nodes(nodes, each.source.where(mark), problems_)) break;
    }
    check_machines(draft_, place_of_machines(), problems_);
    check_partitions(draft_.scenario.workload.topics, problems_);
    if (!manifests_whole_) return;
    check_replicas(draft_.scenario.workload.topics, draft_.scenario.objects, problems_);
  }

  // What stands for itself alone is not played: a topic, a user or a mirror need a cluster.
  void note_missing_cluster() {
    if (has_cluster_ || manifests_.empty()) return;
    draft_.scenario.not_modelled.push_back(
        {source_.file, "kind: Kafka", "is in no file: without a cluster nothing of it is played",
         true});
    draft_.scenario.workload = {};
  }

  // Of the brokers, for a topic that does not say; Kafka's own default is 1 for both.
  int32_t broker_default(std::string_view key) const {
    for (const auto& object : draft_.scenario.objects) {
      const auto* kafka = api::as<api::Kafka>(api::ObjectPtr(object));
      const std::string* text = kafka != nullptr ? api::find_config(kafka->config, key) : nullptr;
      if (text != nullptr) return std::max(1, std::atoi(text->c_str()));
    }
    return 1;
  }

  void finish() {
    Scenario& scenario = draft_.scenario;
    scenario.file = source_.file;
    scenario.files.push_back(source_.file);
    if (scenario.name.empty()) {
      const size_t slash = source_.file.rfind('/');
      scenario.name = source_.file.substr(slash == std::string::npos ? 0 : slash + 1);
    }
    topics_of_manifests();
    const size_t before = problems_.count();
    check_bounds();
    const bool bounded = problems_.count() == before;
    if (scenario_root_) {
      const Node document(*scenario_root_, source_, problems_, "");
      check_references(document, draft_);
      // What could not be read is not missing.
      if (manifests_whole_ && bounded) check_changes(document, draft_);
    } else if (scenario.objects.empty() && problems_.empty()) {
      problems_.add(source_.file, "there is nothing in it to run",
                    "manifests, and one document of kind: Scenario");
    }
    if (!problems_.empty()) return;
    note_missing_cluster();
    const int32_t replicas = std::max(1, draft_.operators.replicas);
    for (int32_t i = 0; i < replicas; ++i) {
      controller::OperatorOptions options = draft_.operators.options;
      options.identity = "operator-" + std::to_string(i);
      options.leader_election |= replicas > 1;
      scenario.operators.push_back(std::move(options));
    }
    const std::string& home = draft_.operators.options.namespace_name;
    for (const auto& object : scenario.objects) {
      if (api::is_namespaced(object->kind) && object->metadata.namespace_name.empty()) {
        object->metadata.namespace_name = home;
      }
    }
    for (Step& step : scenario.steps) {
      if (step.object && step.object->metadata.namespace_name.empty()) {
        step.object->metadata.namespace_name = home;
      }
    }
    complete_environment(scenario.environment, draft_.nodes_per_zone, scenario.objects);
    for (const Manifest& each : manifests_) {
      note_resources(*each.object, each.root, each.source, scenario);
    }
  }

  bool cluster_only_;
  Source source_;
  Problems problems_;
  Draft draft_;
  struct Manifest {
    std::shared_ptr<api::Object> object;
    api::Value root;
    Source source;
  };
  std::vector<Manifest> manifests_;
  bool has_cluster_ = false;
  bool manifests_whole_ = true;
  std::vector<std::string> targets_;  // of --set, in the order of the file
  std::vector<Override> overrides_;
  std::unique_ptr<api::Value> scenario_root_;
};

}  // namespace

LoadResult load_text(std::string_view text, const std::string& file,
                     const std::vector<std::string>& overrides) {
  controller::plug_in_bugs();
  return Loader(file, overrides).run(text);
}

LoadResult load(const std::string& path, const std::vector<std::string>& overrides) {
  const auto text = read_input_file(path, "a scenario or a manifest");
  if (text) return load_text(*text, path, overrides);
  LoadResult result;
  result.errors.push_back(text.error());
  return result;
}

namespace {

sim::Expected<Scenario> scenario_or_errors(LoadResult result) {
  if (result.scenario) return std::move(*result.scenario);
  std::string all;
  for (const sim::Error& error : result.errors) {
    all += (all.empty() ? "" : "\n") + format_error(error);
  }
  return sim::Error{"", all, ""};
}

}  // namespace

sim::Expected<Scenario> load_scenario(const std::string& path,
                                      const std::vector<std::string>& overrides) {
  return scenario_or_errors(load(path, overrides));
}

sim::Expected<Scenario> load_cluster(const std::string& path,
                                     const std::vector<std::string>& overrides) {
  const auto text = read_input_file(path, "a scenario or a manifest");
  if (!text) return text.error();
  controller::plug_in_bugs();
  return scenario_or_errors(Loader(path, overrides, true).run(*text));
}

std::string format_error(const sim::Error& error) {
  std::string text = error.where.empty() ? error.what : error.where + ": " + error.what;
  return error.hint.empty() ? text : text + "; " + error.hint;
}

}  // namespace twin::scenario
