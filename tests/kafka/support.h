// A KRaft cluster without Kubernetes: the test starts and stops the processes itself, so that each
// law of Kafka's control plane shows alone. Brokers are 0, 1, 2 ..., controllers 3, 4, 5; topics
// have the placement that the test gives.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/clients/clients.h"
#include "model/events.h"
#include "model/kafka/cluster.h"
#include "model/kafka/data/ledger.h"
#include "model/kafka/data/replication.h"
#include "model/trace/decode.h"

namespace twin::model {

using namespace sim::literals;

// What the trace says, decoded.
template <class R>
class Seen : public TraceListener {
 public:
  struct Entry {
    sim::Time at;
    R record;
  };
  explicit Seen(Kernel& kernel) { kernel.add_listener(*this); }
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != R::kType) return;
    entries.push_back({record.at, trace::decode<R>(record)});
  }
  // The first of that node at `from` or later; fails the test when there is none.
  Entry of(int32_t node, sim::Time from = {}) const {
    for (const Entry& entry : entries) {
      if (entry.at >= from && trace::fields_of(entry.record)[0] == node) return entry;
    }
    ADD_FAILURE() << R::kName << " of " << node << " is not there";
    return {};
  }
  std::vector<Entry> entries;
};

// Volumes that were formatted before: the numbers of these tests count from a JVM's start.
inline Hardware formatted() {
  Hardware hardware;
  hardware.storage_format = {};
  return hardware;
}

struct TestClusterOptions {
  int32_t brokers = 3;
  std::string version = "4.3.0";
  std::string metadata_version = "4.0-IV3";  // without ELR
  std::string config;                        // more lines of every node's file
  Hardware hardware = formatted();
};

class TestCluster : public ContainerHost {
 public:
  explicit TestCluster(const TestClusterOptions& with = {})
      : options(with),
        kernel({}, nullptr),
        kafka(kernel, network, options.hardware),
        replication(kernel, network, options.hardware, kafka.table(), kafka),
        ledger(kernel, kafka.table()),
        clients(kernel, kafka.table(), kafka, replication) {
    network.rtt_across_zones = options.hardware.rtt_across_zones;
    network.rtt_in_zone = options.hardware.rtt_in_zone;
    kafka.attach(replication, *this);
    kafka.observe(clients);
    replication.observe(clients);
    kernel.add_listener(ledger);
    for (int32_t id = 0; id < options.brokers; ++id) {
      kafka.declare_broker({id}, "zone-" + std::to_string(id));
    }
  }

  // Everything started, unfenced, and in every ISR.
  void deploy() {
    for (int32_t id = 3; id < 6; ++id) start_controller(id);
    for (int32_t id = 0; id < options.brokers; ++id) start_broker(id);
    run_for(60_s);
  }

  void topic(const std::string& name, const std::vector<std::vector<int32_t>>& placement,
             const std::vector<std::pair<std::string, std::string>>& configs = {},
             int64_t batch_bytes = TopicSpec{}.batch_bytes) {
    TopicSpec spec;
    spec.name = name;
    spec.batch_bytes = batch_bytes;
    spec.partitions = static_cast<int32_t>(placement.size());
    spec.replication_factor = static_cast<int32_t>(placement.front().size());
    spec.configs = configs;
    for (const auto& replicas : placement) {
      api::NodeList list;
      for (const int32_t id : replicas) list.push(api::NodeId{id});
      spec.placement.push_back(list);
    }
    ASSERT_TRUE(kafka.create_topic(spec));
  }

  void start_broker(int32_t id) { start(id, "broker", options.version); }
  void start_controller(int32_t id) { start_controller(id, options.version); }
  void start_controller(int32_t id, const std::string& version) {
    start(id, "controller", version);
  }
  void terminate(int32_t id) { kafka.terminate(pods.at(id)); }
  void kill(int32_t id, KillKind how = KillKind::sigkill) { kafka.kill(pods.at(id), how); }

  void run_until(sim::Time end) {
    kernel.engine.run_until(end, [this](const sim::Event& event) {
      const Kernel::ScopedCause cause(kernel, event.cause);
      switch (part_of(event.type)) {
        case Part::kafka:
          return kafka.handle(event);
        case Part::replication:
          return replication.handle(event);
        case Part::clients:
          return clients.handle(event);
        default:
          FAIL() << "an event of nobody";
      }
    });
  }
  void run_for(sim::Duration time) { run_until(kernel.now() + time); }

  template <class Reply, class Request>
  Reply ask(int32_t node, const Request& body) {
    const controller::KafkaReply reply = ask_any(node, body);
    const Reply* answer = std::get_if<Reply>(&reply.body);
    EXPECT_TRUE(reply.meta.ok()) << reply.meta.message;
    return answer == nullptr ? Reply{} : *answer;
  }
  template <class Request>
  controller::KafkaReply ask_any(int32_t node, const Request& body) {
    controller::KafkaRequest request;
    request.node = {node};
    request.controller_listener = node >= 3;
    request.body = body;
    sim::Duration extra;
    return kafka.execute(request, &extra);
  }
  const Partition& row(PartitionIndex index) const { return kafka.table().partitions[index]; }

  // ContainerHost.
  void exited(api::Uid pod, int exit_code) override { exits[pod] = exit_code; }
  void probe_again(api::Uid) override {}

  TestClusterOptions options;
  Kernel kernel;
  Network network;
  KafkaCluster kafka;
  Replication replication;
  Ledger ledger;
  Clients clients;
  std::map<int32_t, api::Uid> pods;
  std::map<api::Uid, int> exits;

 private:
  void start(int32_t id, const std::string& role, const std::string& version) {
    auto pod = std::make_shared<api::Pod>();
    pod->metadata.name = "my-cluster-" + role + "-" + std::to_string(id);
    pod->metadata.labels["strimzi.io/kind"] = "Kafka";
    api::Container container;
    container.env.push_back({"KAFKA_VERSION", version});
    pod->spec.containers.push_back(container);
    auto config = std::make_shared<api::ConfigMap>();
    config->data["server.config"] =
        "process.roles=" + role +
        "\ncontroller.quorum.voters=3@c:9090,4@c:9090,5@c:9090\nbroker.rack=r\n" + options.config;
    config->data["metadata.version"] = options.metadata_version;
    ContainerStart start;
    start.pod_uid = {++last_uid_};
    start.pod = pod;
    start.config = config;
    start.kube_node = "node-" + std::to_string(id);
    start.zone = "zone-" + std::to_string(id);
    start.volumes.push_back({"/var/lib/kafka/data-0", "data-" + std::to_string(id), {}});
    pods[id] = start.pod_uid;
    kafka.start(start);
  }
  uint64_t last_uid_ = 0;
};

}  // namespace twin::model
