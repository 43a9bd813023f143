// A whole world, deployed and at rest, for faults to hit: three zones of three machines, three
// controllers and three brokers under this project's operator, one topic of three partitions.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "controller/api/kube.h"
#include "controller/api/strimzi.h"
#include "controller/api/value.h"
#include "model/trace/decode.h"
#include "model/world.h"
#include "sim/marks.h"

namespace twin::model {

using namespace sim::literals;

constexpr const char* kCluster = R"(
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: controller, namespace: kafka, labels: {strimzi.io/cluster: my-cluster}}
spec:
  replicas: 3
  roles: [controller]
  storage: {type: jbod, volumes: [{id: 0, type: persistent-claim, size: 20Gi}]}
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata: {name: broker, namespace: kafka, labels: {strimzi.io/cluster: my-cluster}}
spec:
  replicas: 3
  roles: [broker]
  storage: {type: jbod, volumes: [{id: 0, type: persistent-claim, size: 100Gi}]}
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: my-cluster, namespace: kafka}
spec:
  kafka:
    version: 4.2.0
    metadataVersion: 4.2-IV1
    listeners: [{name: plain, port: 9092, type: internal, tls: false}]
    config: {min.insync.replicas: 2}
    rack: {topologyKey: topology.kubernetes.io/zone}
)";

// The kinds that have a case; filled as the program starts.
inline std::set<FaultKind>& kinds_with_a_case() {
  static std::set<FaultKind> kinds;
  return kinds;
}
struct RegisteredCase {
  explicit RegisteredCase(FaultKind kind) { kinds_with_a_case().insert(kind); }
};

inline std::string mark_of(FaultKind kind) {
  std::string mark = "fault_" + std::string(info_of(kind).name);
  std::replace(mark.begin(), mark.end(), '-', '_');
  return mark;
}

class FaultTest : public ::testing::Test, public TraceListener {
 public:
  void on_record(const sim::Record& record) override {
    records.push_back({record.at, record.type, {record.fields.begin(), record.fields.end()}});
  }

  // Deploys with the given machines' speeds and runs to 100 s; `injected` counts from there.
  void deploy(const Hardware& hardware = {}, const std::string& provisioner = "twin.csi",
              const std::string& cluster = kCluster) {
    WorldOptions options;
    options.hardware = hardware;
    world = std::make_unique<World>(options);
    world->kernel.add_listener(*this);
    for (const char* zone : {"a", "b", "c"}) {
      for (int i = 0; i < 3; ++i) {
        world->kube.add_node(zone + std::to_string(i), zone, 8000, {int64_t{32} << 30});
      }
    }
    api::StorageClass storage;
    storage.metadata.name = "standard";
    storage.provisioner = provisioner;
    storage.binding_mode = "WaitForFirstConsumer";
    storage.is_default = true;
    world->kube.user_apply(storage);
    const auto documents = api::parse_yaml(cluster, "cluster.yaml");
    ASSERT_TRUE(documents.has_value());
    for (const api::Document& document : *documents) {
      const auto object = api::decode(document);
      ASSERT_TRUE(object.has_value()) << object.error().to_string();
      world->kube.user_apply(**object);
    }
    controller::OperatorOptions twin;
    ASSERT_TRUE(world->operators.add(twin).has_value());
    world->run_until({(70_s).ns});
    TopicSpec topic;
    topic.name = "t";
    topic.partitions = 3;
    topic.replication_factor = 3;
    topic.configs = {{"min.insync.replicas", "2"}};
    topic.placement = {list({0, 1, 2}), list({1, 2, 0}), list({2, 0, 1})};
    ASSERT_TRUE(world->kafka.create_topic(topic));
    run_until(100_s);
    ASSERT_EQ(world->kafka.live_brokers().size(), 3U);
    records.clear();
  }
  static api::NodeList list(std::initializer_list<int32_t> ids) {
    api::NodeList nodes;
    for (const int32_t id : ids) nodes.push({id});
    return nodes;
  }

  void run_until(sim::Duration since_start) { world->run_until({since_start.ns}); }
  FaultIndex inject(FaultKind kind, const std::string& target = {}, sim::Duration duration = {},
                    int64_t amount = 0, const std::string& mode = {},
                    const std::string& other = {}) {
    const uint64_t before = sim::marks::hit(mark_of(kind));
    const auto index = world->faults.inject({kind, target, other, duration, amount, mode});
    EXPECT_TRUE(index.has_value()) << (index ? "" : index.error().to_string());
    EXPECT_EQ(sim::marks::hit(mark_of(kind)), before + 1);
    return index ? *index : 0;
  }
  std::string refusal(const Fault& fault) {
    const auto index = world->faults.inject(fault);
    return index ? "accepted" : index.error().to_string();
  }

  // When records of the type were written whose first field is the number.
  template <class R>
  std::vector<sim::Time> of_number(int64_t first) const {
    std::vector<sim::Time> all;
    for (const Entry& entry : records) {
      const bool same = entry.type == static_cast<uint16_t>(R::kType);
      if (same && entry.fields.front() == first) all.push_back(entry.at);
    }
    return all;
  }
  template <class R>
  std::vector<sim::Time> times(const std::string& name) {
    return of_number<R>(world->kernel.string(name));
  }
  template <class R>
  std::vector<R> all() const {
    std::vector<R> found;
    for (const Entry& entry : records) {
      if (entry.type != static_cast<uint16_t>(R::kType)) continue;
      R record{};
      std::copy_n(entry.fields.begin(), R::count(), reinterpret_cast<int64_t*>(&record));
      found.push_back(record);
    }
    return found;
  }
  std::vector<sim::Time> instants(std::initializer_list<sim::Duration> since_start) const {
    std::vector<sim::Time> points;
    for (const sim::Duration each : since_start) points.push_back({each.ns});
    return points;
  }
  std::string machine_of(const std::string& pod) const { return world->kube.node_of_pod(pod); }
  PartitionIndex partition(uint32_t number) const {
    const auto topic = static_cast<size_t>(world->kafka.topic_index("t"));
    return world->kafka.table().topics[topic].first + number;
  }
  // Of the broker's replica of a partition of t.
  int64_t end_of(uint32_t number, int32_t broker) const {
    const Partition& row = world->kafka.table().partitions[partition(number)];
    return world->replication.replica_end(partition(number), row.slot_of({broker}));
  }
  // From the start to the end of the catch-ups of a broker that carried at least that much.
  sim::Duration longest_catch_up(int32_t broker) const {
    sim::Duration longest{};
    for (size_t i = 0; i < records.size(); ++i) {
      if (records[i].type != static_cast<uint16_t>(trace::CatchUpStarted::kType)) continue;
      if (records[i].fields[1] != broker) continue;
      for (size_t j = i; j < records.size(); ++j) {
        const bool ends = records[j].type == static_cast<uint16_t>(trace::CatchUpFinished::kType);
        if (!ends || records[j].fields[0] != records[i].fields[0]) continue;
        if (records[j].fields[1] != broker) continue;
        longest = std::max(longest, records[j].at - records[i].at);
        break;
      }
    }
    return longest;
  }

  struct Entry {
    sim::Time at;
    uint16_t type = 0;
    std::vector<int64_t> fields;
  };
  std::unique_ptr<World> world;
  std::vector<Entry> records;
};

#define FAULT_CASE(kind, name)                             \
  const RegisteredCase registered_##name(FaultKind::kind); \
  TEST_F(FaultTest, name)

}  // namespace twin::model
