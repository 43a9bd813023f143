// Who can reach whom, and how fast. Endpoints are Kubernetes nodes (by zone), the API server and
// the operator; cuts are explicit and counted, so that two overlapping faults heal one by one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/time.h"

namespace twin::model {

// What a cut separates; names are Kubernetes node names, "zone:a", "operator", "api-server", or
// "broker:2" / "controller:3" / "zookeeper:0" for one Kafka process.
class Network {
 public:
  void cut(const std::string& a, const std::string& b);
  void heal(const std::string& a, const std::string& b);
  bool reachable(const std::string& a, const std::string& b) const;
  // A process goes by several names: its own, its machine's, its zone's. A cut of any pair counts.
  bool reachable(const std::vector<std::string>& a, const std::vector<std::string>& b) const;
  bool any_cut() const { return !cuts_.empty(); }

  // Round trips: inside a zone, across zones, to the API server. Set from the scenario.
  sim::Duration rtt_in_zone{200'000};
  sim::Duration rtt_across_zones{1'000'000};

 private:
  std::map<std::pair<std::string, std::string>, int> cuts_;
};

}  // namespace twin::model
