// Carries faults out and heals them when their time is over. Each kind's effect is one function on
// the parts of the world (fault_effects.cpp); this keeps the list of what is wrong now. Faults may
// overlap: a thing that several of them hold is whole again when the last one is healed, and of
// several that slow it down the latest counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/faults/fault.h"
#include "model/kernel.h"

namespace twin::model {

class World;
using FaultIndex = uint32_t;

class FaultBoard {
 public:
  explicit FaultBoard(World& world) : world_(world) {}

  // Error: the target does not exist or the kind's parameters make no sense.
  sim::Expected<FaultIndex> inject(const Fault& fault);
  // No-op when it is healed already.
  void heal(FaultIndex index);

  size_t count() const { return entries_.size(); }
  const Fault& fault(FaultIndex index) const { return entries_.at(index).fault; }
  bool active(FaultIndex index) const { return entries_.at(index).active; }
  bool any_active() const;

  void handle(const sim::Event& event);

 private:
  enum class Local : uint8_t { heal = 1 };
  struct Entry {
    Fault fault;
    bool active = false;
    std::vector<std::string> touched;  // what exactly was hit: nodes of a zone, a pod's machine
  };
  const Entry* holder_of(const std::string& thing, const Fault& healed) const;

  World& world_;
  std::vector<Entry> entries_;
};

}  // namespace twin::model
