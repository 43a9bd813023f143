#include "model/operators/api_faults.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::model {

namespace {
bool is_read(controller::Verb verb) {
  using controller::Verb;
  return verb == Verb::get || verb == Verb::list || verb == Verb::watch;
}
}  // namespace

void ApiFaults::remove(uint32_t id) {
  std::erase_if(rules_, [id](const ApiFaultRule& rule) { return rule.id == id; });
}

const ApiFaultRule* ApiFaults::strike(const controller::KubeRequest& request) {
  const bool read = is_read(request.verb);
  for (ApiFaultRule& rule : rules_) {
    TWIN_ASSERT(rule.every > 0);
    if (read ? !rule.reads : !rule.writes) continue;
    if (rule.kind && *rule.kind != request.kind) continue;
    if (rule.seen++ % rule.every == 0) return &rule;
  }
  return nullptr;
}

}  // namespace twin::model
