// Reads JSON front to back without building a tree: a file of 100,000 partitions is walked once.
// Strict RFC 8259 text. The first thing that is wrong stops the cursor: every later call answers as
// if the text had ended, and error() says where it was (file:line:column), what and what would be
// right. So a reader is written straight down and asks once, at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/expected.h"

namespace twin::controller::rebalance {

// "file:line:column" of the byte at `offset`.
std::string place_in_text(std::string_view text, const std::string& file, size_t offset);

// Kafka's tools print lines of words around their JSON, which stands in a line of its own. The part
// of a text that is JSON: all of it when it begins with one, else its first line that does, or the
// last one. Nothing is found: all of it.
struct JsonPart {
  size_t begin = 0;
  size_t end = 0;
};
enum class WhichLine : uint8_t { first, last };
JsonPart find_json(std::string_view text, WhichLine which);

class JsonCursor {
 public:
  // REQUIRES: the text outlives the cursor.
  JsonCursor(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}
  // The same of a part of the text: places are those of the whole.
  JsonCursor(std::string_view text, JsonPart part, std::string file)
      : text_(text.substr(0, part.end)), file_(std::move(file)), at_(part.begin) {}

  // `if (open_map("...")) while (auto key = next_key()) ...`: every value behind a key must be read
  // or skipped. `what` names what should stand here: "a map with topic and partition".
  bool open_map(std::string_view what);
  std::optional<std::string> next_key();
  bool open_list(std::string_view what);
  bool next_item();
  // An integer in [min, max].
  int64_t read_integer(int64_t min, int64_t max, std::string_view what);
  std::string read_text(std::string_view what);
  bool read_flag();
  void skip_value();
  // Only blanks may follow.
  void expect_end();

  // Marks the start of the next token, for errors that are found later.
  struct Place {
    size_t offset = 0;
  };
  Place place();
  // Keeps the first error.
  void fail(Place place, std::string what, std::string right);
  bool failed() const { return error_.has_value(); }
  const sim::Error& error() const { return *error_; }

 private:
  void skip_blanks();
  char peek();
  bool take(char c);
  void fail_here(std::string what, std::string right);
  void append_escape(std::string& out);
  uint32_t hex4();
  void skip_nested(int depth);

  std::string_view text_;
  std::string file_;
  size_t at_ = 0;
  bool first_ = false;  // right after an opening bracket
  std::optional<sim::Error> error_;
};

}  // namespace twin::controller::rebalance
