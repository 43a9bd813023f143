// What the control plane says about pods.
#include "controller/api/tables.h"

namespace twin::api::fields {
namespace {

constexpr std::string_view kPhases[] = {"Pending", "Running", "Succeeded", "Failed", "Unknown"};

struct Phase {
  static Read decode(const Value& value, PodPhase& out, Reader& reader) {
    const std::string text = value.scalar_text();
    for (size_t i = 0; i < std::size(kPhases); ++i) {
      if (kPhases[i] != text) continue;
      out = static_cast<PodPhase>(i);
      return Read::ok;
    }
    return reader.fail(value, "`" + text + "` is not a phase of a pod",
                       "Pending, Running, Succeeded, Failed or Unknown");
  }
  static Value encode(PodPhase phase) {
    return Value::string(std::string(kPhases[static_cast<size_t>(phase)]));
  }
};

}  // namespace

template <>
Fields<ContainerStatus> table<ContainerStatus>() {
  using T = ContainerStatus;
  static constexpr Field<T> kWaiting[] = {field<&T::waiting_reason, Text>("reason")};
  static constexpr Field<T> kState[] = {group<T>("waiting", kWaiting)};
  static constexpr Field<T> kTerminated[] = {
      field<&T::terminated_reason, Text>("reason"),
      field<&T::last_exit_code, Int32>("exitCode"),
  };
  static constexpr Field<T> kLast[] = {group<T>("terminated", kTerminated)};
  static constexpr Field<T> kFields[] = {
      field<&T::name, Text, Write::always>("name"),
      field<&T::ready, Bool, Write::always>("ready"),
      field<&T::started, Bool>("started"),
      field<&T::restart_count, Count, Write::always>("restartCount"),
      group<T>("state", kState),
      group<T>("lastState", kLast),
  };
  return kFields;
}

template <>
Fields<PodStatus> table<PodStatus>() {
  using T = PodStatus;
  static constexpr Field<T> kFields[] = {
      field<&T::phase, Phase, Write::always>("phase"),
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
      field<&T::containers, KeyedList<ContainerStatus, NameKey>>("containerStatuses"),
      field<&T::pod_ip, Text>("podIP"),
      field<&T::host_ip, Text>("hostIP"),
      field<&T::reason, Text>("reason"),
  };
  return kFields;
}

template <>
Fields<Pod> table<Pod>() {
  using T = Pod;
  static constexpr Field<T> kFields[] = {
      field<&T::spec, Struct<PodSpec>>("spec"),
      field<&T::status, Struct<PodStatus>>("status"),
  };
  return kFields;
}

}  // namespace twin::api::fields
