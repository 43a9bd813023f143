#include "controller/rebalance/json_cursor.h"

#include <algorithm>
#include <charconv>

namespace twin::controller::rebalance {

namespace {

constexpr int kDepthMax = 100;
constexpr std::string_view kEndsOfWords = ",]} \t\n\r";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void append_utf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

std::string place_in_text(std::string_view text, const std::string& file, size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = before.size() - (start == before.npos ? 0 : start + 1) + 1;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

JsonPart find_json(std::string_view text, WhichLine which) {
  JsonPart found{0, text.size()};
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos || text[begin] == '{') return found;
  for (begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (text[begin] == '{') {
      found = {begin, end};
      if (which == WhichLine::first) return found;
    }
    begin = end + 1;
  }
  return found;
}

void JsonCursor::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

// '\0' at the end, and after an error.
char JsonCursor::peek() {
  if (error_) return '\0';
  skip_blanks();
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonCursor::take(char c) {
  if (peek() != c) return false;
  ++at_;
  return true;
}

JsonCursor::Place JsonCursor::place() {
  skip_blanks();
  return {at_};
}

void JsonCursor::fail(Place place, std::string what, std::string right) {
  if (error_) return;
  error_ = sim::Error{place_in_text(text_, file_, place.offset), std::move(what), std::move(right)};
}

void JsonCursor::fail_here(std::string what, std::string right) {
  if (place().offset >= text_.size()) what = "the text ends in the middle";
  fail(place(), std::move(what), std::move(right));
}

bool JsonCursor::open_map(std::string_view what) {
  if (!take('{')) {
    fail_here("not a map", "give " + std::string(what));
    return false;
  }
  first_ = true;
  return true;
}

std::optional<std::string> JsonCursor::next_key() {
  if (error_) return std::nullopt;
  if (take('}')) {
    first_ = false;
    return std::nullopt;
  }
  if (!first_ && !take(',')) {
    fail_here("neither `,` nor `}` after an entry", "separate entries by `,` and close with `}`");
    return std::nullopt;
  }
  first_ = false;
  std::string key = read_text("a key in double quotes");
  if (!take(':')) fail_here("no `:` after a key", "\"key\": value");
  if (error_) return std::nullopt;
  return key;
}

bool JsonCursor::open_list(std::string_view what) {
  if (!take('[')) {
    fail_here("not a list", "give " + std::string(what));
    return false;
  }
  first_ = true;
  return true;
}

bool JsonCursor::next_item() {
  if (error_) return false;
  if (take(']')) {
    first_ = false;
    return false;
  }
  if (!first_ && !take(',')) {
    fail_here("neither `,` nor `]` after an item", "separate items by `,` and close with `]`");
    return false;
  }
  first_ = false;
  return true;
}

int64_t JsonCursor::read_integer(int64_t min, int64_t max, std::string_view what) {
  const Place start = place();
  const char first = peek();
  if (first != '-' && (first < '0' || first > '9')) {
    fail_here("not a number", "give " + std::string(what));
    return 0;
  }
  int64_t value = 0;
  const auto read = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
  const size_t end = static_cast<size_t>(read.ptr - text_.data());
  const bool more = end < text_.size() && kEndsOfWords.find(text_[end]) == kEndsOfWords.npos;
  if (read.ec != std::errc{} || more || value < min || value > max) {
    const size_t stop = text_.find_first_of(kEndsOfWords, at_);
    fail(start, "`" + std::string(text_.substr(at_, stop - at_)) + "` is not " + std::string(what),
         "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return 0;
  }
  at_ = end;
  return value;
}

uint32_t JsonCursor::hex4() {
  uint32_t code = 0;
  const std::string_view digits = text_.substr(at_, 4);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (digits.size() < 4 || read.ptr != digits.data() + 4) {
    fail({at_}, "`\\u` without four hexadecimal digits", "\\u00e9");
    return 0;
  }
  at_ += 4;
  return code;
}

void JsonCursor::append_escape(std::string& out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  const size_t known = kNames.find(c);
  if (known != kNames.npos && c != '\0') {
    out += kMeanings[known];
    ++at_;
    return;
  }
  if (c != 'u') return fail({at_}, "an escape that JSON does not have", "\\\\ for a backslash");
  ++at_;
  uint32_t code = hex4();
  const bool high = code >= 0xD800 && code < 0xDC00;
  if (high && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    code = 0x10000 + ((code - 0xD800) << 10) + (hex4() - 0xDC00);
  }
  if (!error_) append_utf8(code & 0x1FFFFF, out);
}

std::string JsonCursor::read_text(std::string_view what) {
  const Place start = place();
  std::string out;
  if (!take('"')) {
    fail_here("not a text in double quotes", "give " + std::string(what));
    return out;
  }
  while (!error_) {
    const size_t end = text_.find_first_of("\"\\\n", at_);
    if (end == text_.npos || text_[end] == '\n') {
      fail(start, "a text without its closing quote", "close it with `\"`");
      break;
    }
    out += text_.substr(at_, end - at_);
    at_ = end + 1;
    if (text_[end] == '"') break;
    append_escape(out);
  }
  return error_ ? std::string() : out;
}

bool JsonCursor::read_flag() {
  const char first = peek();
  const std::string_view word = text_.substr(at_, first == 't' ? 4 : 5);
  if (word != "true" && word != "false") {
    fail_here("neither true nor false", "true or false");
    return false;
  }
  at_ += word.size();
  return word == "true";
}

void JsonCursor::skip_value() { skip_nested(0); }

void JsonCursor::skip_nested(int depth) {
  if (depth > kDepthMax) return fail_here("nested too deep", "at most 100 levels");
  const char c = peek();
  if (c == '{') {
    open_map("");
    while (next_key()) skip_nested(depth + 1);
  } else if (c == '[') {
    open_list("");
    while (next_item()) skip_nested(depth + 1);
  } else if (c == '"') {
    read_text("");
  } else {
    const size_t start = at_;
    while (at_ < text_.size() && kEndsOfWords.find(text_[at_]) == kEndsOfWords.npos) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    const bool number = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
    if (number || word == "true" || word == "false" || word == "null") return;
    fail({start}, word.empty() ? "a value is missing" : "`" + std::string(word) + "` is no value",
         "a text in double quotes, a number, true, false, null, a list or a map");
  }
}

void JsonCursor::expect_end() {
  if (error_ || peek() == '\0') return;
  fail_here("something follows the end", "one JSON value alone");
}

}  // namespace twin::controller::rebalance
