// What Kafka says of itself, as every program is told: docs/EXEC.md.
#pragma once

#include <nlohmann/json.hpp>

#include "controller/roll/questions.h"

namespace twin::exec {

nlohmann::ordered_json quorum_json(const api::DescribeQuorumReply& quorum);
nlohmann::ordered_json brokers_json(const api::DescribeClusterReply& cluster);
nlohmann::ordered_json partitions_json(const controller::TopicView& view);

}  // namespace twin::exec
