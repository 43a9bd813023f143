// AlterPartition: how leaders change the ISR.
//
// A leader sends one request at a time; what it proposes while one is in flight waits and goes with
// the next (AlterPartitionManager), and what is proposed at one instant travels together. The
// request is decided when it is committed: an older leader epoch is dropped, a replica that is
// fenced or shutting down is refused as ineligible (KIP-903), and asked for again when its broker
// is active (leadership.cpp). Without an active controller everything stays in flight.
#pragma once

#include <cstdint>
#include <vector>

#include "model/kafka/partitions.h"
#include "model/kernel.h"

namespace twin::model::control {

struct IsrProposal {
  PartitionIndex partition = 0;
  int32_t leader_epoch = 0;
  api::NodeId replica;  // not its slot: a reassignment may move it meanwhile
  bool join = false;
};

class IsrChanges {
 public:
  explicit IsrChanges(Kernel& kernel) : kernel_(kernel) {}

  // Queues a proposal of this leader; true when a request leaves now (schedule its commit).
  bool propose(api::NodeId leader, const IsrProposal& proposal);
  // What is in flight, to be decided now; valid until finish().
  const std::vector<IsrProposal>& in_flight(api::NodeId leader);
  // The request is answered; true when the next one leaves now.
  bool finish(api::NodeId leader);
  // The leader's process is gone, its requests with it.
  void drop(api::NodeId leader);
  // Leaders with something in flight, ascending.
  std::vector<api::NodeId> leaders_in_flight() const;

 private:
  struct Leader {
    std::vector<IsrProposal> in_flight;
    std::vector<IsrProposal> waiting;
    sim::Time sent_at{};
  };
  Leader& of(api::NodeId leader);

  Kernel& kernel_;
  std::vector<Leader> leaders_;  // by node id
};

}  // namespace twin::model::control
