// A document tree: what a YAML or JSON text says before anyone decided what it means. Manifests,
// scenario files and the parts of objects that no field table knows ("unknown fields pass through
// untouched") are all of this type. Maps keep the order of the text; every node remembers its place
// in the text, so that an error can be reported as file:line:column.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/expected.h"

namespace twin::api {

struct Mark {
  int line = 0;    // from 1; 0 = not from a text
  int column = 0;  // from 1
};

class Value {
 public:
  enum class Kind : uint8_t { null, boolean, integer, real, string, list, map };
  using List = std::vector<Value>;
  using Map = std::vector<std::pair<std::string, Value>>;

  Value() = default;
  static Value boolean(bool b);
  static Value integer(int64_t i);
  // A number with a fraction is kept as its text: nothing here computes with doubles.
  static Value real(std::string text);
  static Value string(std::string text);
  static Value list(List items = {});
  static Value map(Map entries = {});

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_map() const { return kind_ == Kind::map; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_string() const { return kind_ == Kind::string; }
  // REQUIRES: the kind fits (asserted).
  bool as_bool() const;
  int64_t as_int() const;
  const std::string& as_string() const;  // string, or the text of a real
  const List& items() const;
  List& items();
  const Map& entries() const;
  Map& entries();

  // Map access. find: nullptr when absent or not a map. at_path: "spec.kafka.version", list indices
  // as numbers. set replaces or appends; erase is a no-op when absent.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  const Value* at_path(std::string_view dotted) const;
  Value& set(std::string_view key, Value value);
  // Creates the maps on the way. Error when a scalar is in the way or a list index is out of range.
  sim::Expected<bool> set_path(std::string_view dotted, Value value);
  void erase(std::string_view key);

  // Any scalar as text ("true", "3", "abc", "" for null): Kafka configuration values are texts.
  std::string scalar_text() const;
  bool is_scalar() const { return kind_ < Kind::list; }

  Mark mark() const { return mark_; }
  void set_mark(Mark mark) { mark_ = mark; }

  // Same content; marks do not count.
  bool operator==(const Value& other) const;

 private:
  Kind kind_ = Kind::null;
  Mark mark_;
  bool bool_ = false;
  int64_t int_ = 0;
  std::string text_;
  List list_;
  Map map_;
};

// One document of a file.
struct Document {
  std::string file;
  Value root;
};

// Multi-document YAML 1.1 core as kubectl takes it. Error.where is "file:line:column".
sim::Expected<std::vector<Document>> parse_yaml(std::string_view text, const std::string& file);
// Reads the file; a missing or unreadable file is an Error as well. Lives in cli-safe code: it is
// the only function of controller/api that touches the file system.
sim::Expected<std::vector<Document>> read_yaml_file(const std::string& path);
sim::Expected<Value> parse_scalar_or_flow(std::string_view text, const std::string& where);

std::string to_yaml(const Value& value);
std::string to_json(const Value& value);  // keys in the order of the map, no spaces

}  // namespace twin::api
