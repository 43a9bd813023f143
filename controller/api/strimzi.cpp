#include "controller/api/strimzi.h"

namespace twin::api {

const std::string* find_config(const KafkaConfig& config, std::string_view key) {
  for (const auto& [name, value] : config)
    if (name == key) return &value;
  return nullptr;
}

void set_config(KafkaConfig& config, std::string_view key, std::string value) {
  for (auto& [name, old] : config) {
    if (name != key) continue;
    old = std::move(value);
    return;
  }
  config.emplace_back(std::string(key), std::move(value));
}

void erase_config(KafkaConfig& config, std::string_view key) {
  for (auto it = config.begin(); it != config.end(); ++it) {
    if (it->first != key) continue;
    config.erase(it);
    return;
  }
}

}  // namespace twin::api
