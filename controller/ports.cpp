#include "controller/ports.h"

#include <array>

namespace twin::controller {

std::string_view outcome_name(Outcome outcome) {
  static constexpr std::array<std::string_view, 12> kNames{
      "ok", "not_found", "conflict", "already_exists", "gone", "invalid", "forbidden",
      "too_many_requests", "server_error", "refused", "unknown", "unresolved"};
  return kNames.at(static_cast<size_t>(outcome));
}

std::string_view verb_name(Verb verb) {
  static constexpr std::array<std::string_view, 9> kNames{
      "get", "list", "watch", "create", "update", "update_status", "apply", "remove", "evict"};
  return kNames.at(static_cast<size_t>(verb));
}

std::string_view decision_kind_name(DecisionKind kind) {
  static constexpr std::array<std::string_view, 13> kNames{
      "note", "reconcile", "order", "restart", "wait", "skip", "reconfigure", "refuse", "give_up",
      "upgrade_phase", "create", "remove", "scale"};
  return kNames.at(static_cast<size_t>(kind));
}

}  // namespace twin::controller
