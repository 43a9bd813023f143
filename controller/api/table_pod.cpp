// Pods and what they are made of.
#include "controller/api/tables.h"

namespace twin::api::fields {
namespace {

constexpr int64_t kNanos = 1'000'000'000;

// Reads one label selector into pairs. False: it says something that pairs cannot.
bool read_selector(const Value& value, Labels& out) {
  for (const auto& [name, part] : value.entries()) {
    if (name == "matchLabels" && part.is_map()) {
      for (const auto& [key, text] : part.entries()) out[key] = text.scalar_text();
      continue;
    }
    if (name != "matchExpressions" || !part.is_list()) return false;
    for (const Value& each : part.items()) {
      const Value* key = each.find("key");
      const Value* word = each.find("operator");
      const Value* values = each.find("values");
      const bool one_value = key && word && word->scalar_text() == "In" && values &&
                             values->is_list() && values->items().size() == 1;
      if (!one_value) return false;
      out[key->scalar_text()] = values->items()[0].scalar_text();
    }
  }
  return true;
}

bool read_term(const Value& item, AntiAffinityTerm& term) {
  if (!item.is_map()) return false;
  for (const auto& [name, part] : item.entries()) {
    if (name == "topologyKey") {
      term.topology_key = part.scalar_text();
    } else if (name == "labelSelector") {
      if (!part.is_map() || !read_selector(part, term.match_labels)) return false;
    } else {
      return false;
    }
  }
  return true;
}

Value term_value(const AntiAffinityTerm& term) {
  Value out = Value::map();
  if (!term.match_labels.empty()) out.set("labelSelector", Selector::encode(term.match_labels));
  out.set("topologyKey", Value::string(term.topology_key));
  return out;
}

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

}  // namespace

Read Selector::decode(const Value& value, Labels& out, Reader& reader) {
  if (!value.is_map()) return reader.wrong_type(value, "a label selector", "matchLabels: {}");
  out.clear();
  return read_selector(value, out) ? Read::ok : Read::left;
}

Value Selector::encode(const Labels& labels) {
  Value out = Value::map();
  out.set("matchLabels", TextMap::encode(labels));
  return out;
}

Read AntiAffinity::decode(const Value& value, std::vector<AntiAffinityTerm>& out,
                          Reader& reader) {
  if (!value.is_map()) return reader.wrong_type(value, "a map of terms", kRequired);
  out.clear();
  for (const auto& [name, list] : value.entries()) {
    const bool required = name == kRequired;
    if ((!required && name != kPreferred) || !list.is_list()) return Read::left;
    for (const Value& item : list.items()) {
      const Value* term = required ? &item : item.find("podAffinityTerm");
      AntiAffinityTerm& read = out.emplace_back();
      read.required = required;
      if (!term || !read_term(*term, read)) return Read::left;
    }
  }
  return Read::ok;
}

Value AntiAffinity::encode(const std::vector<AntiAffinityTerm>& terms) {
  Value::List required, preferred;
  for (const AntiAffinityTerm& term : terms) {
    if (term.required) {
      required.push_back(term_value(term));
      continue;
    }
    Value item = Value::map();
    item.set("weight", Value::integer(100));
    item.set("podAffinityTerm", term_value(term));
    preferred.push_back(std::move(item));
  }
  Value out = Value::map();
  if (!required.empty()) out.set(kRequired, Value::list(std::move(required)));
  if (!preferred.empty()) out.set(kPreferred, Value::list(std::move(preferred)));
  return out;
}

Read KubeProbe::decode(const Value& value, Probe& out, Reader& reader) {
  out.initial_delay = sim::Duration{0};
  out.period = sim::Duration{10 * kNanos};
  out.timeout = sim::Duration{1 * kNanos};
  out.failure_threshold = 3;
  out.success_threshold = 1;
  return Struct<Probe>::decode(value, out, reader);
}

Value KubeProbe::encode(const Probe& probe) {
  Value out = Value::map();
  out.set("initialDelaySeconds", Seconds::encode(probe.initial_delay));
  out.set("periodSeconds", Seconds::encode(probe.period));
  out.set("timeoutSeconds", Seconds::encode(probe.timeout));
  out.set("failureThreshold", Value::integer(probe.failure_threshold));
  out.set("successThreshold", Value::integer(probe.success_threshold));
  return out;
}

void KubeProbe::unknown(const Value& value, const std::string& path, Unknowns& out) {
  Struct<Probe>::unknown(value, path, out);
}

template <>
Fields<EnvVar> table<EnvVar>() {
  using T = EnvVar;
  static constexpr Field<T> kFields[] = {
      field<&T::name, Text, Write::always>("name"),
      field<&T::value, Text>("value"),
  };
  return kFields;
}

template <>
Fields<Probe> table<Probe>() {
  using T = Probe;
  static constexpr Field<T> kFields[] = {
      field<&T::initial_delay, Seconds>("initialDelaySeconds"),
      field<&T::period, Seconds>("periodSeconds"),
      field<&T::timeout, Seconds>("timeoutSeconds"),
      field<&T::failure_threshold, Integer<int32_t, 1, INT32_MAX>>("failureThreshold"),
      field<&T::success_threshold, Integer<int32_t, 1, INT32_MAX>>("successThreshold"),
  };
  return kFields;
}

template <>
Fields<VolumeMount> table<VolumeMount>() {
  using T = VolumeMount;
  static constexpr Field<T> kFields[] = {
      field<&T::volume, Text, Write::always>("name"),
      field<&T::path, Text, Write::always>("mountPath"),
  };
  return kFields;
}

template <>
Fields<Container> table<Container>() {
  using T = Container;
  static constexpr Field<T> kRequests[] = {
      field<&T::cpu_request_millis, CpuMillis>("cpu"),
      field<&T::memory_request, Quantity>("memory"),
  };
  static constexpr Field<T> kResources[] = {group<T>("requests", kRequests)};
  static constexpr Field<T> kFields[] = {
      field<&T::name, Text, Write::always>("name"),
      field<&T::image, Text>("image"),
      field<&T::env, KeyedList<EnvVar, NameKey>>("env"),
      field<&T::volume_mounts, KeyedList<VolumeMount, MountKey>>("volumeMounts"),
      field<&T::readiness, KubeProbe>("readinessProbe"),
      field<&T::liveness, KubeProbe>("livenessProbe"),
      group<T>("resources", kResources),
  };
  return kFields;
}

template <>
Fields<PodVolume> table<PodVolume>() {
  using T = PodVolume;
  static constexpr Field<T> kClaim[] = {field<&T::claim_name, Text>("claimName")};
  static constexpr Field<T> kConfigMap[] = {field<&T::config_map, Text>("name")};
  static constexpr Field<T> kFields[] = {
      field<&T::name, Text, Write::always>("name"),
      group<T>("persistentVolumeClaim", kClaim),
      group<T>("configMap", kConfigMap),
      field<&T::empty_dir, Presence>("emptyDir"),
  };
  return kFields;
}

template <>
Fields<SpreadConstraint> table<SpreadConstraint>() {
  using T = SpreadConstraint;
  static constexpr Field<T> kFields[] = {
      field<&T::topology_key, Text, Write::always>("topologyKey"),
      field<&T::max_skew, Integer<int32_t, 1, INT32_MAX>, Write::always>("maxSkew"),
      field<&T::do_not_schedule, DoNotSchedule, Write::always>("whenUnsatisfiable"),
      field<&T::match_labels, Selector>("labelSelector"),
  };
  return kFields;
}

template <>
Fields<PodSpec> table<PodSpec>() {
  using T = PodSpec;
  static constexpr Field<T> kAffinity[] = {
      field<&T::anti_affinity, AntiAffinity>("podAntiAffinity")};
  static constexpr Field<T> kFields[] = {
      field<&T::init_containers, KeyedList<Container, NameKey>>("initContainers"),
      field<&T::containers, KeyedList<Container, NameKey>>("containers"),
      field<&T::volumes, KeyedList<PodVolume, NameKey>>("volumes"),
      field<&T::node_name, Text>("nodeName"),
      field<&T::node_selector, TextMap>("nodeSelector"),
      group<T>("affinity", kAffinity),
      field<&T::topology_spread, KeyedList<SpreadConstraint, TopologyKey>>(
          "topologySpreadConstraints"),
      field<&T::termination_grace, Seconds>("terminationGracePeriodSeconds"),
      field<&T::hostname, Text>("hostname"),
      field<&T::subdomain, Text>("subdomain"),
  };
  return kFields;
}

template <>
Fields<PodTemplate> table<PodTemplate>() {
  using T = PodTemplate;
  static constexpr Field<T> kMetadata[] = {
      field<&T::labels, TextMap>("labels"),
      field<&T::annotations, TextMap>("annotations"),
  };
  static constexpr Field<T> kAffinity[] = {
      field<&T::anti_affinity, AntiAffinity>("podAntiAffinity")};
  static constexpr Field<T> kPod[] = {
      group<T>("metadata", kMetadata),
      field<&T::termination_grace, Seconds>("terminationGracePeriodSeconds"),
      group<T>("affinity", kAffinity),
      field<&T::topology_spread, KeyedList<SpreadConstraint, TopologyKey>>(
          "topologySpreadConstraints"),
  };
  static constexpr Field<T> kTemplate[] = {group<T>("pod", kPod)};
  static constexpr Field<T> kFields[] = {
      group<T>("template", kTemplate),
      field<&T::readiness, Struct<Probe>>("readinessProbe"),
      field<&T::liveness, Struct<Probe>>("livenessProbe"),
  };
  return kFields;
}

}  // namespace twin::api::fields
