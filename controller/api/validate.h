// What an API server with Strimzi's schemas refuses, and what the operator refuses before it does
// anything: found at load, reported with the place in the text and what would be right.
#pragma once

#include <optional>
#include <string>

#include "controller/api/object.h"
#include "controller/api/strimzi.h"

namespace twin::api {

// apiVersion, kind and metadata.name of a document: the kind, or what is wrong with them.
sim::Expected<Kind> check_head(const Value& root, const std::string& file);

// `root` is the text the object was decoded from; it tells the places.
std::optional<sim::Error> validate(const Object& object, const Value& root,
                                   const std::string& file);

// The place and text of a document, for the checks.
class Checked {
 public:
  Checked(const Value& root, std::string file) : root_(root), file_(std::move(file)) {}
  // An error at the path, or at the nearest part above it that is in the text.
  sim::Error error(const std::string& path, const std::string& what, std::string hint) const;
  bool has(const std::string& path) const { return root_.at_path(path) != nullptr; }

 private:
  const Value& root_;
  std::string file_;
};

// `path` is where the storage is: "spec.kafka.storage".
std::optional<sim::Error> validate_storage(const Storage& storage, const Checked& checked,
                                           const std::string& path);
std::optional<sim::Error> validate_listeners(const std::vector<Listener>& listeners,
                                             const Checked& checked);

}  // namespace twin::api
