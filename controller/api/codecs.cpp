#include "controller/api/codecs.h"

#include "sim/hash.h"

namespace twin::api::fields {
namespace {

constexpr int64_t kNanos = 1'000'000'000;
constexpr std::string_view kUidPrefix = "00000000-0000-0000-";

std::string kind_word(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::list: return "a list";
    case Value::Kind::map: return "a map";
    case Value::Kind::string: return "the text `" + value.as_string() + "`";
    case Value::Kind::null: return "nothing";
    default: return "`" + value.scalar_text() + "`";
  }
}

bool hex_digits(std::string_view text, uint64_t& out) {
  for (char c : text) {
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else {
      return false;
    }
    out = out * 16 + static_cast<uint64_t>(digit);
  }
  return true;
}

}  // namespace

std::string place(const std::string& file, Mark mark) {
  if (mark.line <= 0) return file;
  return file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

std::string join(std::string_view path, std::string_view name) {
  std::string out(path);
  if (!out.empty()) out += '.';
  return out += name;
}

Read Reader::fail(const Value& at, std::string what, std::string hint) {
  if (error_) return Read::failed;
  const std::string at_path = path();
  error_ = sim::Error{place(file_, at.mark()), at_path.empty() ? what : at_path + ": " + what,
                      std::move(hint)};
  return Read::failed;
}

Read Reader::wrong_type(const Value& at, std::string_view wanted, std::string_view example) {
  return fail(at, kind_word(at) + " is not " + std::string(wanted),
              "for example " + std::string(example));
}

std::string Reader::path() const {
  std::string out;
  for (const std::string& name : path_) out = join(out, name);
  return out;
}

Read Text::decode(const Value& value, std::string& out, Reader& reader) {
  if (value.is_string()) {
    out = value.as_string();
    return Read::ok;
  }
  if (!value.is_scalar()) return reader.wrong_type(value, "a text", "name");
  return reader.fail(value, "`" + value.scalar_text() + "` is a number or a flag, not a text",
                     "quote it: \"" + value.scalar_text() + "\"");
}

Read Bool::decode(const Value& value, bool& out, Reader& reader) {
  if (value.kind() != Value::Kind::boolean) return reader.wrong_type(value, "a flag", "true");
  out = value.as_bool();
  return Read::ok;
}

Read decode_integer(const Value& value, int64_t min, int64_t max, int64_t& out, Reader& reader) {
  if (value.kind() != Value::Kind::integer) return reader.wrong_type(value, "an integer", "3");
  out = value.as_int();
  if (out < min) {
    return reader.fail(value, std::to_string(out) + " is too small",
                       std::to_string(min) + " or more");
  }
  if (out > max) {
    return reader.fail(value, std::to_string(out) + " is too large",
                       std::to_string(max) + " or less");
  }
  return Read::ok;
}

Read IntOrPercent::decode(const Value& value, int32_t& out, Reader& reader) {
  if (value.is_string() && !value.as_string().empty() && value.as_string().back() == '%') {
    return Read::left;
  }
  return Count::decode(value, out, reader);
}

Read Quantity::decode(const Value& value, Bytes& out, Reader& reader) {
  if (!value.is_scalar() || value.kind() == Value::Kind::boolean) {
    return reader.wrong_type(value, "a quantity", "100Gi");
  }
  const auto parsed = parse_quantity(value.scalar_text());
  if (!parsed) return reader.fail(value, parsed.error().what, parsed.error().hint);
  if (parsed->value < 0) {
    return reader.fail(value, "`" + value.scalar_text() + "` is negative", "for example 100Gi");
  }
  out = *parsed;
  return Read::ok;
}

Read CpuMillis::decode(const Value& value, int64_t& out, Reader& reader) {
  if (!value.is_scalar() || value.kind() == Value::Kind::boolean) {
    return reader.wrong_type(value, "a quantity of CPU", "500m");
  }
  const auto parsed = parse_cpu_millis(value.scalar_text());
  if (!parsed) return reader.fail(value, parsed.error().what, parsed.error().hint);
  out = *parsed;
  return Read::ok;
}

Read Seconds::decode(const Value& value, sim::Duration& out, Reader& reader) {
  int64_t seconds = 0;
  const Read read = decode_integer(value, 0, INT32_MAX, seconds, reader);
  if (read == Read::ok) out = sim::Duration{seconds * kNanos};
  return read;
}

Read Timestamp::decode(const Value& value, sim::Time& out, Reader& reader) {
  if (!value.is_string()) return reader.wrong_type(value, "a time", "2019-02-25T12:00:00Z");
  const auto parsed = parse_timestamp(value.as_string());
  if (!parsed) return reader.fail(value, parsed.error().what, parsed.error().hint);
  out = *parsed;
  return Read::ok;
}

Read UidText::decode(const Value& value, Uid& out, Reader& reader) {
  std::string text;
  const Read read = Text::decode(value, text, reader);
  if (read != Read::ok) return read;
  const bool ours = text.size() == 36 && text.starts_with(kUidPrefix) && text[23] == '-';
  uint64_t number = 0;
  if (ours && hex_digits(text.substr(19, 4), number) && hex_digits(text.substr(24), number)) {
    out = Uid{number};
  } else {
    const uint64_t folded = sim::Hasher{}.add(std::string_view(text)).digest();
    out = Uid{text.empty() ? 0 : folded | 1};
  }
  return Read::ok;
}

Value UidText::encode(Uid uid) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out(kUidPrefix);
  for (int shift = 60; shift >= 0; shift -= 4) {
    out += kHex[(uid.value >> shift) & 15];
    if (shift == 48) out += '-';
  }
  return Value::string(std::move(out));
}

Read VersionText::decode(const Value& value, ResourceVersion& out, Reader& reader) {
  std::string text;
  const Read read = Text::decode(value, text, reader);
  if (read != Read::ok) return read;
  uint64_t number = 0;
  bool digits = !text.empty() && text.size() < 20;
  for (char c : text) {
    digits = digits && c >= '0' && c <= '9';
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  if (!digits) return Read::left;  // opaque by contract: never compared, only handed back
  out = ResourceVersion{number};
  return Read::ok;
}

Read KindText::decode(const Value& value, Kind& out, Reader& reader) {
  std::string text;
  const Read read = Text::decode(value, text, reader);
  if (read != Read::ok) return read;
  const std::optional<Kind> kind = kind_from_name(text);
  if (!kind) return Read::left;
  out = *kind;
  return Read::ok;
}

Read Presence::decode(const Value& value, bool& out, Reader& reader) {
  if (!value.is_map()) return reader.wrong_type(value, "a map of fields", "{}");
  out = true;
  return Read::ok;
}

void Presence::unknown(const Value& value, const std::string& path, Unknowns& out) {
  if (!value.is_map()) return;
  for (const auto& [name, part] : value.entries()) {
    const bool says_nothing = part.is_null() || (part.is_map() && part.entries().empty());
    if (!says_nothing) out.push_back({join(path, name), &part});
  }
}

Read DoNotSchedule::decode(const Value& value, bool& out, Reader& reader) {
  const std::string text = value.scalar_text();
  if (text != "DoNotSchedule" && text != "ScheduleAnyway") {
    return reader.fail(value, "`" + text + "` is not a way to handle a constraint",
                       "DoNotSchedule or ScheduleAnyway");
  }
  out = text == "DoNotSchedule";
  return Read::ok;
}

Read TextMap::decode(const Value& value, std::map<std::string, std::string>& out,
                     Reader& reader) {
  if (!value.is_map()) return reader.wrong_type(value, "a map of texts", "name: value");
  out.clear();
  for (const auto& [name, each] : value.entries()) {
    reader.enter(name);
    std::string text;
    if (!each.is_null() && Text::decode(each, text, reader) != Read::ok) return Read::failed;
    reader.leave();
    out.emplace(name, std::move(text));
  }
  return Read::ok;
}

Value TextMap::encode(const std::map<std::string, std::string>& map) {
  Value::Map entries;
  for (const auto& [name, text] : map) entries.emplace_back(name, Value::string(text));
  return Value::map(std::move(entries));
}

std::string item_key(const Value& item, std::string_view key, size_t index) {
  const Value* value = item.find(key);
  return value && value->is_scalar() ? value->scalar_text() : std::to_string(index);
}

const Value* kept_item(const Value* kept, std::string_view key, const std::string& name) {
  if (!kept || !kept->is_list()) return nullptr;
  size_t index = 0;
  for (const Value& item : kept->items())
    if (item_key(item, key, index++) == name) return &item;
  return nullptr;
}

}  // namespace twin::api::fields
