// Partitions whose ISR is not complete, kept from one look to the next: a roll looks each second,
// and what did not change since the last look is not looked at again. They are all that can forbid
// a restart where RF is above min.insync.replicas: a complete ISR is larger than the minimum.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/roll/availability.h"

namespace twin::controller {

class OpenPartitions {
 public:
  // `moving`: partitions that are being reassigned; they are open as well.
  void look(const api::TopicsSnapshot& topics, const api::TopicConfigsSnapshot& configs,
            const std::vector<api::ReassignmentDescription>& moving = {});

  // The first one, by topic and number, that forbids this broker's restart, as it is or as its move
  // may leave it (availability.h).
  std::optional<BlockingPartition> blocking(api::NodeId broker) const;
  // Replicas that are missing in an ISR although their broker is among those that are up: they come
  // back by themselves. A replica that a move adds is not missing. `who` receives their brokers.
  int64_t coming_back(const std::set<int32_t>& up, std::set<int32_t>& who) const;

 private:
  struct Open {
    uint32_t topic = 0;  // in topics_
    int32_t number = 0;
    int32_t min_isr = -1;  // -1: not known, forbids nothing
    MovingPartition row;
  };
  void collect(const api::TopicsSnapshot& topics, const api::TopicConfigsSnapshot& configs);
  void mark_moves(const api::TopicsSnapshot& topics, const api::TopicConfigsSnapshot& configs,
                  const std::vector<api::ReassignmentDescription>& moving);

  api::SharedBlocks<api::PartitionDescription> seen_;
  std::vector<uint16_t> open_in_block_;  // a bit for each row
  std::vector<std::string> topics_;      // names of those in open_
  std::vector<Open> open_;               // by topic name and number
};

}  // namespace twin::controller
