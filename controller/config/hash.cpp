// Hashes that go into pods, so that a change of what cannot be changed at run time makes the pod
// old: custom keys and advertised addresses (`strimzi.io/configuration-hash`), and up to Strimzi
// 0.48 the controller-relevant part of the configuration of controllers (#11999).
#include "controller/config/kafka_config.h"

namespace twin::controller::config {

namespace {

std::string hex_of(const std::string& text) {
  uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 8; ++i, hash >>= 4) out += kDigits[hash & 15];
  return out;
}

}  // namespace

std::string custom_config_hash(const api::ServerConfig& config, std::string_view kafka_version) {
  std::string text;
  for (const auto& [key, value] : config) {
    const bool custom = api::find_key(kafka_version, key) == nullptr;
    if (custom || key == "advertised.listeners") text += key + "=" + value + "\n";
  }
  return hex_of(text);
}

std::string controller_config_hash(const api::ServerConfig& config,
                                   std::string_view kafka_version) {
  std::string text;
  for (const auto& [key, value] : config) {
    const api::ConfigKey* known = api::find_key(kafka_version, key);
    if (known != nullptr && known->controller_relevant) text += key + "=" + value + "\n";
  }
  return hex_of(text);
}

}  // namespace twin::controller::config
