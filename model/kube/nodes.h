// Machines: power, readiness as the node lifecycle controller sees it, and what it does to the pods
// of a machine that it lost sight of.
//
// Laws. kubelet: renews its Lease every 10 s. node lifecycle controller: looks every 5 s, and
// calls a node NotReady node-monitor-grace-period after the look that first saw its last renewal
// (50 s since 1.32, 40 s before); it taints it unreachable:NoExecute, one machine per 10 s and
// zone (node-eviction-rate 0.1), one per 100 s (secondary rate 0.01) or none at all when most of a
// zone is NotReady (unhealthy-zone-threshold 55 %; none up to 50 machines) unless all of it is,
// and takes all taints back when every zone is gone, since then it is itself that lost sight. Pods
// tolerate the taint for 300 s (DefaultTolerationSeconds) and are then marked for deletion. And
// then nothing: nobody is there to confirm that the containers are gone, so the pod stays
// Terminating and its volumes attached until the node is deleted, tainted out-of-service, or the
// pod is forced away. PodGC looks every 20 s: pods of a deleted node go after 40 s of quarantine,
// those of a node that is out of service at its next look; volumes follow by the 6 minutes' rule,
// at once with the taint. A kubelet that is cut off from the API server goes on running its pods
// and is told nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "model/kube/context.h"
#include "model/network.h"

namespace twin::model::kube {

class Nodes {
 public:
  explicit Nodes(Context& context) : context_(context) {}

  void add(const std::string& name, const std::string& zone, int64_t cpu_millis, api::Bytes memory);
  // The machine loses power. No-op when it has none.
  void fail(const std::string& name);
  // It boots again, and registers anew when its Node was deleted.
  void recover(const std::string& name);
  void taint_out_of_service(const std::string& name);
  void cordon(const std::string& name, bool unschedulable);
  // Changes of Node objects by whoever; after is nullptr when the object is gone.
  void on_node(const api::ObjectPtr& before, const api::ObjectPtr& after);
  // After cuts were made or healed: which kubelets reach the API server?
  void reachability_changed(const Network& network);

  bool has_power(const std::string& name) const;
  bool is_dark(const std::string& name) const;  // known, and without power
  bool is_ready(const std::string& name) const;
  bool is_cut_off(const std::string& name) const;
  bool is_out_of_service(const std::string& name) const;
  bool exists(const std::string& name) const;
  std::string zone_of(const std::string& name) const;
  std::vector<std::string> names() const;
  std::vector<std::string> names_in(const std::string& zone) const;

  void handle(const sim::Event& event);

 private:
  enum class Step : uint32_t { monitor, posts_ready, taint, evict, collect };
  struct Machine {
    std::string name;
    std::string zone;
    int64_t cpu_millis = 0;
    api::Bytes memory;
    bool registered = true;  // its Node object exists
    bool power = true;
    bool reaches_server = true;
    bool ready = true;  // as the Node's condition says
    bool tainted = false;
    bool out_of_service = false;
    sim::Duration lease_phase{};  // renewals at this and each 10 s after
    uint32_t contact_generation = 0;
    uint32_t taint_generation = 0;
    bool in_contact() const { return power && reaches_server && registered; }
  };
  struct Zone {
    std::string name;
    std::deque<uint32_t> waiting;  // machines to be tainted, in the order in which they were lost
    sim::Time next{};              // earliest time of the next taint
    bool armed = false;
  };
  const Machine* find(const std::string& name) const;
  Machine* find(const std::string& name);
  Zone& zone_named(const std::string& name);
  void step(uint32_t entity, Step step, sim::Duration delay, uint32_t generation);
  void register_node(const Machine& machine);
  void contact_lost(uint32_t index);
  void contact_regained(uint32_t index, sim::Duration until_status);
  void set_ready(uint32_t index, bool ready);
  void write(const Machine& machine);
  void look_at_zones();
  void arm(uint32_t zone);
  void taint_next(uint32_t zone);
  sim::Duration taint_interval(const std::string& zone) const;
  sim::Duration until_collection() const;
  void evict_pods(const Machine& machine);
  void collect_pods(const Machine& machine);
  std::vector<api::ObjectPtr> pods_on(const std::string& node) const;

  Context& context_;
  std::vector<Machine> machines_;
  std::map<std::string, uint32_t> index_;
  std::deque<Zone> zones_;
};

}  // namespace twin::model::kube
