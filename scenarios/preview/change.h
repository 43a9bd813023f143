// What a pull request changes: the objects of one file beside those that describe the cluster.
// Applied like kubectl does: an object that is in the file becomes what the file says, one that is
// not stays as it is.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/api/object.h"
#include "controller/api/value.h"
#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::preview {

// One path at which the present object and the new one differ. List items go by their `name` or
// `id`, where they have one: "spec.kafka.listeners[plain].port".
struct Difference {
  std::string path;
  std::string before, after;  // as YAML in flow style; "" where there is nothing
  bool operator==(const Difference&) const = default;
};
std::vector<Difference> differences(const api::Value& before, const api::Value& after);

struct ChangedObject {
  std::string name;                     // "KafkaNodePool/broker"
  std::string where;                    // file:line:column of its document
  std::shared_ptr<api::Object> before;  // null: it is new
  std::shared_ptr<api::Object> after;
  std::vector<Difference> fields;  // empty: it is what it was, or new
};

struct Change {
  std::vector<std::string> files;
  std::vector<ChangedObject> objects;  // in the order of the file; unchanged ones too
  std::vector<scenario::FieldNote> without_effect, not_modelled;  // of what changes
};

// Is there a topic operator that carries out what a KafkaTopic says?
bool has_topic_operator(const scenario::Scenario& cluster);

// Error: all mistakes of the file, a line each, with file:line:column. A Scenario document, a
// second cluster and an object twice are among them.
sim::Expected<Change> read_change(const std::string& path, const scenario::Scenario& cluster);
sim::Expected<Change> read_change_text(std::string_view text, const std::string& file,
                                       const scenario::Scenario& cluster);

}  // namespace twin::preview
