// What differs between the file that a node should run with and what it runs with, and what each
// difference needs. Sources: KafkaBrokerConfigurationDiff of 0.47, KafkaConfigurationDiff of 1.2
// (ignorable keys, scopes). A key that the file does not name any more is deleted unless Kafka says
// that it has its default, also when its value is that of the default: a dynamic key that came from
// the file of a running process is then deleted in vain in every roll until the process ends.
// Custom keys never show here, they act through the pod's hash.
#include <algorithm>
#include <map>

#include "controller/config/kafka_config.h"

namespace twin::controller::config {

namespace {

bool is_ignored(std::string_view key, const DiffRules& rules) {
  if (key == "broker.id" || key == "node.id" || key == "broker.rack" ||
      key == "advertised.listeners" || key == "process.roles") {
    return true;
  }
  const bool pure_broker = rules.broker_role && !rules.controller_role;
  return pure_broker && key.starts_with("controller.quorum.") && key != "controller.quorum.voters";
}

bool same_value(const api::ConfigKey& key, const std::string& a, const std::string& b,
                bool compares_numbers) {
  if (a == b) return true;
  if (!compares_numbers || key.type != api::ValueType::real) return false;
  // "0.5" and ".50" are one number: compare without needless zeros.
  const auto plain = [](std::string text) {
    if (text.starts_with('.')) text = "0" + text;
    if (text.find('.') == text.npos || text.find('e') != text.npos) return text;
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
  };
  return plain(a) == plain(b);
}

}  // namespace

ConfigDiff diff(const api::ServerConfig& desired, const std::vector<api::ConfigEntry>& running,
                const DiffRules& rules) {
  std::map<std::string_view, const api::ConfigEntry*> now;
  for (const api::ConfigEntry& entry : running) now[entry.name] = &entry;
  ConfigDiff result;
  const auto needs = [&](const api::ConfigKey& key, const std::string& value, api::AlterOp op,
                         const api::ConfigEntry* entry) {
    switch (key.mode) {
      case api::UpdateMode::read_only:
        result.restart_keys.emplace_back(key.name);
        return;
      case api::UpdateMode::per_broker:
        result.per_broker.push_back({std::string(key.name), value, op});
        return;
      case api::UpdateMode::cluster_wide:
        if (rules.unsets_overrides && entry != nullptr &&
            entry->source == api::ConfigSource::dynamic_broker) {
          result.per_broker.push_back({std::string(key.name), {}, api::AlterOp::remove});
        }
        result.cluster_wide.push_back({std::string(key.name), value, op});
        return;
    }
  };
  for (const auto& [name, value] : desired) {
    if (is_ignored(name, rules)) continue;
    const api::ConfigKey* key = api::find_key(rules.kafka_version, name);
    if (key == nullptr || (!rules.broker_role && !key->controller_relevant)) continue;
    const auto found = now.find(name);
    const api::ConfigEntry* entry = found == now.end() ? nullptr : found->second;
    const std::string current = entry != nullptr ? entry->value : std::string(key->default_value);
    if (same_value(*key, current, value, rules.compares_numbers)) continue;
    needs(*key, value, api::AlterOp::set, entry);
  }
  // What runs with a value of its own that nobody asks for any more goes back to its default.
  for (const api::ConfigEntry& entry : running) {
    if (entry.source == api::ConfigSource::default_value) continue;
    if (is_ignored(entry.name, rules)) continue;
    const api::ConfigKey* key = api::find_key(rules.kafka_version, entry.name);
    if (key == nullptr || api::find_value(desired, entry.name) != nullptr) continue;
    if (!rules.broker_role && !key->controller_relevant) continue;
    if (rules.leaves_defaults &&
        same_value(*key, entry.value, std::string(key->default_value), rules.compares_numbers)) {
      continue;
    }
    needs(*key, {}, api::AlterOp::remove, &entry);
  }
  return result;
}

}  // namespace twin::controller::config
