#include "model/kube/context.h"

namespace twin::model::kube {

bool set_condition(std::vector<api::Condition>& conditions, const std::string& type, bool holds,
                   sim::Time now, const std::string& reason, const std::string& message) {
  const char* status = holds ? "True" : "False";
  for (api::Condition& condition : conditions) {
    if (condition.type != type) continue;
    if (condition.status == status && condition.reason == reason && condition.message == message) {
      return false;
    }
    if (condition.status != status) condition.last_transition = now;
    condition.status = status;
    condition.reason = reason;
    condition.message = message;
    return true;
  }
  conditions.push_back({type, status, reason, message, now});
  return true;
}

}  // namespace twin::model::kube
