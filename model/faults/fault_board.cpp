#include "model/faults/fault_board.h"

#include <algorithm>

#include "model/events.h"
#include "model/faults/fault_effects.h"
#include "model/world.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::model {

namespace {

// A mark for each kind, so that a campaign can tell which were never injected.
void mark_later_kinds(FaultKind kind) {
  switch (kind) {
    case FaultKind::slow_start:
      TWIN_MARK("fault_slow_start");
      return;
    case FaultKind::slow_metadata:
      TWIN_MARK("fault_slow_metadata");
      return;
    case FaultKind::pod_delete:
      TWIN_MARK("fault_pod_delete");
      return;
    case FaultKind::start_fails:
      TWIN_MARK("fault_start_fails");
      return;
    case FaultKind::image_broken:
      TWIN_MARK("fault_image_broken");
      return;
    case FaultKind::throttle_follower:
      TWIN_MARK("fault_throttle_follower");
      return;
    case FaultKind::unschedulable:
      TWIN_MARK("fault_unschedulable");
      return;
    case FaultKind::operator_no_dns:
      TWIN_MARK("fault_operator_no_dns");
      return;
    case FaultKind::node_drain:
      TWIN_MARK("fault_node_drain");
      return;
    case FaultKind::volume_unattachable:
      TWIN_MARK("fault_volume_unattachable");
      return;
    case FaultKind::admission_refusal:
      TWIN_MARK("fault_admission_refusal");
      return;
    case FaultKind::missed_event:
      TWIN_MARK("fault_missed_event");
      return;
    case FaultKind::clock_jump:
      TWIN_MARK("fault_clock_jump");
      return;
    case FaultKind::slow_network:
      TWIN_MARK("fault_slow_network");
      return;
    case FaultKind::failed_disk:
      TWIN_MARK("fault_failed_disk");
      return;
    case FaultKind::full_disk:
      TWIN_MARK("fault_full_disk");
      return;
    case FaultKind::operator_hang:
      TWIN_MARK("fault_operator_hang");
      return;
    default:
      return;
  }
}

void mark(FaultKind kind) {
  switch (kind) {
    case FaultKind::broker_crash:
      TWIN_MARK("fault_broker_crash");
      return;
    case FaultKind::broker_hang:
      TWIN_MARK("fault_broker_hang");
      return;
    case FaultKind::power_off:
      TWIN_MARK("fault_power_off");
      return;
    case FaultKind::node_loss:
      TWIN_MARK("fault_node_loss");
      return;
    case FaultKind::zone_loss:
      TWIN_MARK("fault_zone_loss");
      return;
    case FaultKind::slow_disk:
      TWIN_MARK("fault_slow_disk");
      return;
    case FaultKind::lost_disk:
      TWIN_MARK("fault_lost_disk");
      return;
    case FaultKind::volume_stuck:
      TWIN_MARK("fault_volume_stuck");
      return;
    case FaultKind::network_cut:
      TWIN_MARK("fault_network_cut");
      return;
    case FaultKind::operator_crash:
      TWIN_MARK("fault_operator_crash");
      return;
    case FaultKind::api_error:
      TWIN_MARK("fault_api_error");
      return;
    case FaultKind::stale_cache:
      TWIN_MARK("fault_stale_cache");
      return;
    case FaultKind::watch_expiry:
      TWIN_MARK("fault_watch_expiry");
      return;
    default:
      return mark_later_kinds(kind);
  }
}

}  // namespace

sim::Expected<FaultIndex> FaultBoard::inject(const Fault& fault) {
  Kernel& kernel = world_.kernel;
  const auto index = static_cast<FaultIndex>(entries_.size());
  auto targets = fault_targets(world_, fault);
  if (!targets) return targets.error();
  mark(fault.kind);
  const RecordId record =
      kernel.emit(trace::FaultInjected{index, static_cast<int64_t>(fault.kind)}, describe(fault));
  Kernel::ScopedCause cause(kernel, record);
  entries_.push_back({fault, true, std::move(targets.value())});
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
  const RecordId record =
      kernel.emit(trace::FaultHealed{index, static_cast<int64_t>(entry.fault.kind)});
  Kernel::ScopedCause cause(kernel, record);
  std::vector<std::string> whole;
  for (const std::string& thing : entry.touched) {
    const Entry* other = holder_of(thing, entry.fault);
    if (other == nullptr) {
      whole.push_back(thing);
      continue;
    }
    TWIN_MARK("fault_held_by_another");
    if (other->fault.amount == entry.fault.amount) continue;
    apply_fault(world_, other->fault, {thing}, static_cast<FaultIndex>(other - entries_.data()));
  }
  if (whole.empty() && !entry.touched.empty()) return;
  heal_fault(world_, entry.fault, whole, index);
}

// The latest fault that still holds the thing in the state that this one left.
const FaultBoard::Entry* FaultBoard::holder_of(const std::string& thing,
                                               const Fault& healed) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (!entry->active || !competes(healed, entry->fault)) continue;
    if (std::ranges::find(entry->touched, thing) != entry->touched.end()) return &*entry;
  }
  return nullptr;
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
