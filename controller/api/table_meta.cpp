#include "controller/api/tables.h"

namespace twin::api::fields {

bool is_modelled(const Value& item, OwnerReference*) {
  const Value* kind = item.find("kind");
  return !kind || kind_from_name(kind->scalar_text()).has_value();
}

template <>
Fields<OwnerReference> table<OwnerReference>() {
  using T = OwnerReference;
  static constexpr Field<T> kFields[] = {
      field<&T::kind, KindText, Write::always>("kind"),
      field<&T::name, Text, Write::always>("name"),
      field<&T::uid, UidText>("uid"),
      field<&T::controller, Bool>("controller"),
  };
  return kFields;
}

template <>
Fields<ManagedField> table<ManagedField>() {
  using T = ManagedField;
  static constexpr Field<T> kFields[] = {
      field<&T::manager, Text, Write::always>("manager"),
      field<&T::paths, ListOf<Text>>("paths"),
  };
  return kFields;
}

template <>
Fields<ObjectMeta> table<ObjectMeta>() {
  using T = ObjectMeta;
  static constexpr Field<T> kFields[] = {
      field<&T::name, Text>("name"),
      field<&T::namespace_name, Text>("namespace"),
      field<&T::uid, UidText>("uid"),
      field<&T::resource_version, VersionText>("resourceVersion"),
      field<&T::generation, Int64>("generation"),
      field<&T::labels, TextMap>("labels"),
      field<&T::annotations, TextMap>("annotations"),
      field<&T::owner_references, KeyedList<OwnerReference, NameKey>>("ownerReferences"),
      field<&T::finalizers, ListOf<Text>>("finalizers"),
      field<&T::creation_time, Timestamp>("creationTimestamp"),
      field<&T::deletion_time, Optional<Timestamp>>("deletionTimestamp"),
      field<&T::deletion_grace, Seconds>("deletionGracePeriodSeconds"),
      field<&T::managed_fields, KeyedList<ManagedField, ManagerKey>>("managedFields"),
  };
  return kFields;
}

template <>
Fields<Condition> table<Condition>() {
  using T = Condition;
  static constexpr Field<T> kFields[] = {
      field<&T::type, Text, Write::always>("type"),
      field<&T::status, Text, Write::always>("status"),
      field<&T::reason, Text>("reason"),
      field<&T::message, Text>("message"),
      field<&T::last_transition, Timestamp>("lastTransitionTime"),
  };
  return kFields;
}

}  // namespace twin::api::fields
