// What can be said about objects through their field tables, and about documents in general. Each
// type has one table (field_table.h); decode, encode, defaults, comparison and this report derive
// from it.
#pragma once

#include <string>
#include <vector>

#include "controller/api/object.h"
#include "controller/api/value.h"

namespace twin::api {

// A field of a manifest that no table knows.
struct FieldReport {
  std::string path;  // "spec.kafka.jvmOptions", "spec.kafka.listeners[tls].authentication"
  Mark mark;
};

// Fields of the object's text that the types here do not model, in the order of the text and at the
// highest place that is unknown as a whole. Metadata is left out: names, labels and annotations are
// known, the rest (managedFields, selfLink) belongs to the API server. A kind that is carried
// without interpretation (KafkaUser, Secret ...) reports each part of its body.
std::vector<FieldReport> field_report(const Object& object);

// Dotted paths at which two documents differ, in the order of `a`, then what only `b` has. Lists
// are compared by index; a list of another length is one difference.
std::vector<std::string> diff(const Value& a, const Value& b);

// Texts that an API server would accept for the kind, the one the twin writes first.
// "kafka.strimzi.io/v1", "v1", "apps/v1".
const std::vector<std::string>& api_versions(Kind kind);

}  // namespace twin::api
