// What a window remembers from one time to the next: its size and place, theme, grouping, speed,
// and the bookmarks of each trace by its fingerprint. A small text file, "key=value" a line; what
// cannot be read is left out, and a folder that cannot be written is no error worth a word.
#pragma once

#include <map>
#include <string>

#include "viz/view/ui_state.h"

namespace twin::viz {

class Settings {
 public:
  // Reads the file if it is there. "" remembers nothing.
  explicit Settings(std::string path);
  // $XDG_CONFIG_HOME/kafka-twin/view.conf, or below ~/.config; "" without a home.
  static std::string usual_path();

  int number(const std::string& key, int otherwise) const;
  void set(const std::string& key, int value) { values_[key] = std::to_string(value); }
  // Theme, grouping, speed and the bookmarks of this trace.
  void restore(UiState& ui, uint64_t fingerprint) const;
  void keep(const UiState& ui, uint64_t fingerprint);
  void save() const;

 private:
  std::string path_;
  std::map<std::string, std::string> values_;
};

}  // namespace twin::viz
