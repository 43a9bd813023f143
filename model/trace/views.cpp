#include "model/trace/views.h"

#include <array>
#include <bit>

namespace twin::trace {

const std::vector<int64_t>& PartitionView::replicas() const {
  static const std::vector<int64_t> kNone;
  return list == nullptr ? kNone : *list;
}

bool PartitionView::in_isr(int64_t node) const {
  const auto& all = replicas();
  for (size_t i = 0; i < all.size() && i < kReplicasMax; ++i) {
    if (all[i] == node) return ((isr_mask >> i) & 1) != 0;
  }
  return false;
}

int PartitionView::isr_size() const { return std::popcount(isr_mask); }

int PartitionView::replication_factor() const {
  return static_cast<int>(replicas().size()) - std::popcount(adding_mask);
}

bool PartitionView::under_replicated() const { return isr_size() < replication_factor(); }

NodeState state_of(const NodeView& node) {
  if (!node.running) {
    if (!node.pod_exists) return NodeState::no_pod;
    if (node.failed && !node.pod_deleting) return NodeState::crashed;
    return node.pod_deleting ? NodeState::shutting_down : NodeState::waiting;
  }
  if (node.shutting_down) return NodeState::shutting_down;
  const bool broker = (node.roles & 1) != 0;
  if (!broker) {
    if (node.pod_deleting) return NodeState::shutting_down;
    return node.pod_ready ? NodeState::serving : NodeState::starting;
  }
  if (node.loading_logs) return NodeState::loading_logs;
  if (node.fenced) return node.served ? NodeState::fenced : NodeState::starting;
  return node.in_isr < node.replicas ? NodeState::catching_up : NodeState::serving;
}

std::string_view node_state_name(NodeState state) {
  static constexpr std::array<std::string_view, kNodeStates> kNames{
      "no pod",      "waiting", "starting",      "loading logs", "fenced",
      "catching up", "serving", "shutting down", "crashed"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace twin::trace
