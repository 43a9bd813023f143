// What the program is told, and what it answers: docs/EXEC.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/roll/questions.h"
#include "controller/roll/roller.h"

namespace twin::exec {

struct SeenNode {
  const controller::RollNode* node = nullptr;
  const api::Pod* pod = nullptr;  // null: there is none
  std::vector<std::string> reasons;
};

struct Observation {
  sim::Time now{};
  std::string cluster;
  std::vector<SeenNode> nodes;
  std::optional<api::DescribeQuorumReply> quorum;
  std::optional<api::DescribeClusterReply> brokers;
  std::optional<controller::TopicView> topics;
  std::vector<std::string> unanswered;
};
std::string to_line(const Observation& observation);

struct Answer {
  std::vector<std::string> restart;  // pods
  std::string say;                   // why, for the timeline
  bool done = false;                 // nothing is to be restarted any more
  sim::Duration wake{};              // when it wants to be asked again
};
// Throws std::runtime_error that says what is wrong with the line and what would be right.
Answer read_answer(const std::string& command, const std::string& line,
                   const Observation& observation);

}  // namespace twin::exec
