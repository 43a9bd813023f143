#include "scenarios/runner/set_path.h"

#include <charconv>

namespace twin::scenario {

namespace {

constexpr std::string_view kKeyed[] = {"spec.kafka.config.", "spec.config.",
                                       "metadata.annotations.", "metadata.labels."};

// An entry of a map by its key, of a list by its index; nullptr when there is none.
api::Value* part(api::Value& value, std::string_view key) {
  if (!value.is_list()) return value.find(key);
  size_t index = 0;
  const char* end = key.data() + key.size();
  const auto read = std::from_chars(key.data(), end, index);
  const bool there = read.ec == std::errc{} && read.ptr == end && index < value.items().size();
  return there ? &value.items()[index] : nullptr;
}

api::Value* existing(api::Value& root, std::string_view path) {
  api::Value* at = &root;
  while (at != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    at = part(*at, path.substr(0, dot));
    path = dot == path.npos ? std::string_view{} : path.substr(dot + 1);
  }
  return at;
}

}  // namespace

sim::Expected<bool> set_manifest_path(api::Value& root, std::string_view path,
                                      const api::Value& value) {
  std::string_view parent = path.substr(0, path.rfind('.') == path.npos ? 0 : path.rfind('.'));
  std::string_view key = path.substr(parent.empty() ? 0 : parent.size() + 1);
  for (const std::string_view prefix : kKeyed) {
    if (!path.starts_with(prefix)) continue;
    parent = prefix.substr(0, prefix.size() - 1);
    key = path.substr(prefix.size());
  }
  api::Value* map = existing(root, parent);
  if (value.is_null()) {
    if (map != nullptr && map->is_map()) map->erase(key);
    return true;
  }
  if (map == nullptr) {
    auto made = root.set_path(parent, api::Value::map());
    if (!made) return made.error();
    map = existing(root, parent);
  }
  if (map != nullptr && map->is_map()) {
    map->set(key, value);
    return true;
  }
  return root.set_path(path, value);
}

}  // namespace twin::scenario
