// Kubernetes alone: a control plane and kubelets whose containers the test plays, so that every
// start, exit and answer of a probe is at the instant that the test says.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "controller/api/kube.h"
#include "model/kube/cluster.h"
#include "model/network.h"
#include "model/trace/decode.h"
#include "sim/draw.h"
#include "sim/marks.h"

namespace twin::model {

using namespace sim::literals;
using controller::KubeReply;
using controller::KubeRequest;
using controller::Outcome;
using controller::Verb;

// Containers that do what they are told: ready and live unless the test says otherwise, gone at
// once after SIGTERM unless they are deaf to it.
class PlayedContainers : public ContainerRuntime {
 public:
  void start(const ContainerStart& start) override {
    running[start.pod_uid] = start;
    host->probe_again(start.pod_uid);
  }
  void terminate(api::Uid pod) override {
    if (!deaf && running.erase(pod) > 0) host->exited(pod, 143);
  }
  void kill(api::Uid pod, KillKind kind) override {
    running.erase(pod);
    kills.push_back(kind);
  }
  bool ready(api::Uid pod) const override { return answers && running.contains(pod); }
  bool live(api::Uid pod) const override { return alive && running.contains(pod); }

  void exit(api::Uid pod, int code) {
    running.erase(pod);
    host->exited(pod, code);
  }

  ContainerHost* host = nullptr;
  std::map<api::Uid, ContainerStart> running;
  std::vector<KillKind> kills;
  bool deaf = false;
  bool answers = true;
  bool alive = true;
};

class KubeTest : public ::testing::Test, public TraceListener, public WatchSink {
 public:
  explicit KubeTest(const std::string& version = "1.37")
      : kernel({}, nullptr), kube(kernel, hardware, {version}) {
    containers.host = &kube;
    kube.attach(containers);
    kernel.add_listener(*this);
  }

  void run_until(sim::Time end) {
    kernel.engine.run_until(end, [this](const sim::Event& event) {
      const Kernel::ScopedCause cause(kernel, event.cause);
      kube.handle(event);
    });
  }
  void run_for(sim::Duration length) { run_until(kernel.now() + length); }

  void on_record(const sim::Record& record) override {
    records.push_back({record.at, record.type, {record.fields.begin(), record.fields.end()}});
  }
  // When records of the type were written whose first field is that name.
  template <class R>
  std::vector<sim::Time> times(const std::string& name) {
    std::vector<sim::Time> all;
    for (const Entry& entry : records) {
      const bool same = entry.type == static_cast<uint16_t>(R::kType);
      if (same && entry.fields.front() == kernel.string(name)) all.push_back(entry.at);
    }
    return all;
  }

  void deliver(uint64_t, const controller::WatchEvent& event) override {
    seen.push_back(event);
    seen_at.push_back(kernel.now());
  }

  void nodes(const std::string& zone, int count) {
    for (int i = 0; i < count; ++i) {
      kube.add_node(zone + std::to_string(i), zone, 8000, {int64_t{32} << 30});
    }
  }

  // A pod of one container; its probes are those of Kubernetes' defaults with 15 s of delay.
  std::shared_ptr<api::Pod> pod(const std::string& name) const {
    auto made = std::make_shared<api::Pod>();
    made->api_version = "v1";
    made->metadata.name = name;
    made->metadata.namespace_name = "kafka";
    made->spec.containers.resize(1);
    made->spec.containers.front().name = "main";
    made->spec.containers.front().image = "image:1";
    return made;
  }
  void mount(api::Pod& pod, const std::string& claim) const {
    api::PodVolume volume;
    volume.name = "data";
    volume.claim_name = claim;
    pod.spec.volumes.push_back(volume);
    pod.spec.containers.front().volume_mounts.push_back({"data", "/data"});
  }
  void claim(const std::string& name, const std::string& storage_class, int64_t bytes) {
    auto made = std::make_shared<api::PersistentVolumeClaim>();
    made->metadata.name = name;
    made->metadata.namespace_name = "kafka";
    made->storage_class = storage_class;
    made->requested = {bytes};
    create(made);
  }
  void storage_class(const std::string& name, const std::string& binding) {
    auto made = std::make_shared<api::StorageClass>();
    made->metadata.name = name;
    made->provisioner = "twin.csi";
    made->binding_mode = binding;
    made->allow_volume_expansion = true;
    create(made);
  }

  KubeReply call(Verb verb, api::ObjectPtr object) {
    KubeRequest request;
    request.verb = verb;
    request.kind = object->kind;
    request.namespace_name = object->metadata.namespace_name;
    request.name = object->metadata.name;
    request.object = std::move(object);
    return kube.execute(request);
  }
  KubeReply create(api::ObjectPtr object) { return call(Verb::create, std::move(object)); }
  KubeReply apply(api::ObjectPtr object, const std::string& manager, bool force = false) {
    KubeRequest request;
    request.verb = Verb::apply;
    request.kind = object->kind;
    request.object = std::move(object);
    request.field_manager = manager;
    request.force = force;
    return kube.execute(request);
  }
  KubeReply act(Verb verb, api::Kind kind, const std::string& name,
                std::optional<sim::Duration> grace = {}) {
    KubeRequest request;
    request.verb = verb;
    request.kind = kind;
    request.namespace_name = "kafka";
    request.name = name;
    request.grace = grace;
    return kube.execute(request);
  }

  const api::Pod* find_pod(const std::string& name) const {
    held_ = kube.find(api::Kind::pod, "kafka", name);
    return api::as<api::Pod>(held_);
  }
  api::Uid uid(const std::string& name) const { return kube.uid_of_pod(name); }
  std::string waiting(const std::string& name) const {
    const api::Pod* found = find_pod(name);
    return found->status.containers.empty() ? "" : found->status.containers[0].waiting_reason;
  }

  struct Entry {
    sim::Time at;
    uint16_t type = 0;
    std::vector<int64_t> fields;
  };
  Hardware hardware;
  Kernel kernel;
  KubeCluster kube;
  PlayedContainers containers;
  std::vector<Entry> records;
  std::vector<controller::WatchEvent> seen;
  std::vector<sim::Time> seen_at;

 private:
  mutable api::ObjectPtr held_;
};

// Instants of a run that begins at 0.
constexpr sim::Time at(sim::Duration since_start) { return {since_start.ns}; }
inline std::vector<sim::Time> instants(std::initializer_list<sim::Duration> since_start) {
  std::vector<sim::Time> all;
  for (const sim::Duration each : since_start) all.push_back(at(each));
  return all;
}

}  // namespace twin::model
