// The controller's ports on a live cluster, and the loop that runs a controller's process on them:
// one thread, real time, replies and watch events in the order in which they came. Whatever the
// process asks for goes out when it asks; it hears of nothing before its own call has returned.
#pragma once

#include <deque>
#include <functional>
#include <set>

#include "controller/live/clock.h"
#include "controller/live/kube/client.h"
#include "controller/ports.h"

namespace twin::controller::live {

// Kafka requests go elsewhere: each has its reply within the request's timeout.
class KafkaCaller {
 public:
  virtual ~KafkaCaller() = default;
  virtual void call(CallId id, const KafkaRequest& request) = 0;
  // Replies that have come; called on every turn of the loop.
  virtual std::vector<KafkaReply> take_replies() = 0;
};

class LivePorts final : public Ports, private KubeEvents {
 public:
  // `kafka` may be null: then no name of a Kafka node resolves.
  LivePorts(const Clock& clock, Credentials credentials, RouteOptions options,
            KafkaCaller* kafka = nullptr)
      : clock_(clock),
        kube_(std::move(credentials), clock, std::move(options), *this),
        kafka_(kafka) {}

  // Ports.
  sim::Time now() const override { return clock_.now(); }
  void wake_at(sim::Time at) override { wake_ups_.insert(at); }
  CallId call(KubeRequest request) override;
  CallId call(KafkaRequest request) override;
  void stop_watch(CallId watch) override { kube_.stop_watch(watch); }
  void decided(Decision decision) override;
  void exit_process() override { exited_ = true; }

  // Who is told, and what is heard of its decisions. REQUIRES: both outlive the loop.
  void attach(Process& process) { process_ = &process; }
  std::function<void(const Decision&)> on_decision;

  // One turn: waits for an answer, an event, a wake-up or `wake_fd`, at most so long. False when
  // the process has ended itself.
  bool turn(sim::Duration wait_max, int wake_fd = -1);
  KubeClient& kube() { return kube_; }

 private:
  void on_kube_reply(const KubeReply& reply) override;
  void on_kube_watch(const WatchEvent& event) override;

  const Clock& clock_;
  KubeClient kube_;
  KafkaCaller* kafka_;
  Process* process_ = nullptr;
  std::set<sim::Time> wake_ups_;
  std::deque<KafkaReply> unreachable_;
  uint64_t last_call_ = 0;
  bool exited_ = false;
};

}  // namespace twin::controller::live
