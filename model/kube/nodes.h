// Machines: power, readiness as the node lifecycle controller sees it, and what it does to the pods
// of a machine that it lost sight of.
//
// Laws (kube-controller-manager): a node is NotReady after node-monitor-grace-period without a
// heartbeat (50 s since 1.32, 40 s before); it is tainted unreachable:NoExecute, at most one
// machine per 10 s and zone (node-eviction-rate 0.1), not at all when most of a small zone is
// NotReady (unhealthy-zone-threshold 55 %, secondary rate 0 up to 50 machines) unless the whole
// zone is; pods tolerate the taint for 300 s and are then marked for deletion. And then nothing:
// nobody is there to confirm that the containers are gone, so the pod stays Terminating and its
// volumes attached until the node is deleted, tainted out-of-service, or the pod is forced away.
// Pods of a deleted node are collected after 40 s (PodGC's quarantine); their volumes follow by the
// 6 minutes' rule, at once with the out-of-service taint.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/kube/context.h"

namespace twin::model::kube {

class Nodes {
 public:
  explicit Nodes(Context& context) : context_(context) {}

  void add(const std::string& name, const std::string& zone, int64_t cpu_millis,
           api::Bytes memory);
  // The machine loses power. No-op when it has none.
  void fail(const std::string& name);
  void recover(const std::string& name);
  // kubectl delete node, and the same after somebody made sure that the machine is off.
  void remove(const std::string& name);
  void taint_out_of_service(const std::string& name);
  void cordon(const std::string& name, bool unschedulable);

  bool has_power(const std::string& name) const;
  bool is_ready(const std::string& name) const;
  bool exists(const std::string& name) const { return index_.contains(name); }
  std::string zone_of(const std::string& name) const;
  std::vector<std::string> names() const;
  std::vector<std::string> names_in(const std::string& zone) const;

  void handle(const sim::Event& event);

 private:
  enum class Step : uint32_t { monitor, taint, evict, collect };
  struct Machine {
    std::string name;
    std::string zone;
    bool power = true;
    bool ready = true;
    bool tainted = false;
    bool removed = false;
    uint32_t generation = 0;
  };
  void set_ready(Machine& machine, bool ready);
  void write(const Machine& machine);
  void taint_zone(const std::string& zone);
  bool eviction_stopped(const std::string& zone) const;
  void evict_pods(const Machine& machine);
  void collect_pods(const Machine& machine);
  std::vector<api::ObjectPtr> pods_on(const std::string& node) const;

  Context& context_;
  std::vector<Machine> machines_;
  std::map<std::string, uint32_t> index_;
  std::map<std::string, sim::Time> last_taint_;  // by zone
};

}  // namespace twin::model::kube
