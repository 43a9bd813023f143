// PodDisruptionBudgets: how many of the pods that a budget selects may be evicted now.
// Law: policy/v1; pkg/controller/disruption and the eviction subresource (budgets do not protect
// pods that do not run yet or are Terminating; a pod that is not Ready may be evicted when the
// others satisfy the budget: unhealthyPodEvictionPolicy IfHealthyBudget).
#pragma once

#include <optional>
#include <string>

#include "controller/api/kube.h"
#include "model/kube/store.h"

namespace twin::model::kube {

int32_t disruptions_allowed(const Store& store, const api::PodDisruptionBudget& budget);
// Why the eviction is refused with 429; nullopt when it is allowed.
std::optional<std::string> eviction_refusal(const Store& store, const api::Pod& pod);

}  // namespace twin::model::kube
