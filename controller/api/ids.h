// Strong ids. A Kafka node id, a dense partition index and a Kubernetes uid must never be mixed up,
// so each has its own type; all compare by value and none converts silently.
#pragma once

#include <compare>
#include <cstdint>

namespace twin::api {

// `broker.id` in the ZooKeeper era, `node.id` in KRaft; controllers have one as well.
struct NodeId {
  int32_t value = -1;
  constexpr auto operator<=>(const NodeId&) const = default;
  constexpr bool valid() const { return value >= 0; }
};

// Identity of one incarnation of a Kubernetes object: a pod that was deleted and recreated under
// the same name has another uid. 0 means none.
struct Uid {
  uint64_t value = 0;
  constexpr auto operator<=>(const Uid&) const = default;
  constexpr bool valid() const { return value != 0; }
};

// metadata.resourceVersion. The API server of the twin counts writes, real ones are opaque strings
// that today hold an integer as well. 0 means "any".
struct ResourceVersion {
  uint64_t value = 0;
  constexpr auto operator<=>(const ResourceVersion&) const = default;
};

}  // namespace twin::api
