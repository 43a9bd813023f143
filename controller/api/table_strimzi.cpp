// Strimzi's custom resources, every API version in one table: what a version does not have is
// simply not there, and validate.cpp says what it should not have.
#include "controller/api/tables.h"

namespace twin::api::fields {
namespace {

// spec.roles: a list of words, two flags here.
using Pool = KafkaNodePool;

Value roles_value(const Pool& pool) {
  Value::List items;
  if (pool.controller_role) items.push_back(Value::string("controller"));
  if (pool.broker_role) items.push_back(Value::string("broker"));
  return Value::list(std::move(items));
}

Read read_roles(const Value& value, Pool& out, Reader& reader) {
  if (!value.is_list()) return reader.wrong_type(value, "a list of roles", "[broker]");
  out.broker_role = false;
  out.controller_role = false;
  for (const Value& item : value.items()) {
    const std::string role = item.scalar_text();
    if (role != "broker" && role != "controller") {
      return reader.fail(item, "`" + role + "` is not a role", "controller or broker");
    }
    bool& flag = role == "broker" ? out.broker_role : out.controller_role;
    if (flag) return reader.fail(item, "the role `" + role + "` is given twice", "remove one");
    flag = true;
  }
  return Read::ok;
}

constexpr Field<Pool> roles_field() {
  Field<Pool> out{.name = "roles"};
  out.decode = [](const Field<Pool>&, const Value& map, Pool& pool, Reader& reader) {
    const Value* value = map.find("roles");
    if (!value || value->is_null()) return Read::ok;
    reader.enter("roles");
    const Read read = read_roles(*value, pool, reader);
    if (read == Read::ok) reader.leave();
    return read;
  };
  out.encode = [](const Field<Pool>&, const Pool& pool, const Value* kept, Value& map) {
    const Value* text = kept ? kept->find("roles") : nullptr;
    Pool read_back;
    Reader reader;
    const bool agrees = text && text->is_list() &&
                        read_roles(*text, read_back, reader) == Read::ok &&
                        read_back.broker_role == pool.broker_role &&
                        read_back.controller_role == pool.controller_role;
    if (agrees) {
      map.set("roles", *text);
    } else if (pool.broker_role || pool.controller_role) {
      map.set("roles", roles_value(pool));
    }
  };
  out.keep = [](const Field<Pool>&, const Value& map, Value& kept) {
    const Value* value = map.find("roles");
    if (!value) return;
    Pool pool;
    Reader reader;
    const bool canonical = value->is_list() && read_roles(*value, pool, reader) == Read::ok &&
                           roles_value(pool) == *value && !value->items().empty();
    if (!canonical) kept.set("roles", *value);
  };
  out.unknown = [](const Field<Pool>&, const Value&, const std::string&, Unknowns&) {};
  out.equal = [](const Pool& a, const Pool& b) {
    return a.broker_role == b.broker_role && a.controller_role == b.controller_role;
  };
  return out;
}

// A map of whole numbers; what else stands in it is not ours and is dropped when it is written.
struct NumberMap {
  using Numbers = std::map<std::string, int64_t>;
  static Read decode(const Value& value, Numbers& out, Reader& reader) {
    if (!value.is_map()) return reader.wrong_type(value, "a map of numbers", "{a: 1}");
    for (const auto& [name, number] : value.entries()) {
      if (number.kind() == Value::Kind::integer) out[name] = number.as_int();
    }
    return Read::ok;
  }
  static Value encode(const Numbers& numbers) {
    Value map = Value::map();
    for (const auto& [name, number] : numbers) map.set(name, Value::integer(number));
    return map;
  }
};

}  // namespace

template <>
Fields<Listener> table<Listener>() {
  using T = Listener;
  static constexpr Field<T> kFields[] = {
      field<&T::name, Text, Write::always>("name"),
      field<&T::port, Int32, Write::always>("port"),
      field<&T::type, Text, Write::always>("type"),
      field<&T::tls, Bool, Write::always>("tls"),
  };
  return kFields;
}

template <>
Fields<EntityOperatorSpec> table<EntityOperatorSpec>() {
  using T = EntityOperatorSpec;
  static constexpr Field<T> kFields[] = {
      field<&T::topic_operator, Presence>("topicOperator"),
      field<&T::user_operator, Presence>("userOperator"),
  };
  return kFields;
}

template <>
Fields<ZookeeperSpec> table<ZookeeperSpec>() {
  using T = ZookeeperSpec;
  static constexpr Field<T> kFields[] = {
      field<&T::replicas, Int32, Write::always>("replicas"),
      field<&T::storage, StorageForm>("storage"),
      splice<&T::pod, PodTemplate>(),
  };
  return kFields;
}

template <>
Fields<KafkaClusterStatus> table<KafkaClusterStatus>() {
  using T = KafkaClusterStatus;
  static constexpr Field<T> kFields[] = {
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
      field<&T::observed_generation, Int64>("observedGeneration"),
      field<&T::cluster_id, Text>("clusterId"),
      field<&T::kafka_version, Text>("kafkaVersion"),
      field<&T::kafka_metadata_version, Text>("kafkaMetadataVersion"),
      field<&T::operator_last_successful_version, Text>("operatorLastSuccessfulVersion"),
      field<&T::registered_node_ids, ListOf<Int32>>("registeredNodeIds"),
  };
  return kFields;
}

template <>
Fields<Kafka> table<Kafka>() {
  using T = Kafka;
  static constexpr Field<T> kRack[] = {field<&T::rack_topology_key, Text>("topologyKey")};
  static constexpr Field<T> kKafka[] = {
      field<&T::version, Text>("version"),
      field<&T::metadata_version, Text>("metadataVersion"),
      field<&T::replicas, Optional<Int32>>("replicas"),
      field<&T::listeners, Listeners>("listeners"),
      field<&T::config, ConfigTexts>("config"),
      field<&T::storage, OptionalStorageForm>("storage"),
      group<T>("rack", kRack),
      splice<&T::pod, PodTemplate>(),
  };
  static constexpr Field<T> kSpec[] = {
      group<T>("kafka", kKafka),
      field<&T::zookeeper, OptionalStruct<ZookeeperSpec>>("zookeeper"),
      field<&T::entity_operator, OptionalStruct<EntityOperatorSpec>>("entityOperator"),
      field<&T::cruise_control, Presence>("cruiseControl"),
      field<&T::kafka_exporter, Presence>("kafkaExporter"),
      field<&T::maintenance_windows, ListOf<Text>>("maintenanceTimeWindows"),
  };
  static constexpr Field<T> kFields[] = {
      group<T>("spec", kSpec),
      field<&T::status, Struct<KafkaClusterStatus>>("status"),
  };
  return kFields;
}

template <>
Fields<KafkaNodePool> table<KafkaNodePool>() {
  using T = KafkaNodePool;
  static constexpr Field<T> kSpec[] = {
      field<&T::replicas, Int32, Write::always>("replicas"),
      roles_field(),
      field<&T::storage, StorageForm>("storage"),
      splice<&T::pod, PodTemplate>(),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::node_ids, ListOf<Int32>>("nodeIds"),
      field<&T::cluster_id, Text>("clusterId"),
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
      field<&T::observed_generation, Int64>("observedGeneration"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<StrimziPodSet> table<StrimziPodSet>() {
  using T = StrimziPodSet;
  static constexpr Field<T> kSpec[] = {
      field<&T::selector, Selector>("selector"),
      field<&T::pods, PodList>("pods"),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::status_pods, Count>("pods"),
      field<&T::status_ready_pods, Count>("readyPods"),
      field<&T::status_current_pods, Count>("currentPods"),
      field<&T::observed_generation, Int64>("observedGeneration"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<KafkaRebalance> table<KafkaRebalance>() {
  using T = KafkaRebalance;
  static constexpr Field<T> kSpec[] = {
      field<&T::mode, Text>("mode"),
      field<&T::brokers, ListOf<Int32>>("brokers"),
      field<&T::replication_throttle, Optional<Int64>>("replicationThrottle"),
      field<&T::excluded_topics, Text>("excludedTopics"),
  };
  static constexpr Field<T> kProgress[] = {
      field<&T::progress_config_map, Text>("rebalanceProgressConfigMap"),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
      field<&T::observed_generation, Int64>("observedGeneration"),
      field<&T::optimization_result, NumberMap>("optimizationResult"),
      group<T>("progress", kProgress),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<KafkaTopic> table<KafkaTopic>() {
  using T = KafkaTopic;
  static constexpr Field<T> kSpec[] = {
      field<&T::topic_name, Text>("topicName"),
      field<&T::partitions, Int32>("partitions"),
      field<&T::replicas, Int32>("replicas"),
      field<&T::config, ConfigTexts>("config"),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
      field<&T::observed_generation, Int64>("observedGeneration"),
      field<&T::status_topic_name, Text>("topicName"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

}  // namespace twin::api::fields
