#include "model/kube/disruption.h"

#include <algorithm>

namespace twin::model::kube {

namespace {

struct Counted {
  int32_t total = 0;
  int32_t healthy = 0;
};

Counted count_pods(const Store& store, const api::PodDisruptionBudget& budget) {
  Counted counted;
  for (const auto& [key, object] : store.all(api::Kind::pod)) {
    if (key.first != budget.metadata.namespace_name) continue;
    if (!matches(object->metadata.labels, budget.selector)) continue;
    const auto& pod = api::as<api::Pod>(*object);
    ++counted.total;
    counted.healthy += api::is_ready(pod) && !api::is_terminating(pod) ? 1 : 0;
  }
  return counted;
}

int32_t needed_by(const api::PodDisruptionBudget& budget, const Counted& counted) {
  if (!budget.max_unavailable) return budget.min_available.value_or(0);
  return std::max(0, counted.total - *budget.max_unavailable);
}

}  // namespace

int32_t disruptions_allowed(const Store& store, const api::PodDisruptionBudget& budget) {
  const Counted counted = count_pods(store, budget);
  return std::max(0, counted.healthy - needed_by(budget, counted));
}

std::optional<std::string> eviction_refusal(const Store& store, const api::Pod& pod) {
  // What does not run yet, or goes already, is nobody's loss.
  if (pod.status.phase != api::PodPhase::running || api::is_terminating(pod)) return std::nullopt;
  for (const auto& [key, object] : store.all(api::Kind::pod_disruption_budget)) {
    const auto& budget = api::as<api::PodDisruptionBudget>(*object);
    if (key.first != pod.metadata.namespace_name || budget.selector.empty()) continue;
    if (!matches(pod.metadata.labels, budget.selector)) continue;
    const Counted counted = count_pods(store, budget);
    const int32_t needed = needed_by(budget, counted);
    if (counted.healthy > needed) continue;
    if (!api::is_ready(pod) && counted.healthy >= needed && needed > 0) continue;
    return "Cannot evict pod as it would violate the pod's disruption budget. (The disruption "
           "budget " +
           budget.metadata.name + " needs " + std::to_string(needed) + " healthy pods and has " +
           std::to_string(counted.healthy) + " currently)";
  }
  return std::nullopt;
}

}  // namespace twin::model::kube
