// Lookup of a key in the model of one Kafka version. Models are made once per version and kept.
#include <algorithm>
#include <map>
#include <vector>

#include "controller/api/catalogue/key_rows.h"
#include "controller/api/catalogue/versions.h"

namespace twin::api {

namespace {

using Model = std::vector<ConfigKey>;  // by name

bool holds(const KeyRow& row, std::string_view version) {
  const bool begun = row.since.empty() || compare_versions(version, row.since) >= 0;
  return begun && (row.until.empty() || compare_versions(version, row.until) < 0);
}

std::optional<int64_t> bound(int64_t value) {
  return value == rows::kNone ? std::nullopt : std::optional(value);
}

Model make_model(std::string_view version) {
  Model model;
  for (const auto rows : {key_rows_a_to_k(), key_rows_l_to_z(), key_rows_security()}) {
    for (const KeyRow& row : rows) {
      if (!holds(row, version)) continue;
      ConfigKey key;
      key.name = row.name;
      key.type = row.type;
      key.mode = row.mode;
      key.controller_relevant = row.controller_relevant;
      key.default_value = row.default_value;
      key.min = bound(row.min);
      key.max = bound(row.max);
      key.allowed = row.allowed;
      model.push_back(key);
    }
  }
  std::sort(model.begin(), model.end(),
            [](const ConfigKey& a, const ConfigKey& b) { return a.name < b.name; });
  return model;
}

const Model& model_of(std::string_view version) {
  static std::map<std::string, Model, std::less<>> models;
  const auto found = models.find(version);
  if (found != models.end()) return found->second;
  return models.emplace(std::string(version), make_model(version)).first->second;
}

}  // namespace

const ConfigKey* find_key(std::string_view kafka_version, std::string_view name) {
  const Model& model = model_of(kafka_version);
  const auto found = std::lower_bound(
      model.begin(), model.end(), name,
      [](const ConfigKey& key, std::string_view wanted) { return key.name < wanted; });
  return found != model.end() && found->name == name ? &*found : nullptr;
}

}  // namespace twin::api
