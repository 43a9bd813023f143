// server.config as a text of "key=value" lines and back.
#include <algorithm>

#include "controller/api/catalogue/config_keys.h"

namespace twin::api {

const std::string* find_value(const ServerConfig& config, std::string_view key) {
  const auto found = std::lower_bound(
      config.begin(), config.end(), key,
      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != config.end() && found->first == key ? &found->second : nullptr;
}

std::string to_text(const ServerConfig& config) {
  std::string text;
  for (const auto& [key, value] : config) text += key + "=" + value + "\n";
  return text;
}

ServerConfig server_config_of(std::string_view text) {
  ServerConfig config;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    const size_t equals = line.find('=');
    if (line.empty() || line.front() == '#' || equals == line.npos) continue;
    config.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  // The last of equal keys counts, as in a properties file.
  std::stable_sort(config.begin(), config.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  ServerConfig unique;
  for (auto& entry : config) {
    if (!unique.empty() && unique.back().first == entry.first) {
      unique.back() = std::move(entry);
    } else {
      unique.push_back(std::move(entry));
    }
  }
  return unique;
}

}  // namespace twin::api
