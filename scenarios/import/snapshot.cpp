#include "scenarios/import/snapshot.h"

#include <algorithm>

#include "scenarios/runner/load_reader.h"

namespace twin::import {

namespace {

enum class Format : uint8_t { objects, topics, groups, log_dirs };

Format format_of(const std::string& text) {
  if (text.find("\"logDirs\"") != text.npos) return Format::log_dirs;
  if (text.find("Topic:") != text.npos && text.find("ReplicationFactor:") != text.npos &&
      text.find("apiVersion") == text.npos) {
    return Format::topics;
  }
  for (const std::string& line : scenario::lines_of(text)) {
    if (line.starts_with("GROUP ")) return Format::groups;
  }
  return Format::objects;
}

std::string kind_of(const api::Value& object) {
  const api::Value* kind = object.find("kind");
  return kind != nullptr && kind->is_string() ? kind->as_string() : std::string();
}

sim::Expected<void> take_objects(const Input& input, Snapshot& out) {
  auto documents = api::parse_yaml(input.text, input.file);
  if (!documents) return documents.error();
  bool any = false;
  for (api::Document& document : *documents) {
    if (document.root.is_null()) continue;
    const std::string kind = kind_of(document.root);
    if (kind.empty()) break;
    any = true;
    if (!kind.ends_with("List")) {
      out.objects.push_back(std::move(document.root));
      continue;
    }
    const api::Value* items = document.root.find("items");
    if (items == nullptr || !items->is_list()) continue;
    for (api::Value item : items->items()) {
      // Items of a typed list need not say their kind.
      if (kind_of(item).empty()) {
        item.set("kind", api::Value::string(kind.substr(0, kind.size() - 4)));
      }
      out.objects.push_back(std::move(item));
    }
  }
  if (any) return {};
  return sim::Error{input.file, "is nothing that can be imported",
                    "objects of kubectl get -o yaml, or the output of kafka-topics, "
                    "kafka-log-dirs or kafka-consumer-groups with --describe"};
}

}  // namespace

std::vector<const api::Value*> Snapshot::of_kind(std::string_view kind) const {
  std::vector<const api::Value*> found;
  for (const api::Value& object : objects) {
    if (kind_of(object) == kind) found.push_back(&object);
  }
  return found;
}

sim::Expected<void> take(const Input& input, Snapshot& out) {
  const auto append = [](auto&& from, auto& to) -> sim::Expected<void> {
    if (!from) return from.error();
    to.insert(to.end(), from->begin(), from->end());
    return {};
  };
  switch (format_of(input.text)) {
    case Format::topics:
      return append(parse_topics(input), out.topics);
    case Format::groups:
      return append(parse_groups(input), out.groups);
    case Format::log_dirs: {
      // The tool tells what it does in lines before the JSON.
      const size_t begin = input.text.find('{');
      return append(controller::rebalance::parse_log_dirs(input.text.substr(begin), input.file),
                    out.dirs);
    }
    case Format::objects:
      return take_objects(input, out);
  }
  return {};
}

}  // namespace twin::import
