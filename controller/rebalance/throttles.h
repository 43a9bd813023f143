// Replication throttles: as they stand in a cluster, as moves want them, and what has to be altered
// so that the one becomes the other. Rates are per broker and count in both directions by
// themselves; a topic's lists say whose traffic counts: partition:broker of every replica that is
// read from (leaders) and of every one that is added (followers). The lists hold the moves that go
// on and nothing else, since what is listed and done goes on eating the quota.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/kafka.h"

namespace twin::controller::rebalance {

inline constexpr std::string_view kLeaderRate = "leader.replication.throttled.rate";
inline constexpr std::string_view kFollowerRate = "follower.replication.throttled.rate";
inline constexpr std::string_view kLeaderList = "leader.replication.throttled.replicas";
inline constexpr std::string_view kFollowerList = "follower.replication.throttled.replicas";

struct BrokerRates {
  std::optional<int64_t> leader, follower;  // bytes per second
  bool any() const { return leader || follower; }
  bool operator==(const BrokerRates&) const = default;
};
struct ReplicaLists {
  std::string leaders, followers;
  bool any() const { return !leaders.empty() || !followers.empty(); }
  bool operator==(const ReplicaLists&) const = default;
};

struct Throttles {
  std::map<int32_t, BrokerRates> rates;       // of brokers that answered, by id
  std::map<std::string, ReplicaLists> lists;  // of topics that have any
  bool any() const;
  // "leader.replication.throttled.rate of broker 3": the first that stands. "" = none.
  std::string first() const;
};

// A partition on its way: who is read from, who receives.
struct Flight {
  std::string topic;
  int32_t partition = 0;
  std::vector<int32_t> sources, destinations;
};

BrokerRates rates_in(const std::vector<api::ConfigEntry>& entries);
std::map<std::string, ReplicaLists> lists_in(const api::TopicConfigsSnapshot& configs);

// By topic. Flights without destinations are not listed.
std::map<std::string, ReplicaLists> lists_for(const std::vector<Flight>& flights);

// Empty texts remove.
api::IncrementalAlterConfigsRequest set_lists(const std::string& topic, const ReplicaLists& lists);
api::IncrementalAlterConfigsRequest set_rates(api::NodeId broker, std::optional<int64_t> rate);

// A quota remembers about 10.5 s (11 or 12 samples of 1 s). Raised by d bytes per second it lets
// d x 10.5 s through at once, since all it remembers was sent at the old rate.
inline constexpr int64_t kQuotaMemoryMs = 10'500;

// The rate to set next on the way from `now` to `wanted`, so that the burst of a raise stays under
// `burst_bytes`. Lowering is one step.
int64_t next_rate(int64_t now, int64_t wanted, int64_t burst_bytes);

}  // namespace twin::controller::rebalance
