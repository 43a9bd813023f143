// The seam between Kubernetes and what runs in its pods. The kubelet starts, stops and kills a
// pod's main container and asks probes; the runtime (Kafka brokers and controllers, ZooKeeper
// servers, anything else) says when it exited by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controller/api/kube.h"
#include "controller/api/object.h"

namespace twin::model {

// A mounted claim. `volume` names the persistent volume: data lives and dies with it, not with the
// pod. A scratch volume (emptyDir) gets a fresh name for each pod.
struct MountedVolume {
  std::string mount_path;
  std::string volume;
  api::Bytes capacity;
};

struct ContainerStart {
  api::Uid pod_uid;
  std::shared_ptr<const api::Pod> pod;
  std::shared_ptr<const api::ConfigMap> config;  // as mounted at this start; may be null
  // The pod's own certificate and those of the authority that it is to trust, as the Secrets are at
  // this start; may be null.
  api::ObjectPtr certificate;
  api::ObjectPtr authority;
  std::string kube_node;
  std::string zone;
  std::vector<MountedVolume> volumes;
};

enum class KillKind : uint8_t { sigkill, out_of_memory, power_off };

class ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;
  virtual void start(const ContainerStart& start) = 0;
  // SIGTERM. The runtime answers with ContainerHost::exited when it is done.
  virtual void terminate(api::Uid pod) = 0;
  // The process is gone when this returns; `exited` is not called for it.
  virtual void kill(api::Uid pod, KillKind kind) = 0;
  // The answer of a probe now. A process that hangs answers neither.
  virtual bool ready(api::Uid pod) const = 0;
  virtual bool live(api::Uid pod) const = 0;
};

class ContainerHost {
 public:
  virtual ~ContainerHost() = default;
  virtual void exited(api::Uid pod, int exit_code) = 0;
  // The answer of a probe may have changed: it is asked at its next tick. Without this call nobody
  // asks a pod that is Ready again.
  virtual void probe_again(api::Uid pod) = 0;
};

}  // namespace twin::model
