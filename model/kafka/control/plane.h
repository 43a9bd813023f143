// The control plane of one Kafka cluster: its nodes, the partition table, the KRaft quorum or the
// ZooKeeper ensemble, dynamic configuration. One class over several files, cut by what they are
// about:
//
//   plane.cpp          composition, lookup, events by type
//   processes.cpp      pods become processes; start, crash, hang, end
//   registration.cpp   KRaft: registration, sessions, fencing and unfencing
//   shutdown.cpp       controlled shutdown in both eras
//   leadership.cpp     ISR and leaders when a broker comes or goes; AlterPartition; preferred
//                      leaders
//   moves.cpp          reassignments
//   topics.cpp         topics at the start of a run and later
//   zookeeper.cpp      the ensemble, its sessions, and the broker that is controller
//   admin.cpp          the admin protocol
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/kafka/cluster.h"
#include "model/kafka/control/dynamic_config.h"
#include "model/kafka/control/elections.h"
#include "model/kafka/control/events.h"
#include "model/kafka/control/features.h"
#include "model/kafka/control/isr_changes.h"
#include "model/kafka/control/node.h"
#include "model/kafka/control/partition_store.h"
#include "model/kafka/control/quorum.h"
#include "model/kafka/control/reassignment.h"

namespace twin::model::control {

// A ZooKeeper server and the ensemble's view of it.
struct ZookeeperServer {
  int ordinal = -1;
  api::Uid pod;
  std::string kube_node, zone;
  bool running = false;  // the process
  bool up = false;       // answers
  bool hung = false;
  uint32_t generation = 0;
};

class ControlPlane : public QuorumListener {
 public:
  ControlPlane(Kernel& kernel, Network& network, const Hardware& hardware);

  void attach(DataPlane& data, ContainerHost& host);
  void observe(PartitionObserver& observer) { store.observe(observer); }
  void handle(const sim::Event& event);

  // processes.cpp
  void start(const ContainerStart& start);
  void terminate(api::Uid pod);
  void kill(api::Uid pod, KillKind kind);
  bool ready(api::Uid pod) const;
  bool live(api::Uid pod) const;
  void crash(api::NodeId id);
  void hang(api::NodeId id, bool stopped);
  void crash_zookeeper(int ordinal);

  // leadership.cpp
  void propose_isr(PartitionIndex partition, int slot, bool join);
  // A running broker took a log directory offline.
  void directory_failed(api::NodeId id);

  // topics.cpp
  void declare(api::NodeId id, const std::string& rack);
  bool create_topic(const TopicSpec& spec);
  bool create_topic_now(const TopicSpec& spec);

  // admin.cpp
  controller::KafkaReply execute(const controller::KafkaRequest& request, sim::Duration* extra);
  std::vector<std::string> ends_of(const controller::KafkaRequest& request) const;

  void reachability_changed();
  // Pairs of running processes that do not believe each other (trust.h).
  std::vector<std::pair<api::NodeId, api::NodeId>> strangers() const;
  bool nodes_reachable(api::NodeId a, api::NodeId b) const override;
  void quorum_leader_lost() override;
  void quorum_leader_elected() override;

  const Node* find(api::NodeId id) const;
  std::vector<VersionState> version_state() const;
  bool serving(api::NodeId id) const;
  const QuorumHistory& ensemble_history() const { return ensemble_history_; }
  int zookeeper_leader() const { return zookeeper_leader_; }
  api::NodeId kafka_controller() const { return kafka_controller_; }
  std::vector<api::NodeId> live_brokers() const;
  int16_t level() const { return level_; }
  bool elr() const { return elr_; }
  void set_elr(bool enabled) {
    elr_ = enabled;
    elr_forced_ = true;
  }
  void set_metadata_lag(api::NodeId id, sim::Duration lag);

  Kernel& kernel;
  Network& network;
  const Hardware& hardware;
  PartitionStore store;
  Quorum quorum;

 private:
  enum class PodKind : uint8_t { node, zookeeper, inert };
  struct PodEntry {
    PodKind kind = PodKind::inert;
    api::NodeId node;
    int ordinal = -1;
    uint32_t inert_number = 0;
  };

  // plane.cpp
  void handle_node(Local local, const sim::Event& event);
  void inert_exits(uint32_t number);
  Node& at(api::NodeId id);
  Node* running_node(api::Uid pod);
  void schedule(Local local, const Node& node, sim::Duration delay);  // dies with the process
  // The same for what the process itself is at: a hang stops it, and the rest is done after it.
  void begin_work(Local local, Node& node, sim::Duration length);
  // A stopped process comes to nothing: the event waits. True when it must not be handled now.
  bool waits_for_process(Local local, const sim::Event& event, Node& node);
  void goes_on(Node& node);
  void schedule_session(Local local, const Node& node, sim::Duration delay);
  bool is_current(const sim::Event& event, const Node& node) const;
  void changed(const Node& node);  // probes of its pod may answer differently
  bool ends_reachable(const std::vector<std::string>& a, const std::vector<std::string>& b) const;
  std::vector<std::string> ends_of(const Node& node) const;
  bool reaches_controller(const Node& node) const;
  sim::Time applied_until(const Node& node) const;
  void note_cut_off(Node& node);
  void forget_old_rows();
  void look_at_trust();  // trust.cpp

  // processes.cpp
  void start_node(const ContainerStart& start);
  void start_zookeeper(const ContainerStart& start);
  void read_config(Node& node, const ContainerStart& start);
  void process_up(Node& node);
  void join_quorum(const Node& node);
  void format_cluster(const Node& node, const ContainerStart& start);
  void configure_data(const Node& node);
  void controller_listens(Node& node);
  void fail_start(Node& node, const std::string& why);
  void end_process(Node& node, trace::ExitHow how, int exit_code);
  void logs_loaded(Node& node);
  void exits(Node& node);

  // registration.cpp
  bool old_session_valid(const Node& node) const;
  void attempt_registration(Node& node);
  void registration_committed(Node& node);
  void metadata_caught_up(Node& node);
  void maybe_unfence(Node& node);
  void unfence(Node& node);
  void begin_contact(Node& node);
  void end_contact(Node& node);
  void update_contact(Node& node);
  void session_expired(Node& node);
  void fence(Node& node, trace::FenceReason reason);
  sim::Time last_contact(const Node& node) const;
  sim::Duration session_of(const Node& node) const;

  // shutdown.cpp
  void request_shutdown(Node& node);
  void shutdown_committed(Node& node);
  void poll_shutdown(Node& node);
  bool shutdown_may_end(const Node& node) const;
  void grant_shutdown(Node& node);
  void stop_serving(Node& node);
  void zookeeper_shutdown(Node& node);
  void zookeeper_move(Node& node);
  void zookeeper_shutdown_done(Node& node);
  int64_t leads(const Node& node) const;

  // leadership.cpp
  struct Departure {
    trace::LeaveReason leave = trace::LeaveReason::fenced;
    trace::ElectionReason election = trace::ElectionReason::fenced;
    bool unclean = false;
    bool leave_isr = true;
  };
  ElectionRules rules_for(const Partition& partition) const;
  SlotMask usable(const Partition& partition, api::NodeId except = {}) const;
  bool may_lead(const Node& node) const;
  void take_out(const Node& node, const Departure& departure);
  void take_out_replica(const Node& node, ReplicaRef ref, const Departure& departure);
  void directories_reported(Node& node);
  bool lacks_directories(const Node& node) const;  // so that it cannot run
  void bring_back(const Node& node);
  void rejoin(const Node& node, api::NodeId leader);
  void commit_isr(api::NodeId leader);
  void resend_isr_changes();
  void commit_proposal(api::NodeId leader, const IsrProposal& proposal);
  bool commits() const;  // somebody can change metadata now

  // preferred.cpp
  const Node* active_controller() const;
  sim::Duration preferred_interval() const;
  void begin_preferred_passes();
  void arm_preferred_pass();
  std::vector<bool> imbalanced_brokers(const Node& active) const;
  void preferred_pass();

  // topics.cpp
  void refresh_topic_defaults();
  void fresh_broker(const Node& node);
  void fresh_patience_over();
  void bring_online(TopicIndex topic);
  std::vector<api::NodeList> place(const TopicSpec& spec);

  // moves.cpp
  FinishRules finish_rules() const;
  void elect_after_leaving(Partition& next) const;
  void complete_move(Partition& next) const;
  std::optional<MoveRefusal> alter_move(const api::AlterReassignmentsRequest::Move& move);
  controller::KafkaReply alter_reassignments(const api::AlterReassignmentsRequest& request);
  controller::KafkaReply list_reassignments() const;

  // zookeeper.cpp
  ZookeeperServer& server(int ordinal);
  void end_zookeeper(ZookeeperServer& server, trace::ExitHow how, int exit_code);
  void zookeeper_up(ZookeeperServer& server);
  void evaluate_ensemble();
  void elect_zookeeper();
  bool ensemble_reachable(const Node& node) const;
  void register_in_zookeeper(Node& node);
  void zookeeper_session_over(Node& node);
  void broker_lost(Node& node);
  void broker_seen(Node& node);
  void elect_kafka_controller();
  void controller_loaded();
  sim::Duration zookeeper_session(const Node& node) const;

  // admin.cpp
  using Reply = controller::KafkaReply;
  Reply admin(const controller::KafkaRequest& request, Node& node, sim::Duration* extra);
  Reply describe_cluster(const api::DescribeClusterRequest& request) const;
  Reply describe_log_dirs(const Node& node) const;
  Reply describe_features(const Node& node) const;
  Reply alter_configs(const api::IncrementalAlterConfigsRequest& request, const Node& node);
  std::optional<std::string> elr_problem(const api::IncrementalAlterConfigsRequest& request) const;
  Reply update_features(const api::UpdateFeaturesRequest& request);
  Reply unregister(const api::UnregisterBrokerRequest& request);
  Reply elect_leaders(const api::ElectLeadersRequest& request);
  Reply agent_state(const Node& node) const;
  Reply create(const api::CreateTopicRequest& request);

  DataPlane* data_ = nullptr;
  size_t rows_to_remember_ = 4096;
  ContainerHost* host_ = nullptr;
  std::deque<Node> nodes_;                                   // by id
  std::set<std::pair<api::NodeId, api::NodeId>> strangers_;  // as last seen
  std::map<api::Uid, PodEntry> pods_;
  std::vector<bool> inert_running_;
  IsrChanges isr_changes_;
  DynamicConfig dynamic_;
  std::string cluster_id_;
  bool kraft_ = true;
  int16_t level_ = 0;
  bool elr_ = false;
  bool elr_forced_ = false;
  int64_t next_epoch_ = 1;  // broker epochs: offsets of registration records
  int64_t next_incarnation_ = 1;

  bool preferred_armed_ = false;
  uint32_t preferred_generation_ = 0;
  sim::Time balance_since_{};  // the controller's activation: its passes lie on a grid from there

  // Topics of the start of the run, whose replicas were not all up yet.
  std::vector<TopicIndex> fresh_topics_;
  std::vector<bool> seen_up_;  // brokers that were up once, by id
  bool patience_armed_ = false;

  std::vector<ZookeeperServer> servers_;  // by ordinal
  int zookeeper_leader_ = -1;
  QuorumHistory ensemble_history_;
  bool zookeeper_electing_ = false;
  uint32_t zookeeper_generation_ = 0;
  api::NodeId kafka_controller_;
  bool controller_ready_ = false;  // has loaded the cluster's state
  uint32_t controller_generation_ = 0;
};

}  // namespace twin::model::control
