// Claims, volumes and attachments. A claim is bound to a volume of its own, provisioned at once or
// when its pod is scheduled (WaitForFirstConsumer); a volume is attached to one machine at a time
// (ReadWriteOnce, fenced per node) and its data lives as long as it does.
//
// Laws: PersistentVolume docs (binding modes, reclaim policies, protection finalizers);
// attach-detach controller: a volume is detached when no pod on the node uses it; from a machine
// that is gone it is taken after 6 minutes (maxWaitForUnmountDuration), at once with the
// out-of-service taint, and never while a pod object that uses it is there.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/kube/context.h"

namespace twin::model::kube {

class Volumes {
 public:
  explicit Volumes(Context& context) : context_(context) {}

  void on_claim(const api::ObjectPtr& before, const api::ObjectPtr& after);
  void handle(const sim::Event& event);

  // For the scheduler. Every claim is bound, or can be once a node is chosen; else why not.
  std::string unbound_reason(const api::Pod& pod) const;
  // May a pod with these claims run on the node?
  bool fits(const api::Pod& pod, const api::Node& node) const;
  // The pod was given to the node: volumes that waited for that are made there.
  void bind_for(const api::Pod& pod, const api::Node& node);

  // For kubelets. True when every claim's volume is attached to the node; otherwise the pod waits
  // and Kubelets::volumes_ready is called later.
  bool attach_all(uint32_t run, const api::Pod& pod, const std::string& node);
  // The pod uses its volumes no longer. `lost`: its machine is gone, nobody unmounted.
  void release_all(uint32_t run, bool lost);
  std::vector<MountedVolume> mounts_of(const api::Pod& pod) const;

  // Volume of a claim or the volume itself; "" when there is none.
  std::string resolve(const std::string& claim_or_volume) const;
  void block_detach(const std::string& volume, bool blocked);
  void block_attach(const std::string& volume, bool blocked);
  // The node's kubelet is back: what no pod uses there is unmounted and detached.
  void take_from(const std::string& node);

 private:
  enum class Step : uint32_t { provision, attached, idle, detached };
  struct Volume {
    std::string name;
    std::string attached_to;
    std::string attaching_to;
    bool detaching = false;
    bool blocked = false;         // does not detach
    bool blocked_attach = false;  // does not attach
    bool fenced = false;          // its machine is gone and may still have it mounted
    bool local = false;           // a disk of the machine itself: nothing to attach
    uint32_t generation = 0;
    std::set<uint32_t> users;
    std::vector<std::pair<uint32_t, std::string>> waiting;  // run and node, in order of asking
  };
  uint32_t index_of(const std::string& volume);
  void provision(const api::PersistentVolumeClaim& claim, const std::string& zone,
                 const std::string& node);
  void attach(uint32_t index, const std::string& node);
  void detach(uint32_t index);
  void serve_next(uint32_t index);
  const api::StorageClass* class_of(const api::PersistentVolumeClaim& claim) const;
  const api::PersistentVolumeClaim* claim_of(const api::Pod& pod, const std::string& name) const;
  const api::PersistentVolume* volume_of(const api::PersistentVolumeClaim& claim) const;
  std::string zone_with_fewest_volumes() const;

  Context& context_;
  std::vector<Volume> volumes_;
  std::map<std::string, uint32_t> index_;
  std::map<uint32_t, std::set<uint32_t>> pending_;  // run -> volumes that it waits for
};

}  // namespace twin::model::kube
