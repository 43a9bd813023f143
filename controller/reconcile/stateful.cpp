#include "controller/reconcile/steps.h"
namespace twin::controller {
const std::vector<Step>& stateful_steps() {
  static const std::vector<Step> list{};
  return list;
}
}  // namespace twin::controller
