// What a person should know before anything is touched: topics that will block a roll, or that go
// dark whenever their broker restarts.
#pragma once

#include <string>
#include <vector>

#include "model/kafka/partitions.h"

namespace twin::scenario {

std::vector<std::string> preflight(const model::PartitionTable& table);

}  // namespace twin::scenario
