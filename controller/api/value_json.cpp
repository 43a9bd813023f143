#include "controller/api/value.h"

namespace twin::api {
namespace {

void append_text(const std::string& text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
          out += "\\u00";
          out += kHex[byte >> 4];
          out += kHex[byte & 15];
        } else {
          out += c;
        }
      }
    }
  }
  out += '"';
}

// JSON knows neither a leading plus nor a bare point: "+.5" and "5." are written 0.5 and 5.0.
void append_number(std::string_view text, std::string& out) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  if (!text.empty() && text[0] == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  if (!text.empty() && text[0] == '.') out += '0';
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    const bool digit_follows = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (text[i] == '.' && !digit_follows) out += '0';
  }
}

void append(const Value& value, std::string& out) {
  bool first = true;
  switch (value.kind()) {
    case Value::Kind::null: out += "null"; return;
    case Value::Kind::boolean:
    case Value::Kind::integer: out += value.scalar_text(); return;
    case Value::Kind::real: append_number(value.as_string(), out); return;
    case Value::Kind::string: append_text(value.as_string(), out); return;
    case Value::Kind::list:
      out += '[';
      for (const Value& item : value.items()) {
        if (!first) out += ',';
        first = false;
        append(item, out);
      }
      out += ']';
      return;
    case Value::Kind::map:
      out += '{';
      for (const auto& [key, item] : value.entries()) {
        if (!first) out += ',';
        first = false;
        append_text(key, out);
        out += ':';
        append(item, out);
      }
      out += '}';
      return;
  }
}

}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  append(value, out);
  return out;
}

}  // namespace twin::api
