// Where operator processes run in the twin: it gives each its Ports, carries its calls to the API
// server and to Kafka nodes with their latency, and lets things go wrong on the way (cuts, errors,
// outcomes that nobody knows, stale watches, a crash before or after any call). Killing an operator
// destroys its Process: all it had in memory is gone, replies on their way to it are dropped.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/operator.h"
#include "controller/ports.h"
#include "model/hardware.h"
#include "model/kafka/cluster.h"
#include "model/kernel.h"
#include "model/kube/cluster.h"
#include "model/network.h"
#include "model/operators/api_faults.h"

namespace twin::model {

using OperatorIndex = uint32_t;

// Sees what operators do, for properties, reports and tests. Must not change the world.
class OperatorObserver {
 public:
  virtual ~OperatorObserver() = default;
  virtual void on_decision(OperatorIndex, const controller::Decision&) {}
  virtual void on_call(OperatorIndex, controller::CallId, const controller::KubeRequest&) {}
  virtual void on_call(OperatorIndex, controller::CallId, const controller::KafkaRequest&) {}
  virtual void on_reply(OperatorIndex, const controller::ReplyMeta&) {}
};

class OperatorHost : public WatchSink {
 public:
  OperatorHost(Kernel& kernel, Network& network, const Hardware& hardware, KubeCluster& kube,
               KafkaCluster& kafka);
  ~OperatorHost() override;

  // Defines an operator and starts it now. Error: unknown profile.
  sim::Expected<OperatorIndex> add(const controller::OperatorOptions& options);
  void kill(OperatorIndex index);
  void restart(OperatorIndex index);  // a new process; no-op while it runs
  // Another release in its place, as with a new revision of its Deployment: the old process ends
  // and the new one starts. Error: unknown profile.
  sim::Expected<void> upgrade(OperatorIndex index, const std::string& profile);
  bool running(OperatorIndex index) const;
  size_t count() const;
  const controller::OperatorOptions& options(OperatorIndex index) const;

  // Kills the operator around its nth port call of the run, counted from 1 over all incarnations:
  // `before` the request leaves, or after it was carried out and before the reply is seen. It
  // starts again after `downtime`.
  void crash_at_call(OperatorIndex index, uint64_t nth, bool before, sim::Duration downtime);
  uint64_t calls_made(OperatorIndex index) const;

  ApiFaults& api_faults() { return api_faults_; }
  // While frozen, watch events queue up instead of arriving: the operator's caches are stale.
  void freeze_watches(OperatorIndex index, bool frozen);

  // While true, watch events of objects of the kind (of all kinds without one) are lost on their
  // way to the operator: it is told of no error, and knows what it missed when it lists again.
  void lose_events(OperatorIndex index, std::optional<api::Kind> kind, bool lost);

  // The clock of the operator's machine is so far ahead. A process takes it when it starts and goes
  // on by the monotonic clock (controller/live/clock.h), so one that runs does not notice.
  void set_clock(OperatorIndex index, sim::Duration ahead);
  // How far ahead the clock of its process is.
  sim::Duration clock_ahead(OperatorIndex index) const;

  // Its process stands still: replies, events and timers wait, and come when it goes on, by a clock
  // that went on meanwhile.
  void hang(OperatorIndex index, bool stopped);

  // While true no name but the API server's resolves for the operator: no Kafka client can be made.
  void break_dns(OperatorIndex index, bool broken);

  // To be called after cuts were made or healed. What a short cut held back arrives after it; a
  // longer one breaks the watches.
  void network_changed();

  void observe(OperatorObserver& observer) { observers_.push_back(&observer); }
  void handle(const sim::Event& event);
  void deliver(uint64_t watch_id, const controller::WatchEvent& event) override;

 private:
  class Instance;
  struct Pending;
  struct Crash {
    uint64_t nth = 0;
    bool before = false;
    sim::Duration downtime;
  };
  enum class Local : uint8_t {
    kube_arrives = 1,
    kafka_arrives,
    reply_arrives,
    wake,
    kill,
    restart,
    watches_break
  };

  controller::CallId submit(Instance& from, controller::KubeRequest request);
  controller::CallId submit(Instance& from, controller::KafkaRequest request);
  void decided(Instance& from, controller::Decision decision);
  void execute_kube(uint32_t slot);
  void execute_kafka(uint32_t slot);
  void deliver_reply(uint32_t slot);
  uint32_t new_slot();
  void schedule(Local type, uint32_t entity, sim::Duration delay, uint32_t generation = 0);
  const Crash* crash_of(const Instance& instance, bool before) const;
  bool dies_before(Instance& instance);
  uint32_t new_pending(Instance& from, controller::CallId id);
  void restart_after_crash(Instance& instance, sim::Duration downtime);
  void exit(Instance& instance);
  static std::string end_name(const controller::KafkaRequest& request);
  bool reaches_api_server() const;
  static bool misses(const Instance& instance, const controller::WatchEvent& event);
  void break_watches(uint32_t cut);

  Kernel& kernel_;
  Network& network_;
  const Hardware& hardware_;
  KubeCluster& kube_;
  KafkaCluster& kafka_;
  ApiFaults api_faults_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::unique_ptr<Pending>> pending_;
  std::vector<uint32_t> free_slots_;
  std::vector<OperatorObserver*> observers_;
  uint64_t next_call_ = 1;
  uint32_t cut_ = 0;  // counts cuts from the API server
  bool cut_now_ = false;
};

}  // namespace twin::model
