// What `kafka-log-dirs --describe` prints: the size of every replica and the directory it is in
// (tools/LogDirsCommand). Replicas that are on their way to another directory (isFuture) are left
// out.
//   {"version":1,"brokers":[{"broker":0,"logDirs":[{"logDir":"/data/0","error":null,
//     "partitions":[{"partition":"orders-0","size":123,"offsetLag":0,"isFuture":false}]}]}]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/rebalance/json_cursor.h"

namespace twin::controller::rebalance {

struct ReplicaOnDisk {
  std::string topic;
  int32_t partition = 0;
  int64_t bytes = 0;
};

struct DirOnDisk {
  int32_t broker = 0;
  std::string path;
  std::vector<ReplicaOnDisk> replicas;
};

// In the order of the text.
sim::Expected<std::vector<DirOnDisk>> parse_log_dirs(std::string_view text,
                                                     const std::string& file);

}  // namespace twin::controller::rebalance
