// A cluster as it stands on its machines once it is Ready: which node's pod is where, on which
// volumes, and where the replicas of every partition are. Read from the twin's own API server and
// partition table, so that placement is what the scheduler and Kafka make of the manifests.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "controller/api/kube.h"
#include "controller/api/strimzi.h"
#include "scenarios/planning/plan_input.h"
#include "scenarios/runner/session.h"

namespace twin::audit {

struct VolumePlace {
  std::string claim;
  std::string volume;
  std::string storage_class;
  std::string machine;  // of a disk that belongs to one machine, else empty
  std::string reclaim_policy;
};

// A broker, a controller, a node of both roles, or a ZooKeeper server.
struct PlacedNode {
  api::NodeId id;
  std::string pod;
  bool broker = false;
  bool voter = false;  // of the metadata quorum, or of the ensemble
  std::string machine;
  std::string zone;  // empty: the machine says none
  sim::Duration grace{};
  bool kept_apart = false;  // by pod anti-affinity or topology spread constraints
  bool ephemeral = false;
  bool delete_claim = false;
  std::vector<VolumePlace> volumes;
};

struct Deployment {
  std::string file;
  std::shared_ptr<const api::Kafka> kafka;
  std::vector<PlacedNode> nodes;  // by pod
  std::set<std::string> zones;    // of all machines
  bool machines_named = false;    // by the user; else the twin's default stands in for them
  std::vector<std::shared_ptr<const api::PodDisruptionBudget>> budgets;
  std::vector<std::shared_ptr<const api::StorageClass>> storage_classes;  // that the user names
  controller::rebalance::ClusterView view;
  std::set<std::string> internal_topics;
  std::set<std::string> unclean_topics;  // unclean.leader.election.enable
  scenario::Workload workload;

  bool is_zookeeper() const { return kafka->zookeeper.has_value(); }
};

// Plays the scenario without its steps until the cluster is Ready. Error: it never is.
sim::Expected<Deployment> deploy(scenario::Scenario scenario);

}  // namespace twin::audit
