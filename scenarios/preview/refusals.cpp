#include "scenarios/preview/refusals.h"

#include <algorithm>

namespace twin::preview {

using scenario::Report;

namespace {

bool is_refusal(const scenario::DecisionEntry& decision) {
  return decision.kind == controller::DecisionKind::refuse ||
         decision.kind == controller::DecisionKind::give_up;
}

// Where the last reconcile that came to its end begins among the decisions.
size_t last_reconcile(const std::vector<scenario::DecisionEntry>& decisions) {
  bool ended = false;
  for (size_t i = decisions.size(); i-- > 0;) {
    if (decisions[i].kind != controller::DecisionKind::reconcile) continue;
    if (decisions[i].code == "Started" && ended) return i;
    ended |= decisions[i].code != "Started";
  }
  return 0;
}

// Is it refused, in these words, from decision `from` on?
bool is_refused(const std::vector<scenario::DecisionEntry>& decisions, size_t from,
                const scenario::DecisionEntry& what) {
  for (size_t i = from; i < decisions.size(); ++i) {
    const scenario::DecisionEntry& each = decisions[i];
    if (is_refusal(each) && each.code == what.code && each.reason == what.reason) return true;
  }
  return false;
}

}  // namespace

std::vector<Refusal> refusals_of(const Report& report, const Report& before) {
  std::vector<Refusal> list;
  const auto listed = [&](const scenario::DecisionEntry& decision) {
    return std::any_of(list.begin(), list.end(), [&](const Refusal& each) {
      return each.code == decision.code && each.why == decision.reason;
    });
  };
  const size_t last = last_reconcile(report.decisions);
  for (const scenario::DecisionEntry& decision : report.decisions) {
    if (!is_refusal(decision) || decision.at.ns < 0 || listed(decision)) continue;
    if (is_refused(before.decisions, 0, decision)) continue;
    list.push_back({decision.at, decision.code, decision.reason,
                    is_refused(report.decisions, last, decision)});
  }
  if (report.end == "badStep") list.push_back({{}, "ApiServer", report.end_detail});
  if (!list.empty()) return list;
  const api::Condition* ready = api::find_condition(report.conditions, "NotReady");
  if (ready != nullptr) list.push_back({report.duration, ready->reason, ready->message});
  return list;
}

}  // namespace twin::preview
