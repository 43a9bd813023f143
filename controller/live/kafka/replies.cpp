#include "controller/live/kafka/replies.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace twin::controller::live::kafka {

namespace {

constexpr int16_t kUnknownTopic = 3;

void note_error(Reply& out, int16_t code, std::string message) {
  if (code == 0 || out.error != 0) return;
  out.error = code;
  out.message = std::move(message);
}

api::NodeList node_list(Reader& in) {
  api::NodeList out;
  const size_t count = in.array(4);
  if (count > api::NodeList::kMax) {
    in.fail("a list of " + std::to_string(count) + " replicas; at most " +
            std::to_string(api::NodeList::kMax) + " are read");
    return out;
  }
  for (size_t i = 0; i < count; ++i) out.push({in.i32()});
  return out;
}

void describe_cluster(Reader& in, const RequestHead& head, Reply& out) {
  api::DescribeClusterReply reply;
  in.i32();  // throttled
  const int16_t error = in.i16();
  note_error(out, error, in.nullable_string().value_or(""));
  if (head.version >= 1) in.i8();
  reply.cluster_id = in.string();
  reply.controller = {in.i32()};
  for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
    api::BrokerDescription& broker = reply.brokers.emplace_back();
    broker.node = {in.i32()};
    in.string();
    in.i32();
    broker.rack = in.nullable_string().value_or("");
    if (head.version >= 2) broker.fenced = in.boolean();
    in.tags();
  }
  in.i32();  // operations that are allowed: not asked for
  std::sort(reply.brokers.begin(), reply.brokers.end(),
            [](const auto& a, const auto& b) { return a.node < b.node; });
  out.body = std::move(reply);
}

struct TopicRead {
  std::string name;
  bool internal = false;
  std::vector<std::pair<int32_t, api::PartitionDescription>> partitions;
};

TopicRead topic(Reader& in, const RequestHead& head, Reply& out) {
  TopicRead topic;
  const int16_t error = in.i16();
  topic.name = in.string();
  if (head.version >= 10) in.uuid();
  topic.internal = in.boolean();
  for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
    in.i16();  // no leader, or a replica that is away: the fields say it as well
    auto& [index, partition] = topic.partitions.emplace_back();
    index = in.i32();
    partition.leader = in.i32();
    partition.leader_epoch = in.i32();
    partition.replicas = node_list(in);
    partition.isr = node_list(in);
    node_list(in);  // offline
    in.tags();
  }
  note_error(out, error, "topic " + topic.name);
  in.i32();
  in.tags();
  std::sort(topic.partitions.begin(), topic.partitions.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < topic.partitions.size(); ++i)
    if (topic.partitions[i].first != static_cast<int32_t>(i))
      in.fail("topic " + topic.name + " lacks partition " + std::to_string(i));
  return topic;
}

void metadata(Reader& in, const RequestHead& head, Reply& out) {
  in.i32();
  for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
    in.i32();
    in.string();
    in.i32();
    in.nullable_string();
    in.tags();
  }
  in.nullable_string();
  in.i32();
  std::vector<TopicRead> topics;
  for (size_t left = in.array(); left > 0 && !in.failed(); --left)
    topics.push_back(topic(in, head, out));
  if (head.version <= 10) in.i32();
  std::sort(topics.begin(), topics.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  auto snapshot = std::make_shared<api::TopicsSnapshot>();
  for (const TopicRead& from : topics) {
    const size_t first = snapshot->partitions.size();
    snapshot->topics.push_back({from.name, static_cast<uint32_t>(first),
                                static_cast<uint32_t>(from.partitions.size()), from.internal});
    snapshot->partitions.grow(first + from.partitions.size());
    for (size_t i = 0; i < from.partitions.size(); ++i)
      snapshot->partitions.edit(first + i) = from.partitions[i].second;
  }
  out.body = api::DescribeTopicsReply{std::move(snapshot)};
}

struct ConfigRead {
  std::string name, value;
  bool read_only = false;
  int8_t source = 0;
};
struct ResourceRead {
  int16_t error = 0;
  std::string message, name;
  std::vector<ConfigRead> configs;
};

ResourceRead resource(Reader& in) {
  ResourceRead out;
  out.error = in.i16();
  out.message = in.nullable_string().value_or("");
  in.i8();
  out.name = in.string();
  for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
    ConfigRead& config = out.configs.emplace_back();
    config.name = in.string();
    config.value = in.nullable_string().value_or("");  // null: sensitive, or not set
    config.read_only = in.boolean();
    config.source = in.i8();
    in.boolean();
    for (size_t synonyms = in.array(); synonyms > 0 && !in.failed(); --synonyms) {
      in.string();
      in.nullable_string();
      in.i8();
      in.tags();
    }
    in.i8();
    in.nullable_string();
    in.tags();
  }
  in.tags();
  return out;
}

std::vector<ResourceRead> resources(Reader& in) {
  std::vector<ResourceRead> out;
  in.i32();
  for (size_t left = in.array(); left > 0 && !in.failed(); --left) out.push_back(resource(in));
  return out;
}

void topic_configs(Reader& in, Reply& out) {
  constexpr int8_t kOfTopic = 1;
  auto snapshot = std::make_shared<api::TopicConfigsSnapshot>();
  for (const ResourceRead& from : resources(in)) {
    if (from.error == kUnknownTopic) continue;
    note_error(out, from.error, from.name + ": " + from.message);
    api::TopicConfigDescription& topic = snapshot->topics.emplace_back();
    topic.name = from.name;
    for (const ConfigRead& config : from.configs) {
      if (config.source == kOfTopic) topic.overrides.emplace_back(config.name, config.value);
      if (config.name != "min.insync.replicas") continue;
      int32_t value = 0;
      const char* end = config.value.data() + config.value.size();
      const auto parsed = std::from_chars(config.value.data(), end, value);
      if (parsed.ec != std::errc{} || parsed.ptr != end)
        in.fail("min.insync.replicas of " + from.name + " is no number");
      topic.min_insync_replicas = value;
    }
  }
  std::sort(snapshot->topics.begin(), snapshot->topics.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  out.body = api::DescribeTopicConfigsReply{std::move(snapshot)};
}

api::ConfigSource source_of(int8_t code) {
  switch (code) {
    case 2:
      return api::ConfigSource::dynamic_broker;
    case 3:
      return api::ConfigSource::dynamic_default;
    case 4:
      return api::ConfigSource::static_broker;
    default:
      return api::ConfigSource::default_value;
  }
}

void broker_configs(Reader& in, Reply& out) {
  api::DescribeBrokerConfigsReply reply;
  for (const ResourceRead& from : resources(in)) {
    note_error(out, from.error, "broker " + from.name + ": " + from.message);
    for (const ConfigRead& config : from.configs)
      reply.entries.push_back(
          {config.name, config.value, source_of(config.source), config.read_only});
  }
  out.body = std::move(reply);
}

api::LogDirDescription log_dir(Reader& in, const RequestHead& head, Reply& out) {
  api::LogDirDescription dir;
  const int16_t error = in.i16();
  dir.path = in.string();
  note_error(out, error, "directory " + dir.path);
  for (size_t topics = in.array(); topics > 0 && !in.failed(); --topics) {
    const std::string name = in.string();
    for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
      api::ReplicaSize replica;
      replica.topic = name;
      replica.partition = in.i32();
      replica.bytes = in.i64();
      in.i64();
      // A copy on its way to another directory of the broker is no replica yet.
      if (!in.boolean()) dir.replicas.push_back(std::move(replica));
      in.tags();
    }
    in.tags();
  }
  if (head.version >= 4) {
    in.i64();
    in.i64();
  }
  in.tags();
  return dir;
}

void log_dirs(Reader& in, const RequestHead& head, Reply& out) {
  api::DescribeLogDirsReply reply;
  in.i32();
  if (head.version >= 3) note_error(out, in.i16(), "");
  for (size_t left = in.array(); left > 0 && !in.failed(); --left)
    reply.dirs.push_back(log_dir(in, head, out));
  out.body = std::move(reply);
}

void reassignments(Reader& in, Reply& out) {
  api::ListReassignmentsReply reply;
  in.i32();
  const int16_t error = in.i16();
  note_error(out, error, in.nullable_string().value_or(""));
  for (size_t topics = in.array(); topics > 0 && !in.failed(); --topics) {
    const std::string name = in.string();
    for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
      api::ReassignmentDescription& move = reply.moves.emplace_back();
      move.topic = name;
      move.partition = in.i32();
      move.replicas = node_list(in);
      move.adding = node_list(in);
      move.removing = node_list(in);
      in.tags();
    }
    in.tags();
  }
  out.body = std::move(reply);
}

// Milliseconds since 1970, -1 for never.
std::optional<sim::Time> instant(Reader& in) {
  const int64_t ms = in.i64();
  if (ms < 0) return std::nullopt;
  if (ms > INT64_MAX / 1'000'000) {
    in.fail("a time beyond all calendars");
    return std::nullopt;
  }
  return sim::Time{ms * 1'000'000};
}

std::vector<api::QuorumVoter> voters(Reader& in, const RequestHead& head) {
  std::vector<api::QuorumVoter> out;
  for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
    api::QuorumVoter& voter = out.emplace_back();
    voter.node = {in.i32()};
    if (head.version >= 2) in.uuid();
    voter.log_end_offset = in.i64();
    if (head.version >= 1) {
      voter.last_fetch = instant(in);
      voter.last_caught_up = instant(in);
    }
    in.tags();
  }
  return out;
}

void quorum_nodes(Reader& in) {
  for (size_t nodes = in.array(); nodes > 0 && !in.failed(); --nodes) {
    in.i32();
    for (size_t left = in.array(); left > 0 && !in.failed(); --left) {
      in.string();
      in.string();
      in.i16();
      in.tags();
    }
    in.tags();
  }
}

void quorum(Reader& in, const RequestHead& head, Reply& out) {
  api::DescribeQuorumReply reply;
  const auto message = [&] {
    return head.version >= 2 ? in.nullable_string().value_or("") : std::string();
  };
  const int16_t error = in.i16();
  note_error(out, error, message());
  size_t partitions = 0;
  for (size_t topics = in.array(); topics > 0 && !in.failed(); --topics) {
    in.string();
    for (size_t left = in.array(); left > 0 && !in.failed(); --left, ++partitions) {
      in.i32();
      const int16_t of_partition = in.i16();
      note_error(out, of_partition, message());
      reply.leader = {in.i32()};
      reply.leader_epoch = in.i32();
      reply.high_watermark = in.i64();
      reply.voters = voters(in, head);
      reply.observers = voters(in, head);
      in.tags();
    }
    in.tags();
  }
  if (head.version >= 2) quorum_nodes(in);
  if (out.error == 0 && partitions != 1) in.fail("not of one partition");
  out.body = std::move(reply);
}

}  // namespace

void read_reply(Reader& in, const RequestHead& head, const api::KafkaBody& request, Reply& out) {
  switch (head.api) {
    case Api::metadata:
      return metadata(in, head, out);
    case Api::describe_configs:
      return std::holds_alternative<api::DescribeTopicConfigsRequest>(request)
                 ? topic_configs(in, out)
                 : broker_configs(in, out);
    case Api::describe_log_dirs:
      return log_dirs(in, head, out);
    case Api::list_reassignments:
      return reassignments(in, out);
    case Api::describe_quorum:
      return quorum(in, head, out);
    case Api::describe_cluster:
      return describe_cluster(in, head, out);
    case Api::api_versions:
      break;
  }
  in.fail("no answer of this kind is expected");
}

}  // namespace twin::controller::live::kafka
