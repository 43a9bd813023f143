// Field tables: one per type, a list of (JSON name, member, codec). Everything that has to know the
// fields of a type walks its table. A field is a handful of plain functions, so that tables are
// constant data and a type's walk is compiled once, in the file that holds the table.
//
// A document carries more than the types: fields that no table knows, defaults that were written
// out, "1024Mi" where we would write "1Gi". `keep` collects what the typed form cannot reproduce
// (it becomes Object::unknown) and `encode` puts it back where the typed value still agrees, so
// that decode and encode change nothing, and a changed field wins over the text it came from.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/value.h"
#include "sim/expected.h"

namespace twin::api::fields {

enum class Read : uint8_t {
  ok,
  left,    // a form that the type does not model: stays unknown
  failed,  // an error was recorded
};

// Where decoding stands and its first error.
class Reader {
 public:
  explicit Reader(std::string file = {}) : file_(std::move(file)) {}
  Read fail(const Value& at, std::string what, std::string hint);
  // "`many` is not an integer", at the path where decoding stands.
  Read wrong_type(const Value& at, std::string_view wanted, std::string_view example);
  void enter(std::string_view name) { path_.emplace_back(name); }
  void leave() { path_.pop_back(); }
  std::string path() const;
  const std::string& file() const { return file_; }
  const std::optional<sim::Error>& error() const { return error_; }

 private:
  std::string file_;
  std::vector<std::string> path_;
  std::optional<sim::Error> error_;
};

std::string place(const std::string& file, Mark mark);  // "file:line:column"

// An unknown part of a document.
struct Unknown {
  std::string path;
  const Value* value = nullptr;
};
using Unknowns = std::vector<Unknown>;
std::string join(std::string_view path, std::string_view name);

template <class T>
struct Field {
  std::string_view name;  // "" = the fields of a member, in this same map
  std::span<const Field<T>> group = {};  // not empty: a map below `name` with these fields
  Read (*decode)(const Field&, const Value& map, T& out, Reader& reader) = nullptr;
  void (*encode)(const Field&, const T& from, const Value* kept, Value& map) = nullptr;
  void (*keep)(const Field&, const Value& map, Value& kept) = nullptr;
  void (*unknown)(const Field&, const Value& map, const std::string& path, Unknowns& out) = nullptr;
  bool (*equal)(const T& a, const T& b) = nullptr;
  bool (*knows)(std::string_view name) = nullptr;  // for "": one of the member's names
};

template <class T>
using Fields = std::span<const Field<T>>;

// The table of a type; specialised in the files that define them.
template <class T>
Fields<T> table();

// ---- walks ------------------------------------------------------------------------------------
template <class T>
bool knows(Fields<T> table_of, std::string_view name) {
  for (const Field<T>& field : table_of) {
    if (field.name.empty() ? field.knows(name) : field.name == name) return true;
  }
  return false;
}

template <class T>
Read decode_fields(Fields<T> table_of, const Value& map, T& out, Reader& reader) {
  if (map.is_null()) return Read::ok;
  if (!map.is_map()) return reader.wrong_type(map, "a map of fields", "name: value");
  for (const Field<T>& field : table_of) {
    if (field.group.empty()) {
      if (field.decode(field, map, out, reader) == Read::failed) return Read::failed;
    } else if (const Value* below = map.find(field.name)) {
      reader.enter(field.name);
      if (decode_fields<T>(field.group, *below, out, reader) == Read::failed) return Read::failed;
      reader.leave();
    }
  }
  return Read::ok;
}

// REQUIRES: the map was decoded without an error.
template <class T>
void keep_fields(Fields<T> table_of, const Value& map, Value& kept) {
  if (!map.is_map()) return;
  for (const Field<T>& field : table_of) {
    if (field.group.empty()) {
      field.keep(field, map, kept);
    } else if (const Value* below = map.find(field.name)) {
      Value part;
      part.set_mark(below->mark());
      keep_fields<T>(field.group, *below, part);
      const bool bare = below->is_null() || below->entries().empty();
      if (bare) kept.set(field.name, *below);
      if (!part.is_null()) kept.set(field.name, std::move(part));
    }
  }
  for (const auto& [name, value] : map.entries())
    if (!knows(table_of, name)) kept.set(name, value);
}

template <class T>
void unknown_fields(Fields<T> table_of, const Value& map, const std::string& path, Unknowns& out) {
  if (!map.is_map()) return;
  for (const auto& [name, value] : map.entries())
    if (!knows(table_of, name)) out.push_back({join(path, name), &value});
  for (const Field<T>& field : table_of) {
    if (field.group.empty()) {
      field.unknown(field, map, path, out);
    } else if (const Value* below = map.find(field.name)) {
      unknown_fields<T>(field.group, *below, join(path, field.name), out);
    }
  }
}

template <class T>
void encode_fields(Fields<T> table_of, const T& from, const Value* kept, Value& map) {
  for (const Field<T>& field : table_of) {
    if (field.group.empty()) {
      field.encode(field, from, kept, map);
      continue;
    }
    const Value* kept_below = kept ? kept->find(field.name) : nullptr;
    Value below = Value::map();
    encode_fields<T>(field.group, from, kept_below, below);
    if (!below.entries().empty()) {
      map.set(field.name, std::move(below));
    } else if (kept_below) {
      map.set(field.name, *kept_below);
    }
  }
  if (!kept || !kept->is_map()) return;
  for (const auto& [name, value] : kept->entries())
    if (!knows(table_of, name)) map.set(name, value);
}

template <class T>
bool equal_fields(Fields<T> table_of, const T& a, const T& b) {
  for (const Field<T>& field : table_of) {
    const bool same =
        field.group.empty() ? field.equal(a, b) : equal_fields<T>(field.group, a, b);
    if (!same) return false;
  }
  return true;
}

// ---- fields -----------------------------------------------------------------------------------
// A codec has `decode(value, out, reader)` and `encode(member) -> Value`. One for a type with parts
// has encode_kept, keep and unknown as well; `equal` where == will not do.
enum class Write : uint8_t { unless_default, always };

template <class Codec, class M>
bool same(const M& a, const M& b) {
  if constexpr (requires { Codec::equal(a, b); }) {
    return Codec::equal(a, b);
  } else {
    return a == b;
  }
}

template <class Codec>
constexpr bool kHasParts = requires(const Value& v) { Codec::keep(v); };

template <class T, class M, M T::*Member, class Codec, Write write>
struct FieldFunctions {
  static const M& default_value() {
    static const T object{};
    return object.*Member;
  }

  static Read decode(const Field<T>& self, const Value& map, T& out, Reader& reader) {
    const Value* value = map.find(self.name);
    if (!value || value->is_null()) return Read::ok;
    reader.enter(self.name);
    const Read read = Codec::decode(*value, out.*Member, reader);
    if (read != Read::failed) reader.leave();
    if (read == Read::left) out.*Member = default_value();
    return read;
  }

  static void encode(const Field<T>& self, const T& from, const Value* kept, Value& map) {
    const M& member = from.*Member;
    const Value* text = kept ? kept->find(self.name) : nullptr;
    const bool is_default = same<Codec>(member, default_value());
    if (text && text->is_null()) {
      if (is_default) map.set(self.name, *text);
      if (is_default) return;
      text = nullptr;
    }
    if constexpr (kHasParts<Codec>) {
      if (write == Write::unless_default && is_default && !text) return;
      map.set(self.name, Codec::encode_kept(member, text));
    } else {
      if (text) {
        M read_back = default_value();
        Reader reader;
        const Read read = Codec::decode(*text, read_back, reader);
        const bool agrees =
            read == Read::left ? is_default : read == Read::ok && same<Codec>(read_back, member);
        if (agrees) {
          map.set(self.name, *text);
          return;
        }
      }
      if (write == Write::unless_default && is_default) return;
      map.set(self.name, Codec::encode(member));
    }
  }

  static void keep(const Field<T>& self, const Value& map, Value& kept) {
    const Value* value = map.find(self.name);
    if (!value) return;
    if (value->is_null()) {
      kept.set(self.name, *value);
      return;
    }
    if constexpr (kHasParts<Codec>) {
      std::optional<Value> part = Codec::keep(*value);
      if (part) kept.set(self.name, std::move(*part));
    } else {
      M member = default_value();
      Reader reader;
      const bool modelled = Codec::decode(*value, member, reader) == Read::ok;
      const bool omitted =
          write == Write::unless_default && same<Codec>(member, default_value());
      if (!modelled || omitted || !(Codec::encode(member) == *value)) kept.set(self.name, *value);
    }
  }

  static void unknown(const Field<T>& self, const Value& map, const std::string& path,
                      Unknowns& out) {
    const Value* value = map.find(self.name);
    if (!value || value->is_null()) return;
    if constexpr (requires { Codec::unknown(*value, path, out); }) {
      Codec::unknown(*value, join(path, self.name), out);
    } else {
      M member{};
      Reader reader;
      if (Codec::decode(*value, member, reader) != Read::ok) {
        out.push_back({join(path, self.name), value});
      }
    }
  }

  static bool equal(const T& a, const T& b) { return same<Codec>(a.*Member, b.*Member); }
};

template <class P>
struct MemberOf;
template <class T, class M>
struct MemberOf<M T::*> {
  using Owner = T;
  using Type = M;
};

template <auto Member, class Codec, Write write = Write::unless_default>
constexpr auto field(std::string_view name) {
  using T = typename MemberOf<decltype(Member)>::Owner;
  using M = typename MemberOf<decltype(Member)>::Type;
  using F = FieldFunctions<T, M, Member, Codec, write>;
  return Field<T>{name, {}, F::decode, F::encode, F::keep, F::unknown, F::equal, nullptr};
}

template <class T>
constexpr Field<T> group(std::string_view name, std::span<const Field<T>> below) {
  return Field<T>{name, below, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
}

// The fields of a member that is a struct of its own, written into the same map as its owner's. An
// optional member is present when one of its fields is.
template <class T, class M, M T::*Member, class Struct>
struct SpliceFunctions {
  static constexpr bool kOptional = !std::is_same_v<M, Struct>;

  static bool any(const Value& map) {
    for (const auto& [name, value] : map.entries())
      if (knows(table<Struct>(), name)) return true;
    return false;
  }
  static Read decode(const Field<T>&, const Value& map, T& out, Reader& reader) {
    if constexpr (kOptional) {
      if (!any(map)) return Read::ok;
      return decode_fields(table<Struct>(), map, (out.*Member).emplace(), reader);
    } else {
      return decode_fields(table<Struct>(), map, out.*Member, reader);
    }
  }
  static void encode(const Field<T>&, const T& from, const Value* kept, Value& map) {
    // The owner's walk copies unknown names; here only the member's own are of interest.
    Value own = Value::map();
    if (kept && kept->is_map()) {
      for (const auto& [name, value] : kept->entries())
        if (knows(table<Struct>(), name)) own.set(name, value);
    }
    if constexpr (kOptional) {
      if (from.*Member) encode_fields(table<Struct>(), *(from.*Member), &own, map);
    } else {
      encode_fields(table<Struct>(), from.*Member, &own, map);
    }
  }
  static void keep(const Field<T>&, const Value& map, Value& kept) {
    Value own = Value::map();
    for (const auto& [name, value] : map.entries())
      if (knows(table<Struct>(), name)) own.set(name, value);
    keep_fields(table<Struct>(), own, kept);
  }
  static void unknown(const Field<T>&, const Value& map, const std::string& path, Unknowns& out) {
    for (const Field<Struct>& each : table<Struct>()) {
      if (each.group.empty()) {
        each.unknown(each, map, path, out);
      } else if (const Value* below = map.find(each.name)) {
        unknown_fields<Struct>(each.group, *below, join(path, each.name), out);
      }
    }
  }
  static bool equal(const T& a, const T& b) { return a.*Member == b.*Member; }
  static bool knows_name(std::string_view name) { return knows(table<Struct>(), name); }
};

template <auto Member, class Struct>
constexpr auto splice() {
  using T = typename MemberOf<decltype(Member)>::Owner;
  using M = typename MemberOf<decltype(Member)>::Type;
  using F = SpliceFunctions<T, M, Member, Struct>;
  return Field<T>{"", {}, F::decode, F::encode, F::keep, F::unknown, F::equal, F::knows_name};
}

}  // namespace twin::api::fields
