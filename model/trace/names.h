// What the numbers of a trace mean: collects the definitions (strings, Kafka nodes, topics, groups,
// operators) as records go by and turns indices back into names. Works on a live run as a
// listener's helper and on a file alike.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace.h"

namespace twin::trace {

class Names {
 public:
  // Takes note of definitions; other records are ignored.
  void on_record(const sim::Record& record);

  // "" for an index that was never defined.
  std::string_view string(int64_t index) const;
  size_t strings() const { return strings_.size(); }
  // "broker 2", "controller 4", "node 1" (both roles), "zookeeper 0"; "-" for -1.
  std::string node(int64_t node) const;
  // "orders-12"; "partition 7" when its topic is unknown.
  std::string partition(int64_t partition) const;
  std::string topic(int64_t topic) const;
  std::string group(int64_t group) const;
  std::string operator_name(int64_t index) const;  // its profile
  std::string zone_of_node(int64_t node) const;

 private:
  struct NodeInfo {
    int64_t roles = 0;
    int64_t zone = 0;
  };
  struct TopicInfo {
    int64_t name = 0;
    int64_t first = 0;
    int64_t partitions = 0;
  };
  std::vector<std::string> strings_;
  std::map<int64_t, NodeInfo> nodes_;
  std::map<int64_t, TopicInfo> topics_;          // by topic
  std::map<int64_t, int64_t> topic_of_first_;    // first partition -> topic
  std::map<int64_t, int64_t> groups_;
  std::map<int64_t, int64_t> operators_;
};

}  // namespace twin::trace
