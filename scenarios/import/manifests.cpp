#include "scenarios/import/manifests.h"

#include <algorithm>
#include <string_view>

namespace twin::import {

namespace {

using api::Value;

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

// Keys of a map that are kept; each "*" keeps all below it.
struct Kept {
  std::string_view kind;
  std::string_view path;
};
constexpr Kept kKept[] = {
    {"Kafka", "kafka.version"},       {"Kafka", "kafka.metadataVersion"},
    {"Kafka", "kafka.replicas"},      {"Kafka", "kafka.storage"},
    {"Kafka", "kafka.rack"},          {"Kafka", "kafka.resources"},
    {"Kafka", "kafka.listeners"},     {"Kafka", "kafka.config"},
    {"Kafka", "zookeeper.replicas"},  {"Kafka", "zookeeper.storage"},
    {"Kafka", "zookeeper.resources"}, {"KafkaNodePool", "replicas"},
    {"KafkaNodePool", "roles"},       {"KafkaNodePool", "storage"},
    {"KafkaNodePool", "resources"},   {"KafkaTopic", "partitions"},
    {"KafkaTopic", "replicas"},       {"KafkaTopic", "config"},
    {"KafkaTopic", "topicName"},
};

std::string kind_of(const Value& object) {
  const Value* kind = object.find("kind");
  return kind == nullptr ? std::string() : kind->scalar_text();
}

bool is_figure(const Value& value) {
  if (!value.is_scalar()) return false;
  const std::string text = value.scalar_text();
  return text == "true" || text == "false" ||
         (!text.empty() && text.find_first_not_of("0123456789.-") == text.npos);
}

// Name, port, type, tls: the rest of a listener says where it is reached.
Value bare_listeners(const Value& list) {
  if (!list.is_list()) return Value::list();
  Value out = Value::list();
  for (const Value& each : list.items()) {
    Value listener = Value::map();
    for (const char* key : {"port", "type", "tls"}) {
      if (const Value* value = each.find(key)) listener.set(key, *value);
    }
    const std::string name = "l" + std::to_string(out.items().size() + 1);
    listener.set("name", Value::string(name));
    out.items().push_back(std::move(listener));
  }
  return out;
}

Value bare_config(const Value& config, const std::string& path, std::vector<std::string>& dropped) {
  Value out = Value::map();
  if (!config.is_map()) return out;
  for (const auto& [key, value] : config.entries()) {
    // Versions of protocols and formats have letters: 2.8, 3.0-IV1.
    const bool version = key.ends_with(".version");
    if (version || is_figure(value)) {
      out.set(key, value);
    } else {
      dropped.push_back(path + "." + key);
    }
  }
  return out;
}

Value kept_part(const Value& value, const std::string& path, std::vector<std::string>& dropped) {
  if (path.ends_with("listeners")) return bare_listeners(value);
  if (path.ends_with("config")) return bare_config(value, path, dropped);
  return value;
}

Value strimzi_part(const Value* map) {
  Value out = Value::map();
  if (map == nullptr || !map->is_map()) return out;
  for (const auto& [key, value] : map->entries()) {
    if (key.starts_with("strimzi.io/")) out.set(key, value);
  }
  return out;
}

}  // namespace

Value wish_of(const Value& object) {
  Value wish = object;
  wish.erase("status");
  const Value* metadata = object.find("metadata");
  Value kept = Value::map();
  for (const char* key : {"name", "namespace", "labels", "annotations"}) {
    const Value* value = metadata == nullptr ? nullptr : metadata->find(key);
    if (value == nullptr) continue;
    Value part = *value;
    part.erase(kLastApplied);
    if (!part.is_map() || !part.entries().empty()) kept.set(key, std::move(part));
  }
  wish.set("metadata", std::move(kept));
  return wish;
}

Value bare_wish_of(const Value& object, std::vector<std::string>& dropped) {
  const std::string kind = kind_of(object);
  const Value wish = wish_of(object);
  Value out = Value::map();
  for (const char* key : {"apiVersion", "kind"}) {
    if (const Value* value = wish.find(key)) out.set(key, *value);
  }
  Value metadata = Value::map();
  const Value* own = wish.find("metadata");
  if (const Value* name = own->find("name")) metadata.set("name", *name);
  for (const char* key : {"labels", "annotations"}) {
    Value part = strimzi_part(own->find(key));
    if (!part.entries().empty()) metadata.set(key, std::move(part));
  }
  out.set("metadata", std::move(metadata));
  Value spec = Value::map();
  const Value* given = wish.find("spec");
  if (given != nullptr && given->is_map()) {
    const auto take = [&](const std::string& path, const Value& value) {
      const bool kept = std::any_of(std::begin(kKept), std::end(kKept), [&](const Kept& each) {
        return each.kind == kind && each.path == path;
      });
      if (!kept) {
        dropped.push_back("spec." + path);
        return;
      }
      std::ignore = spec.set_path(path, kept_part(value, path, dropped));
    };
    for (const auto& [key, value] : given->entries()) {
      if (kind == "Kafka" && (key == "kafka" || key == "zookeeper") && value.is_map()) {
        for (const auto& [part, below] : value.entries()) take(key + "." + part, below);
      } else {
        take(key, value);
      }
    }
  }
  out.set("spec", std::move(spec));
  return out;
}

}  // namespace twin::import
