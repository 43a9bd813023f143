// The forms of Strimzi resources that are no plain struct: storage, listeners and configuration.
#include "controller/api/tables.h"

namespace twin::api::fields {
namespace {

struct StorageKind {
  static Read decode(const Value& value, StorageType& out, Reader& reader) {
    const std::string text = value.scalar_text();
    if (text != "ephemeral" && text != "persistent-claim") {
      return reader.fail(value, "`" + text + "` is not a type of storage",
                         "ephemeral, persistent-claim or, around a list of volumes, jbod");
    }
    out = text == "ephemeral" ? StorageType::ephemeral : StorageType::persistent_claim;
    return Read::ok;
  }
  static Value encode(StorageType type) {
    return Value::string(type == StorageType::ephemeral ? "ephemeral" : "persistent-claim");
  }
};

struct SharedMetadata {
  static Read decode(const Value& value, bool& out, Reader& reader) {
    if (value.scalar_text() != "shared") {
      return reader.fail(value, "`" + value.scalar_text() + "` is not a use of the volume",
                         "shared");
    }
    out = true;
    return Read::ok;
  }
  static Value encode(bool) { return Value::string("shared"); }
};

bool is_jbod(const Value& value) {
  const Value* type = value.find("type");
  return type && type->scalar_text() == "jbod";
}

// The fields of a volume that stands alone: the same without an id.
Fields<StorageVolume> single_volume() { return table<StorageVolume>().subspan(1); }

using VolumeList = KeyedList<StorageVolume, IdKey>;

}  // namespace

template <>
Fields<StorageVolume> table<StorageVolume>() {
  using T = StorageVolume;
  static constexpr Field<T> kFields[] = {
      field<&T::id, Count, Write::always>("id"),  // first: see single_volume
      field<&T::type, StorageKind, Write::always>("type"),
      field<&T::size, Quantity>("size"),
      field<&T::storage_class, Text>("class"),
      field<&T::delete_claim, Bool>("deleteClaim"),
      field<&T::kraft_metadata, SharedMetadata>("kraftMetadata"),
  };
  return kFields;
}

Read StorageForm::decode(const Value& value, Storage& out, Reader& reader) {
  if (!value.is_map()) return reader.wrong_type(value, "a map of fields", "type: ephemeral");
  out = Storage{};
  out.jbod = is_jbod(value);
  if (!out.jbod) {
    return decode_fields(single_volume(), value, out.volumes.emplace_back(), reader);
  }
  const Value* volumes = value.find("volumes");
  if (!volumes || volumes->is_null()) return Read::ok;
  reader.enter("volumes");
  const Read read = VolumeList::decode(*volumes, out.volumes, reader);
  if (read == Read::ok) reader.leave();
  return read;
}

Value StorageForm::encode_kept(const Storage& storage, const Value* kept) {
  Value out = Value::map();
  if (!storage.jbod) {
    if (!storage.volumes.empty()) {
      encode_fields(single_volume(), storage.volumes.front(), kept, out);
    } else if (kept) {
      out = *kept;
    }
    return out;
  }
  const Value* volumes = kept ? kept->find("volumes") : nullptr;
  out.set("type", Value::string("jbod"));
  out.set("volumes", VolumeList::encode_kept(storage.volumes, volumes));
  if (kept && kept->is_map()) {
    for (const auto& [name, part] : kept->entries())
      if (name != "volumes" && name != "type") out.set(name, part);
  }
  return out;
}

std::optional<Value> StorageForm::keep(const Value& value) {
  Value kept;
  if (!is_jbod(value)) {
    keep_fields(single_volume(), value, kept);
  } else {
    for (const auto& [name, part] : value.entries()) {
      if (name == "volumes" && part.is_list()) {
        if (auto volumes = VolumeList::keep(part)) kept.set(name, std::move(*volumes));
      } else if (name != "type") {
        kept.set(name, part);
      }
    }
  }
  if (kept.is_null()) return std::nullopt;
  return kept;
}

// What was kept of a list of volumes has no type; it is recognised by the list.
void StorageForm::unknown(const Value& value, const std::string& path, Unknowns& out) {
  if (!value.is_map()) return;
  const Value* volumes = value.find("volumes");
  if (!volumes) {
    unknown_fields(single_volume(), value, path, out);
    return;
  }
  for (const auto& [name, part] : value.entries())
    if (name != "type" && name != "volumes") out.push_back({join(path, name), &part});
  VolumeList::unknown(*volumes, join(path, "volumes"), out);
}

// ---- listeners --------------------------------------------------------------------------------
namespace {

using ListenerList = KeyedList<Listener, NameKey>;

// The three listeners of v1alpha1 and v1beta1. An external one brings its type and has TLS unless
// it says otherwise.
Read decode_old_listener(const std::string& name, const Value& value, Listener& out,
                         Reader& reader) {
  out.name = name;
  out.type = "internal";
  if (!value.is_map() && !value.is_null()) return reader.wrong_type(value, "a map of fields", "{}");
  if (name == "plain") {
    out.port = 9092;
  } else if (name == "tls") {
    out.port = 9093;
    out.tls = true;
  } else if (name == "external") {
    out.port = 9094;
    const Value* tls = value.find("tls");
    const Value* type = value.find("type");
    if (!type) return reader.fail(value, "an external listener without a type", "type: nodeport");
    out.tls = true;
    if (tls && Bool::decode(*tls, out.tls, reader) != Read::ok) return Read::failed;
    return Text::decode(*type, out.type, reader);
  } else {
    return reader.fail(value, "`" + name + "` is not a listener of this API version",
                       "plain, tls or external; from v1beta2 on a list with names and ports");
  }
  return Read::ok;
}

Value old_listener_value(const Listener& listener) {
  Value out = Value::map();
  if (listener.name != "external") return out;
  out.set("type", Value::string(listener.type));
  if (!listener.tls) out.set("tls", Value::boolean(false));
  return out;
}

}  // namespace

Read Listeners::decode(const Value& value, std::vector<Listener>& out, Reader& reader) {
  if (!value.is_map()) return ListenerList::decode(value, out, reader);
  out.clear();
  for (const auto& [name, part] : value.entries()) {
    reader.enter(name);
    if (decode_old_listener(name, part, out.emplace_back(), reader) != Read::ok) {
      return Read::failed;
    }
    reader.leave();
  }
  return Read::ok;
}

Value Listeners::encode_kept(const std::vector<Listener>& listeners, const Value* kept) {
  if (!kept || !kept->is_map()) return ListenerList::encode_kept(listeners, kept);
  Value out = Value::map();
  for (const Listener& listener : listeners) {
    const Value* text = kept->find(listener.name);
    Listener read_back;
    Reader reader;
    const bool agrees =
        text && decode_old_listener(listener.name, *text, read_back, reader) == Read::ok &&
        read_back == listener;
    out.set(listener.name, agrees ? *text : old_listener_value(listener));
  }
  return out;
}

std::optional<Value> Listeners::keep(const Value& value) {
  // A map is kept whole: it is what tells an encoder that this resource wants the old form.
  if (value.is_map()) return value;
  return ListenerList::keep(value);
}

void Listeners::unknown(const Value& value, const std::string& path, Unknowns& out) {
  if (!value.is_map()) {
    ListenerList::unknown(value, path, out);
    return;
  }
  for (const auto& [name, part] : value.entries()) {
    if (!part.is_map()) continue;
    for (const auto& [key, each] : part.entries()) {
      const bool modelled = name == "external" && (key == "type" || key == "tls");
      if (!modelled) out.push_back({join(join(path, name), key), &each});
    }
  }
}

// ---- configuration ----------------------------------------------------------------------------
namespace {

// The scalar that a text was most likely written as.
Value config_scalar(const std::string& text) {
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  const bool negative = text.starts_with('-');
  const std::string digits = negative ? text.substr(1) : text;
  bool number = !digits.empty() && digits.size() < 19 && (digits == "0" || digits[0] != '0');
  for (char c : digits) number = number && c >= '0' && c <= '9';
  if (!number || text == "-0") return Value::string(text);
  int64_t value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return Value::integer(negative ? -value : value);
}

}  // namespace

Read ConfigTexts::decode(const Value& value, KafkaConfig& out, Reader& reader) {
  if (!value.is_map()) return reader.wrong_type(value, "a map of settings", "num.io.threads: 8");
  out.clear();
  for (const auto& [name, each] : value.entries()) {
    if (!each.is_scalar()) {
      reader.enter(name);
      return reader.wrong_type(each, "a text, a number or a flag", "num.io.threads: 8");
    }
    out.emplace_back(name, each.scalar_text());
  }
  return Read::ok;
}

Value ConfigTexts::encode_kept(const KafkaConfig& config, const Value* kept) {
  Value out = Value::map();
  for (const auto& [name, text] : config) {
    const Value* written = kept ? kept->find(name) : nullptr;
    const bool agrees = written && written->scalar_text() == text;
    out.entries().emplace_back(name, agrees ? *written : config_scalar(text));
  }
  return out;
}

std::optional<Value> ConfigTexts::keep(const Value& value) {
  Value kept;
  for (const auto& [name, each] : value.entries())
    if (!(config_scalar(each.scalar_text()) == each)) kept.set(name, each);
  if (!kept.is_null()) return kept;
  if (value.entries().empty()) return value;
  return std::nullopt;
}

}  // namespace twin::api::fields
