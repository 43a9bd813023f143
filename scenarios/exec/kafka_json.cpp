#include "scenarios/exec/kafka_json.h"

#include <algorithm>
#include <map>

namespace twin::exec {

using Json = nlohmann::ordered_json;

namespace {

constexpr int64_t kMilli = 1'000'000;

Json ids(const api::NodeList& nodes) {
  Json list = Json::array();
  for (int i = 0; i < nodes.size; ++i) list.push_back(nodes[i].value);
  return list;
}

}  // namespace

Json partitions_json(const controller::TopicView& view) {
  std::map<std::string_view, int32_t> min_isr;
  for (const api::TopicConfigDescription& config : view.configs->topics) {
    if (config.min_insync_replicas) min_isr[config.name] = *config.min_insync_replicas;
  }
  Json list = Json::array();
  for (const api::TopicDescription& topic : view.topics->topics) {
    for (uint32_t i = 0; i < topic.count; ++i) {
      const api::PartitionDescription& row = view.topics->partitions[topic.first + i];
      Json one;
      one["topic"] = topic.name;
      one["partition"] = i;
      one["leader"] = row.leader;
      one["replicas"] = ids(row.replicas);
      one["isr"] = ids(row.isr);
      const auto found = min_isr.find(topic.name);
      one["minIsr"] = found == min_isr.end() ? Json() : Json(found->second);
      list.push_back(std::move(one));
    }
  }
  return list;
}

Json brokers_json(const api::DescribeClusterReply& cluster) {
  Json list = Json::array();
  for (const api::BrokerDescription& broker : cluster.brokers) {
    list.push_back({{"id", broker.node.value}, {"fenced", broker.fenced}});
  }
  return list;
}

Json quorum_json(const api::DescribeQuorumReply& quorum) {
  sim::Time newest{};
  for (const api::QuorumVoter& voter : quorum.voters) {
    if (voter.last_caught_up) newest = std::max(newest, *voter.last_caught_up);
  }
  Json out;
  out["leader"] = quorum.leader.valid() ? Json(quorum.leader.value) : Json();
  out["voters"] = Json::array();
  for (const api::QuorumVoter& voter : quorum.voters) {
    Json one;
    one["id"] = voter.node.value;
    one["behindMs"] =
        voter.last_caught_up ? Json((newest - *voter.last_caught_up).ns / kMilli) : Json();
    out["voters"].push_back(std::move(one));
  }
  return out;
}

}  // namespace twin::exec
