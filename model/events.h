// Event types are (part of the world, that part's own number): World dispatches on the part and the
// part switches on its own enum. The entity, generation and argument of an event mean what the part
// says.
#pragma once

#include <cstdint>

namespace twin::model {

enum class Part : uint8_t { kube = 1, kafka, replication, clients, faults, operators, director };

template <class E>
constexpr uint16_t event_type(Part part, E local) {
  return static_cast<uint16_t>((static_cast<unsigned>(part) << 8) | static_cast<unsigned>(local));
}
constexpr Part part_of(uint16_t type) { return static_cast<Part>(type >> 8); }
template <class E>
constexpr E local_type(uint16_t type) {
  return static_cast<E>(type & 0xff);
}

}  // namespace twin::model
