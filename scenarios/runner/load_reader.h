// Reading one section of a scenario file: a cursor on a value that knows its place in the text, and
// tables of keys. A section is a struct, a table of its keys with a small reader each, and nothing
// else; what is wrong goes to Problems with file:line:column, and reading goes on, so that a user
// sees every mistake of a file at once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/units.h"
#include "controller/api/value.h"
#include "sim/expected.h"
#include "sim/time.h"

namespace twin::scenario {

// "90s", "5min", "250ms", "2h", "1h30min", "1.5s"; 0 needs no unit.
sim::Expected<sim::Duration> parse_duration(std::string_view text);

// The known word that a misspelt one is closest to; empty when none is close.
std::string closest(std::string_view word, std::span<const std::string> known);
// "did you mean `replicas`?", or the list of what is known.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

class Problems {
 public:
  void add(std::string where, std::string what, std::string right);
  bool empty() const { return errors_.empty(); }
  size_t count() const { return errors_.size(); }
  const std::vector<sim::Error>& errors() const { return errors_; }

 private:
  std::vector<sim::Error> errors_;
};

// The text a document came from. Values that --set put there have line -1 - (index of the option).
struct Source {
  std::string file;
  std::vector<std::string> lines;
  std::vector<std::string> overrides;  // as given: "scenario.seed=3"

  std::string where(api::Mark mark) const;
  // Where `key` of `map` is written; the value's place when the text does not show it.
  api::Mark key_mark(const api::Value& map, std::string_view key) const;
};

std::vector<std::string> lines_of(std::string_view text);

// REQUIRES: value, source and problems outlive the node.
class Node {
 public:
  Node(const api::Value& value, const Source& source, Problems& problems, std::string path)
      : value_(&value), source_(&source), problems_(&problems), path_(std::move(path)) {}

  const api::Value& value() const { return *value_; }
  const Source& source() const { return *source_; }
  Problems& problems() const { return *problems_; }
  const std::string& path() const { return path_; }
  api::Mark mark() const { return value_->mark(); }
  std::string where() const { return source_->where(value_->mark()); }

  void fail(std::string what, std::string right) const;
  // "`seed` is a list; give a whole number, for example 7"
  void wrong_type(std::string_view wanted) const;
  // At the place of a key of this map.
  void fail_at_key(std::string_view key, std::string what, std::string right) const;

  bool require_map(std::string_view wanted) const;
  bool require_list(std::string_view wanted) const;
  // REQUIRES: a map that has the key.
  Node at(std::string_view key) const;
  // REQUIRES: a list with that index.
  Node item(size_t index) const;

 private:
  const api::Value* value_;
  const Source* source_;
  Problems* problems_;
  std::string path_;
};

// Single values. False when a problem was added; `out` is then as it was.
bool read_text(const Node& node, std::string& out);       // any scalar but null
bool read_word(const Node& node, std::string& out);       // not empty
bool read_flag(const Node& node, bool& out);
bool read_integer(const Node& node, int64_t min, int64_t max, int64_t& out);
bool read_count(const Node& node, int32_t min, int32_t& out);
bool read_duration(const Node& node, sim::Duration& out);
bool read_bytes(const Node& node, api::Bytes& out);
bool read_rate(const Node& node, api::BytesPerSec& out);
// One of the words; its index.
bool read_choice(const Node& node, std::span<const std::string> words, size_t& out);

template <class T>
struct Key {
  std::string_view name;
  void (*read)(const Node& node, T& out);
  bool required = false;
};

// Unknown keys of a map become problems.
void check_keys(const Node& map, std::span<const std::string> known);
void missing_key(const Node& map, std::string_view name);

// An empty section (`steps:` and nothing below) is one that says nothing.
template <class T>
void read_map(const Node& node, std::span<const Key<T>> keys, T& out) {
  if (node.value().is_map()) {
    std::vector<std::string> names;
    for (const Key<T>& key : keys) names.emplace_back(key.name);
    check_keys(node, names);
  } else if (!node.value().is_null()) {
    node.require_map("keys and values");
    return;
  }
  for (const Key<T>& key : keys) {
    if (node.value().find(key.name)) {
      key.read(node.at(key.name), out);
    } else if (key.required) {
      missing_key(node, key.name);
    }
  }
}

template <class T>
void read_list(const Node& node, std::vector<T>& out, void (*read)(const Node&, T&)) {
  if (node.value().is_null() || !node.require_list("a list")) return;
  for (size_t i = 0; i < node.value().items().size(); ++i) read(node.item(i), out.emplace_back());
}

}  // namespace twin::scenario
