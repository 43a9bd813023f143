#include "controller/api/kube.h"

namespace twin::api {

bool is_ready(const Pod& pod) {
  const Condition* ready = find_condition(pod.status.conditions, "Ready");
  return ready && ready->status == "True";
}

bool is_terminating(const Pod& pod) { return pod.metadata.deletion_time.has_value(); }

std::string zone_of(const Node& node) {
  const auto found = node.metadata.labels.find("topology.kubernetes.io/zone");
  return found == node.metadata.labels.end() ? std::string{} : found->second;
}

}  // namespace twin::api
