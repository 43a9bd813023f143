// An event: something that will happen at an instant of simulated time.
//
// Events are 32 bytes of plain data, dispatched by `type`, whose meaning belongs to the model. What
// does not fit into `entity` and `argument` lives in the model's own tables. There is no handle to
// cancel one: the model keeps a generation number per entity, writes it into the event, and drops
// an event whose generation is no longer current when it arrives. Bumping the number cancels.
#pragma once

#include <cstdint>
#include <type_traits>

#include "sim/time.h"

namespace twin::sim {

// The order of work within one instant. All acts change the world, then one solve computes what
// follows from all of them together, then checks look at a whole instant.
enum class Phase : uint8_t { act, solve, check };
constexpr int kPhaseCount = 3;

struct Event {
  Time at{};
  uint16_t type = 0;
  Phase phase = Phase::act;
  uint8_t reserved = 0;
  uint32_t entity = 0;
  uint32_t generation = 0;
  uint32_t argument = 0;
  uint64_t cause = 0;  // the trace record that led to this event, 0 if none

  bool operator==(const Event&) const = default;
};

static_assert(sizeof(Event) == 32);
static_assert(std::is_trivially_copyable_v<Event>);

// How queues read an event's key. REQUIRES: at >= 0, which Engine::schedule asserts.
struct EventKey {
  static constexpr uint64_t key(const Event& event) { return static_cast<uint64_t>(event.at.ns); }
};

}  // namespace twin::sim
