#include "scenarios/runner/reassign_tool.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "model/kafka/throttled_replicas.h"
#include "scenarios/runner/ask_broker.h"

namespace twin::scenario {

namespace {

constexpr const char* kRates[] = {"leader.replication.throttled.rate",
                                  "follower.replication.throttled.rate"};

void append(std::string& list, uint32_t partition, int32_t broker) {
  list += fmt::format("{}{}:{}", list.empty() ? "" : ",", partition, broker);
}

// The replicas of a partition with one broker in another's place.
std::optional<api::NodeList> replaced(const api::NodeList& replicas, api::NodeId from,
                                      api::NodeId to) {
  if (!replicas.contains(from)) return std::nullopt;
  api::NodeList next;
  for (const int32_t id : replicas) next.push(id == from.value ? to : api::NodeId{id});
  return next;
}

}  // namespace

std::string ReassignTool::moving(std::vector<api::ReassignmentDescription>& moves) {
  controller::KafkaReply reply;
  if (auto problem = ask_broker(world_, api::ListReassignmentsRequest{}, reply); !problem.empty())
    return problem;
  moves = std::get<api::ListReassignmentsReply>(reply.body).moves;
  return {};
}

std::string ReassignTool::alter(const api::IncrementalAlterConfigsRequest& request) {
  controller::KafkaReply reply;
  return ask_broker(world_, request, reply);
}

// What is to move where; a broker that takes another's place may not have the partition already.
std::string ReassignTool::collect(const Reassign& what, std::vector<Move>& moves) const {
  const model::PartitionTable& table = world_.kafka.table();
  std::map<std::pair<uint32_t, uint32_t>, api::NodeList> targets;
  for (const Reassign::Target& each : what.targets) {
    const int topic = world_.kafka.topic_index(each.topic);
    if (topic < 0) return "there is no topic " + each.topic;
    const uint32_t count = table.topics[static_cast<size_t>(topic)].partitions;
    if (each.partition >= count) {
      return fmt::format("topic {} has {} partitions, there is no {}-{}", each.topic, count,
                         each.topic, each.partition);
    }
    targets[{static_cast<uint32_t>(topic), each.partition}] = each.replicas;
  }
  for (const model::Partition& row : table.partitions) {
    for (const auto& [from, to] : what.replace) {
      auto& current = targets.try_emplace({row.topic, row.number}, row.replicas).first->second;
      const auto next = replaced(current, from, to);
      if (!next) continue;
      if (current.contains(to)) {
        return fmt::format("{}-{} has a replica on broker {} already", table.topics[row.topic].name,
                           row.number, to.value);
      }
      current = *next;
    }
  }
  for (const auto& [key, target] : targets) {
    const model::Topic& topic = table.topics[key.first];
    if (table.partitions[topic.first + key.second].replicas == target) continue;
    moves.push_back({topic.name, static_cast<int32_t>(key.second), target});
  }
  return {};
}

std::string ReassignTool::set_lists(const std::vector<Move>& moves) {
  struct Lists {
    std::string leaders, followers;
  };
  std::map<std::string, Lists> lists;
  const model::PartitionTable& table = world_.kafka.table();
  for (const Move& move : moves) {
    const auto topic = static_cast<size_t>(world_.kafka.topic_index(move.topic));
    const auto number = static_cast<uint32_t>(move.partition);
    const model::Partition& row = table.partitions[table.topics[topic].first + number];
    Lists& of = lists[move.topic];
    for (const int32_t id : row.replicas) {
      append(of.leaders, number, id);
      brokers_.insert({id});
    }
    for (const int32_t id : *move.target) {
      if (row.replicas.contains({id})) continue;
      append(of.followers, number, id);
      brokers_.insert({id});
    }
  }
  for (const auto& [topic, of] : lists) {
    topics_.insert(topic);
    api::IncrementalAlterConfigsRequest request;
    request.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
    request.topic = topic;
    request.changes.push_back(
        {std::string(model::kLeaderThrottledReplicas), of.leaders, api::AlterOp::set});
    request.changes.push_back(
        {std::string(model::kFollowerThrottledReplicas), of.followers, api::AlterOp::set});
    if (auto problem = alter(request); !problem.empty()) return problem;
  }
  return {};
}

// nullopt removes them.
std::string ReassignTool::set_rates(std::optional<int64_t> bytes_per_s) {
  for (const char* rate : kRates) {
    for (const api::NodeId id : brokers_) {
      api::IncrementalAlterConfigsRequest request;
      request.resource = api::IncrementalAlterConfigsRequest::Resource::broker;
      request.broker = id;
      request.changes.push_back({rate, bytes_per_s ? std::to_string(*bytes_per_s) : std::string(),
                                 bytes_per_s ? api::AlterOp::set : api::AlterOp::remove});
      if (auto problem = alter(request); !problem.empty()) return problem;
    }
  }
  return {};
}

std::string ReassignTool::execute(const Reassign& what) {
  std::vector<api::ReassignmentDescription> active;
  if (auto problem = moving(active); !problem.empty()) return problem;
  if (!active.empty()) {
    return "Cannot execute because there is an existing partition assignment.  Use --additional to "
           "override this and create a new partition assignment in addition to the existing one.";
  }
  std::vector<Move> moves;
  if (auto problem = collect(what, moves); !problem.empty()) return problem;
  if (moves.empty()) return "every partition is where it shall be";
  for (const Move& move : moves) {
    for (const int32_t id : *move.target) {
      if (!world_.kafka.is_registered({id})) return fmt::format("Unknown broker id {}", id);
    }
  }
  if (what.throttle) {
    if (auto problem = set_lists(moves); !problem.empty()) return problem;
    if (auto problem = set_rates(what.throttle); !problem.empty()) return problem;
  }
  controller::KafkaReply reply;
  if (auto problem = ask_broker(world_, api::AlterReassignmentsRequest{moves}, reply);
      !problem.empty()) {
    return problem;
  }
  for (const auto& refusal : std::get<api::AlterReassignmentsReply>(reply.body).refused) {
    return fmt::format("{}-{}: {}", refusal.topic, refusal.partition, refusal.message);
  }
  return {};
}

std::string ReassignTool::throttle(int64_t bytes_per_s) {
  if (brokers_.empty()) return "no reassignment with a throttle was started";
  return set_rates(bytes_per_s);
}

std::string ReassignTool::clear() {
  if (auto problem = set_rates(std::nullopt); !problem.empty()) return problem;
  for (const std::string& topic : topics_) {
    api::IncrementalAlterConfigsRequest request;
    request.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
    request.topic = topic;
    for (const std::string_view list :
         {model::kLeaderThrottledReplicas, model::kFollowerThrottledReplicas}) {
      request.changes.push_back({std::string(list), {}, api::AlterOp::remove});
    }
    if (auto problem = alter(request); !problem.empty()) return problem;
  }
  brokers_.clear();
  topics_.clear();
  return {};
}

std::string ReassignTool::verify() {
  std::vector<api::ReassignmentDescription> active;
  if (auto problem = moving(active); !problem.empty()) return problem;
  return active.empty() ? clear() : std::string();
}

std::string ReassignTool::cancel() {
  std::vector<api::ReassignmentDescription> active;
  if (auto problem = moving(active); !problem.empty()) return problem;
  api::AlterReassignmentsRequest request;
  for (const auto& each : active) request.moves.push_back({each.topic, each.partition, {}});
  controller::KafkaReply reply;
  if (auto problem = ask_broker(world_, request, reply); !problem.empty()) return problem;
  return clear();
}

}  // namespace twin::scenario
