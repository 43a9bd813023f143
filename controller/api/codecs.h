// Codecs of single values for field tables: how a member is read from and written to a document.
#pragma once

#include <map>
#include <memory>

#include "controller/api/field_table.h"
#include "controller/api/object.h"
#include "controller/api/quantity.h"

namespace twin::api::fields {

struct Text {
  static Read decode(const Value& value, std::string& out, Reader& reader);
  static Value encode(const std::string& text) { return Value::string(text); }
};

struct Bool {
  static Read decode(const Value& value, bool& out, Reader& reader);
  static Value encode(bool b) { return Value::boolean(b); }
};

// Integers with bounds; what is outside is an error that names them.
Read decode_integer(const Value& value, int64_t min, int64_t max, int64_t& out, Reader& reader);

template <class I, int64_t kMin, int64_t kMax>
struct Integer {
  static Read decode(const Value& value, I& out, Reader& reader) {
    int64_t wide = 0;
    const Read read = decode_integer(value, kMin, kMax, wide, reader);
    if (read == Read::ok) out = static_cast<I>(wide);
    return read;
  }
  static Value encode(I i) { return Value::integer(i); }
};
using Int32 = Integer<int32_t, INT32_MIN, INT32_MAX>;
using Int64 = Integer<int64_t, INT64_MIN, INT64_MAX>;
using Count = Integer<int32_t, 0, INT32_MAX>;

// A number or a percentage: only the number is modelled.
struct IntOrPercent {
  static Read decode(const Value& value, int32_t& out, Reader& reader);
  static Value encode(int32_t i) { return Value::integer(i); }
};

struct Quantity {
  static Read decode(const Value& value, Bytes& out, Reader& reader);
  static Value encode(Bytes bytes) { return Value::string(quantity_text(bytes)); }
};

struct CpuMillis {
  static Read decode(const Value& value, int64_t& out, Reader& reader);
  static Value encode(int64_t millis) { return Value::string(cpu_text(millis)); }
};

struct Seconds {
  static Read decode(const Value& value, sim::Duration& out, Reader& reader);
  static Value encode(sim::Duration d) { return Value::integer(sim::whole_seconds(d)); }
};

struct Timestamp {
  static Read decode(const Value& value, sim::Time& out, Reader& reader);
  static Value encode(sim::Time at) { return Value::string(timestamp_text(at)); }
};

// A UUID; ids of the twin fill its last 64 bits, others are folded into them.
struct UidText {
  static Read decode(const Value& value, Uid& out, Reader& reader);
  static Value encode(Uid uid);
};

struct VersionText {
  static Read decode(const Value& value, ResourceVersion& out, Reader& reader);
  static Value encode(ResourceVersion v) { return Value::string(std::to_string(v.value)); }
};

// `kind: Pod` of a reference; kinds that nothing here knows leave the whole reference unknown.
struct KindText {
  static Read decode(const Value& value, Kind& out, Reader& reader);
  static Value encode(Kind kind) { return Value::string(std::string(kind_name(kind))); }
};

// A map that is there or not: `emptyDir: {}`. What it holds is not modelled.
struct Presence {
  static Read decode(const Value& value, bool& out, Reader& reader);
  static Value encode(bool) { return Value::map(); }
  static void unknown(const Value& value, const std::string& path, Unknowns& out);
};

// Two words for a flag: whenUnsatisfiable.
struct DoNotSchedule {
  static Read decode(const Value& value, bool& out, Reader& reader);
  static Value encode(bool b) { return Value::string(b ? "DoNotSchedule" : "ScheduleAnyway"); }
};

template <class Codec>
struct Optional {
  template <class M>
  static Read decode(const Value& value, std::optional<M>& out, Reader& reader) {
    return Codec::decode(value, out.emplace(), reader);
  }
  template <class M>
  static Value encode(const std::optional<M>& member) {
    return member ? Codec::encode(*member) : Value{};
  }
};

// A list of single values; kept as a whole.
template <class Codec>
struct ListOf {
  template <class M>
  static Read decode(const Value& value, std::vector<M>& out, Reader& reader) {
    if (!value.is_list()) return reader.wrong_type(value, "a list", "[a, b]");
    out.clear();
    for (const Value& item : value.items()) {
      M member{};
      const Read read = Codec::decode(item, member, reader);
      if (read != Read::ok) return read;
      out.push_back(std::move(member));
    }
    return Read::ok;
  }
  template <class M>
  static Value encode(const std::vector<M>& members) {
    Value::List items;
    for (const M& member : members) items.push_back(Codec::encode(member));
    return Value::list(std::move(items));
  }
};

// Labels, annotations, the data of a ConfigMap: values must be texts.
struct TextMap {
  static Read decode(const Value& value, std::map<std::string, std::string>& out, Reader& reader);
  static Value encode(const std::map<std::string, std::string>& map);
};

// A struct with a table of its own.
template <class S>
struct Struct {
  static Read decode(const Value& value, S& out, Reader& reader) {
    return decode_fields(table<S>(), value, out, reader);
  }
  static Value encode(const S& from) { return encode_kept(from, nullptr); }
  static Value encode_kept(const S& from, const Value* kept) {
    Value map = Value::map();
    encode_fields(table<S>(), from, kept, map);
    return map;
  }
  static std::optional<Value> keep(const Value& value) {
    Value kept;
    kept.set_mark(value.mark());
    keep_fields(table<S>(), value, kept);
    if (!kept.is_null()) return kept;
    if (value.is_map() && value.entries().empty()) return value;
    return std::nullopt;
  }
  static void unknown(const Value& value, const std::string& path, Unknowns& out) {
    unknown_fields(table<S>(), value, path, out);
  }
};

template <class S>
struct OptionalStruct {
  static Read decode(const Value& value, std::optional<S>& out, Reader& reader) {
    return Struct<S>::decode(value, out.emplace(), reader);
  }
  static Value encode(const std::optional<S>& from) { return encode_kept(from, nullptr); }
  static Value encode_kept(const std::optional<S>& from, const Value* kept) {
    return from ? Struct<S>::encode_kept(*from, kept) : Value{};
  }
  static std::optional<Value> keep(const Value& value) { return Struct<S>::keep(value); }
  static void unknown(const Value& value, const std::string& path, Unknowns& out) {
    Struct<S>::unknown(value, path, out);
  }
};

// The scalar under `key` of a list's item as text; the index where there is none.
std::string item_key(const Value& item, std::string_view key, size_t index);
// The item of a kept list that belongs to the one named; nullptr when nothing was kept.
const Value* kept_item(const Value* kept, std::string_view key, const std::string& name);

struct NameKey {
  static constexpr std::string_view kName = "name";
};
struct IdKey {
  static constexpr std::string_view kName = "id";
};
struct TypeKey {
  static constexpr std::string_view kName = "type";
};
struct KeyKey {
  static constexpr std::string_view kName = "key";
};
struct TopologyKey {
  static constexpr std::string_view kName = "topologyKey";
};
struct MountKey {
  static constexpr std::string_view kName = "mountPath";
};
struct ManagerKey {
  static constexpr std::string_view kName = "manager";
};

// A list of structs that are told apart by one field, as the API's own merge does. What is kept of
// an item follows its key, wherever the item moves; items of an unmodelled form stay unknown.
template <class S, class Key>
struct KeyedList {
  static Read decode(const Value& value, std::vector<S>& out, Reader& reader) {
    if (!value.is_list()) return reader.wrong_type(value, "a list", "- " + key_name() + ": ...");
    out.clear();
    size_t index = 0;
    for (const Value& item : value.items()) {
      reader.enter(std::to_string(index++));
      S member{};
      const Read read = read_item(item, member, reader);
      if (read == Read::failed) return read;
      if (read == Read::ok) out.push_back(std::move(member));
      reader.leave();
    }
    return Read::ok;
  }
  static Value encode(const std::vector<S>& members) { return encode_kept(members, nullptr); }
  static Value encode_kept(const std::vector<S>& members, const Value* kept) {
    Value::List items;
    for (const S& member : members) {
      Value bare = Struct<S>::encode(member);
      const Value* text = kept_item(kept, Key::kName, item_key(bare, Key::kName, items.size()));
      items.push_back(text ? Struct<S>::encode_kept(member, text) : std::move(bare));
    }
    if (kept && kept->is_list()) {
      for (const Value& item : kept->items())
        if (is_left(item)) items.push_back(item);
    }
    return Value::list(std::move(items));
  }
  static std::optional<Value> keep(const Value& value) {
    Value::List items;
    size_t index = 0;
    for (const Value& item : value.items()) {
      if (is_left(item)) {
        items.push_back(item);
        continue;
      }
      std::optional<Value> kept = Struct<S>::keep(item);
      const std::string name = item_key(item, Key::kName, index++);
      if (!kept || !kept->is_map()) continue;
      kept->set(Key::kName, item.find(Key::kName) ? *item.find(Key::kName) : Value::string(name));
      items.push_back(std::move(*kept));
    }
    if (items.empty() && !value.items().empty()) return std::nullopt;
    return Value::list(std::move(items));
  }
  static void unknown(const Value& value, const std::string& path, Unknowns& out) {
    if (!value.is_list()) return;
    size_t index = 0;
    for (const Value& item : value.items()) {
      const std::string name = path + "[" + item_key(item, Key::kName, index++) + "]";
      if (is_left(item)) {
        out.push_back({name, &item});
      } else {
        Struct<S>::unknown(item, name, out);
      }
    }
  }

 private:
  static std::string key_name() { return std::string(Key::kName); }
  static Read read_item(const Value& item, S& member, Reader& reader) {
    if (is_left(item)) return Read::left;
    return Struct<S>::decode(item, member, reader);
  }
  static bool is_left(const Value& item) {
    // An overload beside the table of S says which forms it does not model.
    if constexpr (requires(S* tag) { is_modelled(item, tag); }) {
      return !is_modelled(item, static_cast<S*>(nullptr));
    } else {
      return false;
    }
  }
};

}  // namespace twin::api::fields
