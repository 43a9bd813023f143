// One Apache Kafka cluster as its control plane sees it: processes in pods, registration, sessions,
// the metadata quorum (KRaft) or the ZooKeeper ensemble with a broker as controller, leaders and
// ISRs, features, dynamic configuration and the admin protocol. Where the bytes are is the data
// plane's business (seams.h).
//
// It plays both eras. A pod decides by itself which: a configuration with `process.roles` is KRaft,
// one without runs against the ensemble of `*-zookeeper-N` pods.
//
// In steady state nothing is scheduled: heartbeats are a grid in time that is computed when
// somebody asks (control/registration.cpp). Each law stands in the header of the file that holds
// it, with its source; docs/MODEL.md lists what is simplified.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/ports.h"
#include "model/container.h"
#include "model/hardware.h"
#include "model/kafka/partitions.h"
#include "model/kafka/seams.h"
#include "model/kernel.h"
#include "model/network.h"

namespace twin::model {

namespace control {
class ControlPlane;
}

struct TopicSpec {
  std::string name;
  int32_t partitions = 1;
  int32_t replication_factor = 1;
  std::vector<std::pair<std::string, std::string>> configs;
  // Replicas of partition 0, 1, ...; empty: placed as Kafka places them (control/placement.h).
  std::vector<api::NodeList> placement;
  bool internal = false;
  int64_t batch_bytes = 16'200;  // of each record batch, as batch.size and linger.ms made it
};

// Which protocol a live process speaks; the property "versions always in the compatible set" reads
// this. Versions are text as configured: "2.1", "2.0-IV1", "4.3.1".
struct VersionState {
  api::NodeId node;
  bool live = false;
  bool controller = false;
  std::string binary;
  std::string protocol;        // ZooKeeper era: inter.broker.protocol.version in use
  std::string message_format;  // ZooKeeper era: log.message.format.version in use
  // False: a live peer sends with a protocol, or the metadata log has a level, that this binary
  // does not know.
  bool understands_peers = true;
};

// BrokerState of Kafka, as the agent reports it.
enum class BrokerState : uint8_t {
  not_running = 0,
  starting = 1,
  recovery = 2,
  running = 3,
  pending_controlled_shutdown = 6,
  shutting_down = 7,
  unknown = 127,
};

class KafkaCluster : public ContainerRuntime, public IsrControl {
 public:
  KafkaCluster(Kernel& kernel, Network& network, const Hardware& hardware);
  ~KafkaCluster() override;
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  // REQUIRES: attached before the first container starts; both outlive the cluster.
  void attach(DataPlane& data, ContainerHost& host);
  void observe(PartitionObserver& observer);
  // Events of Part::kafka.
  void handle(const sim::Event& event);

  // ContainerRuntime. Pods with the label strimzi.io/kind=Kafka and the environment variable
  // KAFKA_VERSION are brokers and controllers; `*-zookeeper-N` are ZooKeeper servers; any other pod
  // is a process without behaviour, ready as soon as it started.
  void start(const ContainerStart& start) override;
  void terminate(api::Uid pod) override;
  void kill(api::Uid pod, KillKind kind) override;
  bool ready(api::Uid pod) const override;
  bool live(api::Uid pod) const override;

  // IsrControl.
  void propose_isr_join(PartitionIndex partition, int slot) override;
  void propose_isr_leave(PartitionIndex partition, int slot) override;
  void directory_failed(api::NodeId broker) override;
  bool serving(api::NodeId broker) const override;
  bool eligible(api::NodeId broker) const override;

  // The admin protocol, executed at the addressed node now. `extra` receives the latency of the
  // operation itself (commit in the quorum, or the client's whole timeout when the process hangs),
  // on top of the connection's. The reply's meta has outcome, error and message; ids and times are
  // the caller's.
  controller::KafkaReply execute(const controller::KafkaRequest& request, sim::Duration* extra);

  // The names in Network of the process that a request is for: its own, its machine's, its zone's.
  // Empty when it never ran.
  std::vector<std::string> ends_of(const controller::KafkaRequest& request) const;

  // A broker that the cluster will have, before its first start: topics may be placed on it. The
  // rack may be empty.
  void declare_broker(api::NodeId node, const std::string& rack);
  // A topic that exists from the start of the run. Placed over declared and registered brokers. Its
  // partitions come online when all their replicas are up for the first time, or 60 s after the
  // first of them. False when there are too few brokers or the name is taken.
  bool create_topic(const TopicSpec& spec);

  const PartitionTable& table() const;
  PartitionTable& mutable_table();  // for faults that corrupt metadata; bump `version`
  // -1 when unknown.
  int topic_index(const std::string& name) const;

  // Faults.
  void crash(api::NodeId node);               // SIGKILL from inside: the container exits with 137
  void hang(api::NodeId node, bool stopped);  // SIGSTOP, SIGCONT
  // A broker that applies committed metadata this much later than others.
  void set_metadata_lag(api::NodeId node, sim::Duration lag);
  void crash_zookeeper(int ordinal);
  // To be called after Network::cut or heal: sessions and the quorum depend on reachability.
  void reachability_changed();
  // New clusters of 4.1 and later have eligible.leader.replicas.version 1 (KIP-966); overrides it.
  void set_elr(bool enabled);

  // State, for checks and reports.
  BrokerState broker_state(api::NodeId node) const;
  bool is_registered(api::NodeId node) const;
  bool is_fenced(api::NodeId node) const;  // also true when not registered
  bool process_running(api::NodeId node) const;
  std::string running_version(api::NodeId node) const;  // "" when no process runs
  int16_t metadata_level() const;        // 0 before the first controller, or ZooKeeper
  api::NodeId quorum_leader() const;     // active KRaft controller, invalid when there is none
  api::NodeId kafka_controller() const;  // ZooKeeper era: the broker that is controller
  int zookeeper_leader() const;          // ordinal, -1 when the ensemble has no quorum
  bool elr_enabled() const;
  std::vector<api::NodeId> live_brokers() const;  // unfenced, ascending
  std::vector<api::NodeId> quorum_voters() const;
  // The truth at a past time, at most a minute ago: control/quorum_history.h.
  bool quorum_had_majority_without(const std::vector<api::NodeId>& nodes, sim::Time time) const;
  // Servers go by their ordinals.
  bool ensemble_had_majority_without(const std::vector<api::NodeId>& ordinals,
                                     sim::Time time) const;
  std::vector<VersionState> version_state() const;
  // Pairs of running processes of which one does not trust the other's certificate.
  std::vector<std::pair<api::NodeId, api::NodeId>> strangers() const;

 private:
  std::unique_ptr<control::ControlPlane> plane_;
};

}  // namespace twin::model
