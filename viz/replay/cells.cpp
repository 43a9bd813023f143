#include "viz/replay/cells.h"

#include <algorithm>
#include <array>

namespace twin::viz {

std::string_view cell_state_name(CellState state) {
  static constexpr std::array<std::string_view, kCellStates> kNames{
      "in sync",    "moving",        "catching up", "under-replicated",
      "at min ISR", "under min ISR", "offline",     "unknown"};
  return kNames[static_cast<size_t>(state)];
}

namespace {

// Dense by node id: 100,000 partitions ask three times each.
std::vector<bool> serving_brokers(const trace::Cursor& cursor) {
  constexpr int64_t kDenseMax = int64_t{1} << 20;
  std::vector<bool> serving;
  for (const auto& [id, node] : cursor.nodes()) {
    if (id < 0 || id >= kDenseMax || (node.roles & 1) == 0) continue;
    if (static_cast<size_t>(id) >= serving.size()) serving.resize(static_cast<size_t>(id) + 1);
    serving[static_cast<size_t>(id)] = node.running && !node.fenced;
  }
  return serving;
}

CellState state_of(const trace::PartitionView& view, int64_t min_isr,
                   const std::vector<bool>& serving) {
  const auto& replicas = view.replicas();
  if (replicas.empty()) return CellState::unknown;
  if (view.leader < 0) return CellState::offline;
  if (view.under_min_isr) return CellState::under_min_isr;
  const int isr = view.isr_size();
  const int all = view.replication_factor();
  if (isr >= all) return view.moving ? CellState::moving : CellState::in_sync;
  if (isr <= min_isr && all > min_isr) return CellState::at_min_isr;
  for (size_t i = 0; i < replicas.size() && i < trace::kReplicasMax; ++i) {
    if ((((view.isr_mask | view.adding_mask) >> i) & 1) != 0) continue;
    const auto id = static_cast<size_t>(replicas[i]);
    if (id >= serving.size() || !serving[id]) return CellState::under_replicated;
  }
  return CellState::catching_up;
}

}  // namespace

std::vector<CellState> cell_states(const trace::Cursor& cursor) {
  const std::vector<bool> serving = serving_brokers(cursor);
  const auto& partitions = cursor.partitions();
  std::vector<CellState> cells(partitions.size(), CellState::unknown);
  for (const auto& [id, topic] : cursor.topics()) {
    const auto first = static_cast<size_t>(std::max<int64_t>(topic.first_partition, 0));
    const auto count = static_cast<size_t>(std::max<int64_t>(topic.partitions, 0));
    for (size_t i = first; i < partitions.size() && i - first < count; ++i) {
      cells[i] = state_of(partitions[i], topic.min_isr, serving);
    }
  }
  return cells;
}

CellCounts count_cells(const std::vector<CellState>& cells) {
  CellCounts counts;
  for (const CellState cell : cells) ++counts.of[static_cast<size_t>(cell)];
  return counts;
}

}  // namespace twin::viz
