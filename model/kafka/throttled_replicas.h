// A topic's list of throttled replicas: leader.replication.throttled.replicas says whose reads for
// followers count and are held back at the leader, follower.replication.throttled.replicas whose
// fetches are at the follower. `*` or `partition:broker,partition:broker`.
// Source: ThrottledReplicaListValidator, ConfigHandler.parseThrottledPartitions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/api/ids.h"

namespace twin::model {

inline constexpr std::string_view kLeaderThrottledReplicas =
    "leader.replication.throttled.replicas";
inline constexpr std::string_view kFollowerThrottledReplicas =
    "follower.replication.throttled.replicas";

class ThrottledReplicas {
 public:
  // nullopt when Kafka would refuse the text. Empty text lists nobody.
  static std::optional<ThrottledReplicas> parse(std::string_view text);

  // The partition by its number within the topic.
  bool contains(uint32_t partition, api::NodeId broker) const;
  bool empty() const { return !all_ && listed_.empty(); }
  bool operator==(const ThrottledReplicas&) const = default;

 private:
  bool all_ = false;
  std::vector<std::pair<uint32_t, int32_t>> listed_;  // sorted
};

}  // namespace twin::model
