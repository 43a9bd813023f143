#include "model/faults/fault_board.h"

#include "model/events.h"
#include "model/faults/fault_effects.h"
#include "model/world.h"
#include "sim/assert.h"

namespace twin::model {

sim::Expected<FaultIndex> FaultBoard::inject(const Fault& fault) {
  Kernel& kernel = world_.kernel;
  const auto index = static_cast<FaultIndex>(entries_.size());
  std::vector<std::string> touched;
  auto targets = fault_targets(world_, fault);
  if (!targets) return targets.error();
  const RecordId record = kernel.emit(
      trace::FaultInjected{index, static_cast<int64_t>(fault.kind)}, describe(fault));
  Kernel::ScopedCause cause(kernel, record);
  entries_.push_back({fault, true, std::move(targets.value())});
  last_change_ = kernel.now();
  apply_fault(world_, fault, entries_.back().touched, index);
  if (!info_of(fault.kind).heals) {
    entries_.back().active = false;
  } else if (fault.duration.ns > 0) {
    kernel.after(fault.duration, event_type(Part::faults, Local::heal), index);
  }
  return index;
}

void FaultBoard::heal(FaultIndex index) {
  Entry& entry = entries_.at(index);
  if (!entry.active) return;
  entry.active = false;
  Kernel& kernel = world_.kernel;
  last_change_ = kernel.now();
  const RecordId record =
      kernel.emit(trace::FaultHealed{index, static_cast<int64_t>(entry.fault.kind)});
  Kernel::ScopedCause cause(kernel, record);
  heal_fault(world_, entry.fault, entry.touched, index);
}

void FaultBoard::heal_all() {
  for (FaultIndex index = 0; index < entries_.size(); ++index) heal(index);
}

bool FaultBoard::any_active() const {
  for (const Entry& entry : entries_) {
    if (entry.active) return true;
  }
  return false;
}

void FaultBoard::handle(const sim::Event& event) {
  TWIN_ASSERT(local_type<Local>(event.type) == Local::heal);
  heal(event.entity);
}

}  // namespace twin::model
