// From a file of manifests to a change of the cluster that another file describes.
#include "scenarios/preview/change.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "controller/api/strimzi.h"
#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_bounds.h"
#include "scenarios/runner/load_fields.h"
#include "scenarios/runner/load_reader.h"

namespace twin::preview {

namespace {

using scenario::FieldNote;

std::string name_of(const api::Object& object) {
  return std::string(api::kind_name(object.kind)) + "/" + object.metadata.name;
}

// What a user's file says of an object: not what a server writes, and no namespace, since the
// file's may be left to whoever applies it.
api::Value wish_of(const api::Object& object) {
  api::Value text = api::encode(object);
  text.erase("status");
  api::Value metadata = api::Value::map();
  if (const api::Value* own = text.find("metadata")) {
    for (const char* key : {"labels", "annotations"}) {
      if (const api::Value* part = own->find(key)) metadata.set(key, *part);
    }
  }
  text.set("metadata", std::move(metadata));
  return text;
}

// kubectl apply leaves labels and annotations that others have set; the API server of the twin as
// well, so that nobody is shown a label as removed that stays.
void keep_labels(const api::Object& before, api::Object& after) {
  for (const auto& [key, value] : before.metadata.labels) after.metadata.labels.emplace(key, value);
  for (const auto& [key, value] : before.metadata.annotations) {
    after.metadata.annotations.emplace(key, value);
  }
}

class Reader {
 public:
  Reader(std::string file, const scenario::Scenario& cluster) : cluster_(cluster) {
    source_.file = std::move(file);
    home_ = cluster.operators.empty() ? controller::OperatorOptions{}.namespace_name
                                      : cluster.operators.front().namespace_name;
  }

  sim::Expected<Change> run(std::string_view text) {
    source_.lines = scenario::lines_of(text);
    change_.files.push_back(source_.file);
    auto documents = api::parse_yaml(text, source_.file);
    if (!documents) {
      const sim::Error& error = documents.error();
      return sim::Error{"", scenario::format_error(error), ""};
    }
    for (const api::Document& document : *documents) {
      if (!document.root.is_null()) read(document);
    }
    if (change_.objects.empty() && problems_.empty()) {
      problems_.add(source_.file, "there is nothing in it to apply",
                    "a Kafka, a KafkaNodePool or another manifest");
    }
    check_size();
    if (problems_.empty()) return std::move(change_);
    std::string all;
    for (const sim::Error& error : problems_.errors()) {
      all += (all.empty() ? "" : "\n") + scenario::format_error(error);
    }
    return sim::Error{"", all, ""};
  }

 private:
  void read(const api::Document& document) {
    const std::string where = source_.where(document.root.mark());
    const api::Value* kind = document.root.find("kind");
    if (kind != nullptr && kind->is_string() && kind->as_string() == "Scenario") {
      problems_.add(where, "a Scenario is not applied to a cluster",
                    "manifests here; what the cluster is like stands in the file of --against");
      return;
    }
    auto decoded = api::decode(document);
    if (!decoded) {
      const sim::Error& error = decoded.error();
      problems_.add(error.where, error.what, error.hint);
      return;
    }
    ChangedObject object;
    object.after = std::move(*decoded);
    object.name = name_of(*object.after);
    object.where = where;
    const bool twice =
        std::any_of(change_.objects.begin(), change_.objects.end(),
                    [&](const ChangedObject& each) { return each.name == object.name; });
    if (twice) {
      problems_.add(where, fmt::format("{} is there a second time", object.name),
                    "each object once");
      return;
    }
    for (const auto& each : cluster_.objects) {
      if (name_of(*each) == object.name) object.before = each;
    }
    if (!is_of_this_cluster(object)) return;
    compare(object, document.root);
    change_.objects.push_back(std::move(object));
  }

  bool is_of_this_cluster(const ChangedObject& object) {
    api::ObjectMeta& metadata = object.after->metadata;
    if (object.before != nullptr) {
      const std::string& present = object.before->metadata.namespace_name;
      const std::string& wanted = metadata.namespace_name;
      if (!wanted.empty() && wanted != present && present != home_) {
        problems_.add(object.where,
                      fmt::format("{} is in namespace `{}` here and in `{}` in {}", object.name,
                                  wanted, present, cluster_.file),
                      "the same in both");
        return false;
      }
      metadata.namespace_name = present;
      return true;
    }
    if (object.after->kind == api::Kind::kafka) {
      for (const auto& each : cluster_.objects) {
        if (each->kind != api::Kind::kafka) continue;
        problems_.add(object.where,
                      fmt::format("{} is not the cluster of {}, which is {}", object.name,
                                  cluster_.file, name_of(*each)),
                      "the same name in both");
        return false;
      }
    }
    if (metadata.namespace_name.empty() && api::is_namespaced(object.after->kind)) {
      metadata.namespace_name = home_;
    }
    return true;
  }

  void compare(ChangedObject& object, const api::Value& root) {
    if (object.before != nullptr) {
      keep_labels(*object.before, *object.after);
      object.fields = differences(wish_of(*object.before), wish_of(*object.after));
      if (object.fields.empty()) return;
    }
    scenario::Scenario notes;
    scenario::note_changed_fields(object.before.get(), *object.after, object.where, notes);
    note_topic(object, notes);
    const auto take = [&](std::vector<FieldNote>& from, std::vector<FieldNote>& to) {
      for (FieldNote& note : from) {
        const api::Value* at = root.at_path(note.path);
        if (at != nullptr && at->mark().line > 0) note.where = source_.where(at->mark());
        note.path = object.name + " " + note.path;
        to.push_back(std::move(note));
      }
    };
    take(notes.without_effect, change_.without_effect);
    take(notes.not_modelled, change_.not_modelled);
  }

  // Without a topic operator a new topic is created, and a present one stays as it is.
  void note_topic(const ChangedObject& object, scenario::Scenario& out) const {
    if (object.after->kind != api::Kind::kafka_topic) return;
    if (object.before == nullptr) return;
    if (has_topic_operator(cluster_)) return note_more_partitions(object, out);
    for (const Difference& field : object.fields) {
      out.not_modelled.push_back({object.where, field.path,
                                  "the cluster has no topic operator: the topic stays as it is",
                                  true});
    }
  }

  static void note_more_partitions(const ChangedObject& object, scenario::Scenario& out) {
    const auto& before = api::as<api::KafkaTopic>(*object.before);
    const auto& after = api::as<api::KafkaTopic>(*object.after);
    if (before.partitions <= 0 || after.partitions <= before.partitions) return;
    out.not_modelled.push_back(
        {object.where, "spec.partitions", "that a topic gets more partitions is not played", true});
  }

  void check_size() {
    int64_t nodes = 0;
    for (const auto& each : cluster_.objects) {
      const bool replaced =
          std::any_of(change_.objects.begin(), change_.objects.end(),
                      [&](const ChangedObject& object) { return object.before == each; });
      if (!replaced) nodes += scenario::kafka_nodes_of(*each);
    }
    for (const ChangedObject& object : change_.objects) {
      nodes += scenario::kafka_nodes_of(*object.after);
      if (scenario::too_many_nodes(nodes, object.where, problems_)) return;
    }
  }

  const scenario::Scenario& cluster_;
  std::string home_;
  scenario::Source source_;
  scenario::Problems problems_;
  Change change_;
};

}  // namespace

bool has_topic_operator(const scenario::Scenario& cluster) {
  for (const auto& object : cluster.objects) {
    if (object->kind != api::Kind::kafka) continue;
    const auto& kafka = api::as<api::Kafka>(*object);
    if (kafka.entity_operator && kafka.entity_operator->topic_operator && !kafka.zookeeper) {
      return true;
    }
  }
  return false;
}

sim::Expected<Change> read_change_text(std::string_view text, const std::string& file,
                                       const scenario::Scenario& cluster) {
  return Reader(file, cluster).run(text);
}

sim::Expected<Change> read_change(const std::string& path, const scenario::Scenario& cluster) {
  const auto text = scenario::read_input_file(path, "manifests to apply");
  if (!text) return text.error();
  return read_change_text(*text, path, cluster);
}

}  // namespace twin::preview
