// What is wrong with a partition, worst first wins: what its cell shows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace/cursor.h"

namespace twin::viz {

enum class CellState : uint8_t {
  in_sync,
  moving,            // a reassignment is under way, and all old replicas are in sync
  catching_up,       // a replica outside the ISR, whose broker serves
  under_replicated,  // a replica outside the ISR, whose broker does not serve
  at_min_isr,        // one more lost, and producers stop
  under_min_isr,
  offline,  // no leader
  unknown,  // no partition of this number is known
};
constexpr int kCellStates = 8;

std::string_view cell_state_name(CellState state);  // "at min ISR"

// Of every partition.
std::vector<CellState> cell_states(const trace::Cursor& cursor);

// How many partitions are in each state.
struct CellCounts {
  int64_t of[kCellStates] = {};
  int64_t operator[](CellState state) const { return of[static_cast<size_t>(state)]; }
};
CellCounts count_cells(const std::vector<CellState>& cells);

}  // namespace twin::viz
