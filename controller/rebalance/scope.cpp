#include "controller/rebalance/scope.h"

#include <algorithm>

namespace twin::controller::rebalance {

int Scope::spread(const ReplicaList& list) const {
  int racks_seen = 0;
  for (int i = 0; i < list.size; ++i) {
    bool seen = false;
    for (int j = 0; j < i && !seen; ++j) seen = rack[list[j]] == rack[list[i]];
    racks_seen += seen ? 0 : 1;
  }
  return racks_seen;
}

namespace {

sim::Error no_broker(const ClusterView& view, const char* option, api::NodeId id) {
  return {option, "there is no broker " + std::to_string(id.value), "ids are " + view.broker_ids()};
}

sim::Expected<void> choose_partitions(const ClusterView& view, const PlanRequest& request,
                                      Scope& scope) {
  scope.movable.assign(view.partitions.size(), request.topics.empty() ? 1 : 0);
  for (const std::string& name : request.topics) {
    const auto topic = view.find_topic(name);
    if (!topic) {
      return sim::Error{"--topics-to-move-json-file", "there is no topic `" + name + "`",
                        std::to_string(view.topics.size()) + " topics are known"};
    }
    const TopicView& row = view.topics[*topic];
    std::fill_n(scope.movable.begin() + row.first, row.partitions, uint8_t{1});
  }
  return {};
}

// Brokers that may hold, by --broker-list or all; those that are not live may not.
sim::Expected<void> choose_brokers(const ClusterView& view, const PlanRequest& request,
                                   Scope& scope) {
  scope.allowed.assign(view.brokers.size(), request.brokers.empty() ? 1 : 0);
  for (const api::NodeId id : request.brokers) {
    const auto broker = view.find_broker(id);
    if (!broker) return no_broker(view, "--broker-list", id);
    scope.allowed[*broker] = 1;
  }
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    if (!view.brokers[b].live) scope.allowed[b] = 0;
  }
  return {};
}

// Who goes and who comes instead.
sim::Expected<void> apply_replacements(const ClusterView& view, const PlanRequest& request,
                                       Scope& scope) {
  const bool replaces = request.strategy == Strategy::replace;
  if (request.replacements.empty() == replaces) {
    return replaces ? sim::Error{"--replace", "`replace` does not say which brokers",
                                 "the old and the new one: --replace 2=7"}
                    : sim::Error{
                          "--replace",
                          "`" + std::string(strategy_name(request.strategy)) + "` replaces nobody",
                          "--strategy replace"};
  }
  for (const auto& [from, to] : request.replacements) {
    for (const api::NodeId id : {from, to}) {
      if (!view.find_broker(id)) return no_broker(view, "--replace", id);
    }
    const BrokerIndex leaves = *view.find_broker(from), comes = *view.find_broker(to);
    if (scope.leaves[leaves] != 0 || scope.leaves[comes] != 0 || from == to) {
      return sim::Error{"--replace",
                        "broker " + std::to_string(from.value) + " or " + std::to_string(to.value) +
                            " is replaced already",
                        "each broker once, by one that stays"};
    }
    if (scope.allowed[comes] == 0) {
      return sim::Error{"--replace", "broker " + std::to_string(to.value) + " cannot be filled",
                        "it is not live, or not in --broker-list"};
    }
    scope.allowed[leaves] = scope.receives[leaves] = 0;
    scope.leaves[leaves] = 1;
  }
  return {};
}

// Whom the strategy empties or fills.
sim::Expected<void> apply_subjects(const ClusterView& view, const PlanRequest& request,
                                   Scope& scope) {
  const bool drains = request.strategy == Strategy::drain;
  const bool adds = request.strategy == Strategy::add;
  if (request.subjects.empty() == (drains || adds)) {
    const std::string name(strategy_name(request.strategy));
    return drains || adds
               ? sim::Error{"--brokers", "`" + name + "` does not say which brokers",
                            drains ? "those to empty: --brokers 3" : "those to fill: --brokers 3"}
               : sim::Error{"--brokers", "`" + name + "` takes none", "drain and add do"};
  }
  scope.receives = scope.allowed;
  scope.leaves.assign(view.brokers.size(), 0);
  if (request.strategy == Strategy::minimal) {
    for (size_t b = 0; b < view.brokers.size(); ++b)
      scope.leaves[b] = scope.allowed[b] == 0 ? 1 : 0;
  }
  if (adds) scope.receives.assign(view.brokers.size(), 0);
  for (const api::NodeId id : request.subjects) {
    const auto broker = view.find_broker(id);
    if (!broker) return no_broker(view, "--brokers", id);
    if (drains) {
      scope.allowed[*broker] = 0;
      scope.receives[*broker] = 0;
      scope.leaves[*broker] = 1;
    } else if (scope.allowed[*broker] == 0) {
      return sim::Error{"--brokers", "broker " + std::to_string(id.value) + " cannot be filled",
                        "it is not live, or not in --broker-list"};
    } else {
      scope.receives[*broker] = 1;
    }
  }
  return {};
}

sim::Expected<void> number_racks(const ClusterView& view, const PlanRequest& request,
                                 Scope& scope) {
  std::vector<std::string> names;
  size_t without = 0, holders = 0;
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    if (scope.allowed[b] == 0) continue;
    ++holders;
    without += view.brokers[b].rack.empty() ? 1 : 0;
  }
  const bool aware = request.rack_aware && without < holders;
  if (aware && without > 0) {
    return sim::Error{"", "some brokers have a rack and others none",
                      "give every broker a rack, or add --disable-rack-aware"};
  }
  for (const BrokerView& broker : view.brokers) names.push_back(broker.rack);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  scope.rack_names = static_cast<uint16_t>(aware ? names.size() : view.brokers.size());
  std::vector<uint8_t> used(scope.rack_names, 0);
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    const auto at = std::ranges::lower_bound(names, view.brokers[b].rack);
    scope.rack.push_back(
        static_cast<uint16_t>(aware ? at - names.begin() : static_cast<ptrdiff_t>(b)));
    if (scope.allowed[b] != 0) used[scope.rack.back()] = 1;
  }
  scope.racks = static_cast<uint16_t>(std::ranges::count(used, uint8_t{1}));
  return {};
}

void weigh(const ClusterView& view, Scope& scope) {
  constexpr int64_t kLeastShareOfMean = 100;
  int64_t total = 0;
  for (const PartitionView& row : view.partitions) total += row.bytes;
  const auto count = static_cast<int64_t>(std::max<size_t>(view.partitions.size(), 1));
  const int64_t least = std::max<int64_t>(1, total / count / kLeastShareOfMean);
  for (const PartitionView& row : view.partitions) {
    scope.weight.push_back(std::max(row.bytes, least));
  }
}

sim::Expected<void> check_counts(const ClusterView& view, const Scope& scope) {
  const auto holders = std::ranges::count(scope.allowed, uint8_t{1});
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    if (scope.movable[p] == 0 || view.partitions[p].replicas.size <= holders) continue;
    return sim::Error{view.partition_name(p),
                      "replication factor " + std::to_string(view.partitions[p].replicas.size) +
                          " is larger than the " + std::to_string(holders) +
                          " brokers that may hold replicas",
                      "allow more brokers, or leave the topic where it is"};
  }
  return {};
}

}  // namespace

sim::Expected<Scope> make_scope(const ClusterView& view, const PlanRequest& request) {
  Scope scope;
  if (auto good = choose_partitions(view, request, scope); !good) return good.error();
  if (auto good = choose_brokers(view, request, scope); !good) return good.error();
  if (auto good = apply_subjects(view, request, scope); !good) return good.error();
  if (auto good = apply_replacements(view, request, scope); !good) return good.error();
  if (auto good = number_racks(view, request, scope); !good) return good.error();
  if (auto good = check_counts(view, scope); !good) return good.error();
  weigh(view, scope);
  return scope;
}

}  // namespace twin::controller::rebalance
