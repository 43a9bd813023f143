// Value -> YAML text in block style. What is written reads back as the same value.
#include "controller/api/value.h"

namespace twin::api {
namespace {

bool safe_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/' || c == '+' || c == '=' || c == '(' || c == ')' ||
         c == ';' || c == '^' || c == '$';
}

// Words that some YAML reader takes for something else than a text, ours or a 1.1 one.
bool is_reserved(const std::string& text) {
  static constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no",
                                                "on",   "off",  "y",     "n"};
  std::string lower;
  for (char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (std::string_view word : kWords)
    if (lower == word) return true;
  return false;
}

// True when the text can stand without quotes: begins with a letter or a slash and holds nothing
// that means something in YAML. A text that begins with a digit could be a number.
bool is_plain(const std::string& text) {
  if (text.empty() || is_reserved(text)) return false;
  const char c = text[0];
  if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '_')) return false;
  for (char each : text)
    if (!safe_char(each) && each != ' ' && each != ',' && each != ':') return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  return text.find(": ") == text.npos && text.find(", ") == text.npos;
}

void append_scalar(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Value::Kind::null: out += "null"; return;
    case Value::Kind::string:
      // A JSON string is a double-quoted YAML scalar.
      out += is_plain(value.as_string()) ? value.as_string() : to_json(value);
      return;
    default: out += value.scalar_text();
  }
}

void append_key(const std::string& key, std::string& out) {
  append_scalar(Value::string(key), out);
  out += ':';
}

void append(const Value& value, int indent, bool after_dash, std::string& out);

bool is_inline(const Value& value) {
  if (value.is_scalar()) return true;
  return value.is_list() ? value.items().empty() : value.entries().empty();
}

void append_inline(const Value& value, std::string& out) {
  if (value.is_scalar()) {
    append_scalar(value, out);
  } else {
    out += value.is_list() ? "[]" : "{}";
  }
}

void append_map(const Value& value, int indent, bool after_dash, std::string& out) {
  bool first = true;
  for (const auto& [key, item] : value.entries()) {
    if (!(first && after_dash)) out.append(static_cast<size_t>(indent), ' ');
    first = false;
    append_key(key, out);
    if (is_inline(item)) {
      out += ' ';
      append_inline(item, out);
      out += '\n';
    } else {
      out += '\n';
      append(item, item.is_list() ? indent : indent + 2, false, out);
    }
  }
}

void append(const Value& value, int indent, bool after_dash, std::string& out) {
  if (is_inline(value)) {
    if (!after_dash) out.append(static_cast<size_t>(indent), ' ');
    append_inline(value, out);
    out += '\n';
    return;
  }
  if (value.is_map()) {
    append_map(value, indent, after_dash, out);
    return;
  }
  bool first = true;
  for (const Value& item : value.items()) {
    if (!(first && after_dash)) out.append(static_cast<size_t>(indent), ' ');
    first = false;
    out += "- ";
    append(item, indent + 2, true, out);
  }
}

}  // namespace

std::string to_yaml(const Value& value) {
  std::string out;
  append(value, 0, false, out);
  return out;
}

}  // namespace twin::api
