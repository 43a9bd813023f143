// Kubernetes as the twin plays it: an API server over a store of objects, watches, a scheduler,
// kubelets, volumes, StatefulSets, machines and what becomes of their pods. Everything that a real
// control plane does by itself happens in here; what operators and users do comes in through
// `execute`, `watch` and `user_apply`. Each law stands in the header of the part that holds it.
//
// StrimziPodSets are plain objects here: their controller lives in the operator, as Strimzi's does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/ports.h"
#include "model/container.h"
#include "model/hardware.h"
#include "model/kernel.h"
#include "model/kube/watches.h"
#include "model/network.h"

namespace twin::model {

struct KubeOptions {
  std::string version = "1.37";  // decides the node monitor's grace period
};

class KubeCluster : public ContainerHost {
 public:
  KubeCluster(Kernel& kernel, const Hardware& hardware, const KubeOptions& options);
  ~KubeCluster() override;
  KubeCluster(const KubeCluster&) = delete;
  KubeCluster& operator=(const KubeCluster&) = delete;

  // REQUIRES: attached before the first pod; outlives the cluster.
  void attach(ContainerRuntime& runtime);
  // Events of Part::kube.
  void handle(const sim::Event& event);

  // ---- the API server, at the server and now; latency is the caller's ----
  // Every verb but watch. Ids and times of the reply are the caller's.
  controller::KubeReply execute(const controller::KubeRequest& request);
  // Events go to the sink under `id`, the watch latency after each write. Outcome gone: `since` was
  // compacted away.
  controller::KubeReply watch(uint64_t id, const controller::KubeRequest& request, WatchSink& sink);
  void stop_watch(uint64_t id);

  // ---- users ----
  // kubectl apply: creates or changes; status and what others annotated stay.
  controller::KubeReply user_apply(const api::Object& object);
  // kubectl delete; nothing when it does not exist.
  void user_remove(api::Kind kind, const std::string& namespace_name, const std::string& name);
  // kubectl rollout undo statefulset/NAME; false when there is nothing to go back to.
  bool user_rollout_undo(const std::string& namespace_name, const std::string& name);
  void add_node(const std::string& name, const std::string& zone, int64_t cpu_millis,
                api::Bytes memory);

  // ---- state ----
  api::ObjectPtr find(api::Kind kind, const std::string& namespace_name,
                      const std::string& name) const;
  std::vector<api::ObjectPtr> objects(api::Kind kind) const;
  std::vector<std::string> nodes() const;                            // by name
  std::vector<std::string> nodes_in(const std::string& zone) const;  // by name
  bool node_exists(const std::string& node) const;
  // A machine of that name is there and has no power: whoever connects to it hears nothing.
  bool node_is_dark(const std::string& node) const;
  std::string zone_of(const std::string& node) const;
  // Machine that a pod was given to; "" when there is no such pod or machine yet.
  std::string node_of_pod(const std::string& pod) const;
  // Uid of the pod of that name in any namespace; invalid when there is none.
  api::Uid uid_of_pod(const std::string& pod) const;
  // Volume bound to a claim, or the volume of that name itself; "" when there is none.
  std::string volume_of(const std::string& claim_or_volume) const;
  // Volumes that the pod mounts.
  std::vector<MountedVolume> volumes_of_pod(const std::string& pod) const;

  // ---- faults ----
  void fail_node(const std::string& node);  // loses power
  // Loses power for good, and its images with it: another machine of that name will boot.
  void lose_node(const std::string& node);
  void recover_node(const std::string& node);  // has power again
  // To be called after Network::cut or heal: kubelets look whether they reach the API server.
  void reachability_changed(const Network& network);
  void taint_out_of_service(const std::string& node);
  void cordon(const std::string& node, bool unschedulable);
  // kubectl drain, with Strimzi's Drain Cleaner or without; ended: the machine is uncordoned.
  void drain(const std::string& node, bool cleaner);
  void end_drain(const std::string& node);
  // The API server denies a verb (create, update or remove) on objects of a kind, as an admission
  // webhook does.
  void refuse(api::Kind kind, controller::Verb verb, bool refused);
  void kill_container(const std::string& pod, KillKind kind);
  void block_detach(const std::string& volume, bool blocked);
  void block_attach(const std::string& volume, bool blocked);
  // Init containers of pods whose name contains the text take this much longer; 0 takes it back.
  void set_start_delay(const std::string& pod_part, sim::Duration delay);
  // The pod's main container exits with this code at every start; 0 takes it back.
  void fail_starts(const std::string& pod, int exit_code);
  // No machine has room for pods whose name contains the text.
  void leave_no_room(const std::string& pod_part, bool none);
  void break_image(const std::string& image_part, bool broken);
  // Ends every open watch with 410 Gone and forgets history.
  void expire_watches();

  // ContainerHost.
  void exited(api::Uid pod, int exit_code) override;
  void probe_again(api::Uid pod) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace twin::model
