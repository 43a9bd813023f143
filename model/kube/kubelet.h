// What kubelets do with the pods that were given to their machines: volumes, image, init
// containers, the main container, its probes, its restarts and its end. One state machine per pod;
// probes of a pod that is Ready are not played but looked at when the process says that its answer
// may have changed, at the next tick of the probe's grid.
//
// Laws: pod lifecycle (kubernetes.io); kubelet's container back-off 10 s doubling to 5 min, the
// first restart at once, forgotten after 10 min of running; image back-off the same, told as
// ErrImagePull by the attempt and as ImagePullBackOff by the next look 10 s later; grace period
// between SIGTERM and SIGKILL; prober (pkg/kubelet/prober/worker.go): a worker per probe ticks each
// periodSeconds from the moment the pod's volumes were mounted, through restarts of the container;
// initialDelaySeconds since the container's start only makes it skip ticks.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/kube/context.h"

namespace twin::model::kube {

class Kubelets {
 public:
  explicit Kubelets(Context& context) : context_(context) {}

  // Changes of pod objects; after is nullptr when the object is gone.
  void on_pod(const api::ObjectPtr& before, const api::ObjectPtr& after);
  void handle(const sim::Event& event);

  // From the container runtime.
  void exited(api::Uid pod, int exit_code);
  void probe_again(api::Uid pod);
  // From faults: the container's process dies.
  void kill_container(api::Uid pod, KillKind kind);

  void volumes_ready(uint32_t run);
  void node_lost(const std::string& node);
  void node_not_ready(const std::string& node);
  void node_back(const std::string& node);
  // The kubelet does not reach the API server, or does again: it goes on with what it knows.
  void cut_off(const std::string& node, bool cut);
  void forget_images(const std::string& node);

  // Init containers of pods whose name contains the text take this much longer; 0 takes it back.
  void set_start_delay(const std::string& pod_part, sim::Duration delay);
  // The main container of the pod exits with this code at every start; 0 takes it back.
  void fail_starts(const std::string& pod, int exit_code);
  // Pulls of images whose name contains the text fail; a machine that has the image needs none.
  void break_image(const std::string& image_part, bool broken);

 private:
  enum class Step : uint32_t {
    seen, pull, image, init_done, start, failed_start, readiness, liveness, stop, grace_over,
    backoff_over, pull_backoff, gone
  };
  struct Run {
    api::Uid uid;
    std::string namespace_name, name, node;
    std::string waiting;  // why the main container waits, as status says it
    uint32_t generation = 0;
    bool live = true;           // the slot is in use
    bool started_once = false;  // this pod reached its main container
    bool running = false;       // the main container's process
    bool ready = false;         // as the kubelet sees it
    bool shown_ready = false;   // as the API server has it
    bool stopping = false;      // SIGTERM was sent, or is about to be
    bool node_dead = false;
    bool cut = false;           // its kubelet cannot reach the API server
    bool seen = false;          // its kubelet began with it
    bool ended = false;         // all is gone, only the API server does not know yet
    int32_t restarts = 0;
    int32_t readiness_results = 0;  // of one kind in a row: successes up, failures down
    int32_t liveness_failures = 0;
    std::optional<sim::Time> probing_since;  // when the probe workers started
    bool kubelet_just_started = false;       // with the machine, together with the pod
    bool readiness_tick = false;  // a tick is scheduled
    bool liveness_tick = false;
    sim::Duration backoff{};       // of the next restart
    sim::Duration pull_backoff{};  // of the next pull
    int failing_with = 0;          // exit code of a start that is failing now
    sim::Time started{};
    sim::Time last_exit{};
    int last_exit_code = 0;
  };

  Run* run_of(api::Uid uid);
  const api::Pod* pod_of(const Run& run) const;
  void step(uint32_t index, Step step, sim::Duration delay);
  void look_at(uint32_t index);
  void pull_image(uint32_t index);
  void run_init(uint32_t index);
  void start_container(uint32_t index);
  void begin_stop(uint32_t index);
  void send_term(uint32_t index);
  void stopped(uint32_t index);
  void drop(uint32_t index, bool lost);
  void crash(uint32_t index);
  void start_probing(Run& run);
  sim::Duration until_probe(const Run& run, const api::Probe& probe) const;
  void schedule_readiness(uint32_t index);
  void schedule_liveness(uint32_t index);
  void probe_readiness(uint32_t index);
  void probe_liveness(uint32_t index);
  void set_ready(uint32_t index, bool ready);
  void show_ready(uint32_t index, bool ready);
  void wait_for(uint32_t index, const std::string& reason);
  // Writes the pod's status as this kubelet sees it.
  void report(const Run& run);

  Context& context_;
  std::deque<Run> runs_;  // references stay good while pods come
  std::vector<uint32_t> free_;
  std::map<api::Uid, uint32_t> index_;
  std::map<std::string, sim::Duration> start_delays_;
  std::map<std::string, int> failing_starts_;  // pod, exit code
  std::set<std::string> broken_images_;
  std::set<std::pair<std::string, std::string>> pulled_;  // node, image
};

}  // namespace twin::model::kube
