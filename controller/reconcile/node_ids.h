// Which node ids a pool keeps, gets and gives up (Strimzi's NodeIdAssignor). Ids in use are those
// in the status of all pools. Added ids come from the pool's annotation strimzi.io/next-node-ids,
// else the lowest free one in the cluster, gaps first; removed are those of
// strimzi.io/remove-node-ids, else the highest.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/ids.h"

namespace twin::controller {

// "[0, 1, 2, 10-20, 40-30]" in that order, descending ranges too. nullopt: not a list of ids.
std::optional<std::vector<api::NodeId>> parse_node_id_ranges(std::string_view text);

struct NodeIdInput {
  std::vector<api::NodeId> current;  // of this pool, from its status
  int32_t replicas = 0;
  std::string next_ids;    // annotation, "" = absent
  std::string remove_ids;  // annotation, "" = absent
};

struct NodeIdPlan {
  std::vector<api::NodeId> desired;  // ascending
  std::vector<api::NodeId> to_add;
  std::vector<api::NodeId> to_remove;
  std::vector<std::string> warnings;
};

// `used` holds the ids of all pools; ids given out are added to it, so that the next pool does not
// get them again. Ids given up stay in it: they are free from the next reconcile on.
NodeIdPlan assign_node_ids(const NodeIdInput& input, std::set<api::NodeId>& used);

}  // namespace twin::controller
