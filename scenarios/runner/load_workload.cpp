// workload: topics with data, producers, consumer groups.
#include <fmt/format.h>

#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

void read_config(const Node& node, TopicWorkload& out) {
  if (!node.require_map("topic configuration, for example {min.insync.replicas: 2}")) return;
  for (const auto& [key, value] : node.value().entries()) {
    std::string text;
    if (read_text(node.at(key), text)) api::set_config(out.config, key, text);
  }
}

void read_topic_places(const Node& node, TopicWorkload& out) {
  const auto place = [&](std::string_view key) {
    const bool given = node.value().is_map() && node.value().find(key) != nullptr;
    return given ? node.at(key).where() : node.where();
  };
  out.partitions_where = place("partitions");
  out.replicas_where = place("replicas");
}

void read_placement(const Node& node, TopicWorkload& out) {
  read_list<api::NodeList>(node, out.placement, read_replica_list);
}

void read_batch(const Node& node, TopicWorkload& out) {
  if (!read_bytes(node, out.batch) || out.batch.value > 0) return;
  node.fail(fmt::format("`{}` holds no record", node.path()), "more than 0, for example 16200");
}

constexpr Key<TopicWorkload> kTopicKeys[] = {
    {"name", [](const Node& n, TopicWorkload& o) { read_word(n, o.name); }, true},
    {"partitions", [](const Node& n, TopicWorkload& o) { read_count(n, 1, o.partitions); }},
    {"replicas", [](const Node& n, TopicWorkload& o) { read_count(n, 1, o.replication_factor); }},
    {"config", read_config},
    {"dataPerPartition",
     [](const Node& n, TopicWorkload& o) { read_bytes(n, o.data_per_partition); }},
    {"batch", read_batch},
    {"placement", read_placement},
};

void read_acks(const Node& node, model::ProducerSpec& out) {
  static const std::vector<std::string> words = {"all", "1", "0"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.acks = static_cast<model::Acks>(index);
}

void read_size(const Node& node, int64_t& out) {
  api::Bytes bytes{out};
  if (read_bytes(node, bytes)) out = bytes.value;
}

constexpr Key<model::ProducerSpec> kProducerKeys[] = {
    {"name", [](const Node& n, model::ProducerSpec& o) { read_word(n, o.name); }},
    {"topic", [](const Node& n, model::ProducerSpec& o) { read_word(n, o.topic); }, true},
    {"recordsPerSecond",
     [](const Node& n, model::ProducerSpec& o) {
       read_integer(n, 0, 1'000'000'000, o.records_per_s);
     },
     true},
    {"recordBytes", [](const Node& n, model::ProducerSpec& o) { read_size(n, o.record_bytes); }},
    {"acks", read_acks},
    {"deliveryTimeout",
     [](const Node& n, model::ProducerSpec& o) { read_duration(n, o.delivery_timeout); }},
    {"maxBlock", [](const Node& n, model::ProducerSpec& o) { read_duration(n, o.max_block); }},
    {"buffer", [](const Node& n, model::ProducerSpec& o) { read_size(n, o.buffer_bytes); }},
};

void read_topics_of_group(const Node& node, model::GroupSpec& out) {
  read_list<std::string>(node, out.topics,
                         [](const Node& n, std::string& name) { read_word(n, name); });
}

constexpr Key<model::GroupSpec> kGroupKeys[] = {
    {"name", [](const Node& n, model::GroupSpec& o) { read_word(n, o.name); }, true},
    {"topics", read_topics_of_group, true},
};

constexpr Key<Workload> kKeys[] = {
    {"topics",
     [](const Node& n, Workload& o) {
       read_list<TopicWorkload>(n, o.topics, [](const Node& i, TopicWorkload& t) {
         read_map<TopicWorkload>(i, kTopicKeys, t);
         read_topic_places(i, t);
       });
     }},
    {"producers",
     [](const Node& n, Workload& o) {
       read_list<model::ProducerSpec>(n, o.producers, [](const Node& i, model::ProducerSpec& p) {
         read_map<model::ProducerSpec>(i, kProducerKeys, p);
       });
     }},
    {"groups",
     [](const Node& n, Workload& o) {
       read_list<model::GroupSpec>(n, o.groups, [](const Node& i, model::GroupSpec& g) {
         read_map<model::GroupSpec>(i, kGroupKeys, g);
       });
     }},
};

}  // namespace

void read_topic(const Node& node, TopicWorkload& out) {
  read_map<TopicWorkload>(node, kTopicKeys, out);
}

void read_replica_list(const Node& node, api::NodeList& out) {
  if (!node.require_list("broker ids, for example [0, 1, 2]")) return;
  const size_t count = node.value().items().size();
  if (count == 0 || count > static_cast<size_t>(api::NodeList::kMax)) {
    node.fail(fmt::format("`{}` has {} replicas", node.path(), count),
              fmt::format("1 to {}", api::NodeList::kMax));
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    int64_t id = 0;
    if (read_integer(node.item(i), 0, INT32_MAX, id)) out.push({static_cast<int32_t>(id)});
  }
}

void read_workload(const Node& node, Workload& out) { read_map<Workload>(node, kKeys, out); }

}  // namespace twin::scenario
