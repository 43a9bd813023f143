#include "model/kafka/cluster.h"

#include "model/kafka/control/plane.h"

namespace twin::model {

using control::Node;

KafkaCluster::KafkaCluster(Kernel& kernel, Network& network, const Hardware& hardware)
    : plane_(std::make_unique<control::ControlPlane>(kernel, network, hardware)) {}
KafkaCluster::~KafkaCluster() = default;

void KafkaCluster::attach(DataPlane& data, ContainerHost& host) { plane_->attach(data, host); }
void KafkaCluster::observe(PartitionObserver& observer) { plane_->observe(observer); }
void KafkaCluster::handle(const sim::Event& event) { plane_->handle(event); }

void KafkaCluster::start(const ContainerStart& start) { plane_->start(start); }
void KafkaCluster::terminate(api::Uid pod) { plane_->terminate(pod); }
void KafkaCluster::kill(api::Uid pod, KillKind kind) { plane_->kill(pod, kind); }
bool KafkaCluster::ready(api::Uid pod) const { return plane_->ready(pod); }
bool KafkaCluster::live(api::Uid pod) const { return plane_->live(pod); }

void KafkaCluster::propose_isr_join(PartitionIndex partition, int slot) {
  plane_->propose_isr(partition, slot, true);
}
void KafkaCluster::propose_isr_leave(PartitionIndex partition, int slot) {
  plane_->propose_isr(partition, slot, false);
}
void KafkaCluster::directory_failed(api::NodeId broker) { plane_->directory_failed(broker); }

bool KafkaCluster::serving(api::NodeId broker) const { return plane_->serving(broker); }
bool KafkaCluster::eligible(api::NodeId broker) const {
  const Node* found = plane_->find(broker);
  return found != nullptr && found->active();
}

controller::KafkaReply KafkaCluster::execute(const controller::KafkaRequest& request,
                                             sim::Duration* extra) {
  return plane_->execute(request, extra);
}

std::vector<std::string> KafkaCluster::ends_of(const controller::KafkaRequest& request) const {
  return plane_->ends_of(request);
}

void KafkaCluster::declare_broker(api::NodeId node, const std::string& rack) {
  plane_->declare(node, rack);
}
bool KafkaCluster::create_topic(const TopicSpec& spec) { return plane_->create_topic(spec); }
const PartitionTable& KafkaCluster::table() const { return plane_->store.table(); }
PartitionTable& KafkaCluster::mutable_table() { return plane_->store.mutable_table(); }
int KafkaCluster::topic_index(const std::string& name) const {
  return plane_->store.topic_index(name);
}

void KafkaCluster::crash(api::NodeId node) { plane_->crash(node); }
void KafkaCluster::hang(api::NodeId node, bool stopped) { plane_->hang(node, stopped); }
void KafkaCluster::set_metadata_lag(api::NodeId node, sim::Duration lag) {
  plane_->set_metadata_lag(node, lag);
}
void KafkaCluster::crash_zookeeper(int ordinal) { plane_->crash_zookeeper(ordinal); }
std::vector<std::pair<api::NodeId, api::NodeId>> KafkaCluster::strangers() const {
  return plane_->strangers();
}
void KafkaCluster::reachability_changed() { plane_->reachability_changed(); }
void KafkaCluster::set_elr(bool enabled) { plane_->set_elr(enabled); }

BrokerState KafkaCluster::broker_state(api::NodeId node) const {
  const Node* found = plane_->find(node);
  return found == nullptr ? BrokerState::not_running : found->state;
}
bool KafkaCluster::is_registered(api::NodeId node) const {
  const Node* found = plane_->find(node);
  return found != nullptr && found->registration.exists;
}
bool KafkaCluster::is_fenced(api::NodeId node) const {
  const Node* found = plane_->find(node);
  return found == nullptr || !found->registration.exists || found->registration.fenced;
}
bool KafkaCluster::process_running(api::NodeId node) const {
  const Node* found = plane_->find(node);
  return found != nullptr && found->running();
}
std::string KafkaCluster::running_version(api::NodeId node) const {
  const Node* found = plane_->find(node);
  return found == nullptr || !found->running() ? std::string() : found->version;
}
int16_t KafkaCluster::metadata_level() const { return plane_->level(); }
api::NodeId KafkaCluster::quorum_leader() const { return plane_->quorum.leader(); }
api::NodeId KafkaCluster::kafka_controller() const { return plane_->kafka_controller(); }
int KafkaCluster::zookeeper_leader() const { return plane_->zookeeper_leader(); }
bool KafkaCluster::elr_enabled() const { return plane_->elr(); }
std::vector<api::NodeId> KafkaCluster::live_brokers() const { return plane_->live_brokers(); }
std::vector<api::NodeId> KafkaCluster::quorum_voters() const { return plane_->quorum.voters(); }
bool KafkaCluster::quorum_had_majority_without(const std::vector<api::NodeId>& nodes,
                                               sim::Time time) const {
  return plane_->quorum.history().majority_without(nodes, time);
}
bool KafkaCluster::ensemble_had_majority_without(const std::vector<api::NodeId>& ordinals,
                                                 sim::Time time) const {
  return plane_->ensemble_history().majority_without(ordinals, time);
}
std::vector<VersionState> KafkaCluster::version_state() const { return plane_->version_state(); }

}  // namespace twin::model
