#include "viz/view/settings.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace twin::viz {

namespace {

std::optional<int64_t> integer(std::string_view text) {
  int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string bookmarks_key(uint64_t fingerprint) {
  return fmt::format("bookmarks.{:016x}", fingerprint);
}

}  // namespace

Settings::Settings(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::ifstream in(path_);
  for (std::string line; std::getline(in, line);) {
    const size_t equals = line.find('=');
    if (equals != line.npos) values_[line.substr(0, equals)] = line.substr(equals + 1);
  }
}

std::string Settings::usual_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') return std::string(config) + "/kafka-twin/view.conf";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return std::string(home) + "/.config/kafka-twin/view.conf";
}

int Settings::number(const std::string& key, int otherwise) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return otherwise;
  return static_cast<int>(integer(found->second).value_or(otherwise));
}

void Settings::restore(UiState& ui, uint64_t fingerprint) const {
  constexpr int kSpeedMax = 10'000;
  ui.dark = number("dark", ui.dark ? 1 : 0) != 0;
  ui.grouping = static_cast<Grouping>(number("grouping", 0) % 3);
  const int speed = number("speed", static_cast<int>(ui.speed));
  if (speed >= 1 && speed <= kSpeedMax) ui.speed = speed;
  const auto found = values_.find(bookmarks_key(fingerprint));
  if (found == values_.end()) return;
  std::string_view list = found->second;
  while (!list.empty()) {
    const size_t blank = std::min(list.find(' '), list.size());
    if (const auto ns = integer(list.substr(0, blank))) ui.bookmarks.push_back(sim::Time{*ns});
    list.remove_prefix(std::min(blank + 1, list.size()));
  }
}

void Settings::keep(const UiState& ui, uint64_t fingerprint) {
  set("dark", ui.dark ? 1 : 0);
  set("grouping", static_cast<int>(ui.grouping));
  set("speed", static_cast<int>(ui.speed));
  std::string list;
  for (const sim::Time at : ui.bookmarks) {
    list += (list.empty() ? "" : " ") + std::to_string(at.ns);
  }
  if (list.empty()) {
    values_.erase(bookmarks_key(fingerprint));
  } else {
    values_[bookmarks_key(fingerprint)] = list;
  }
}

void Settings::save() const {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
  std::ofstream out(path_, std::ios::trunc);
  for (const auto& [key, value] : values_) out << key << '=' << value << '\n';
}

}  // namespace twin::viz
