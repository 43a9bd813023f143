// kind: ClusterDescription: brokers by hand; topics by hand or from what Kafka's own tools print.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "controller/rebalance/changes.h"
#include "controller/rebalance/log_dirs_json.h"
#include "controller/rebalance/reassignment_json.h"
#include "model/kafka/control/placement.h"
#include "scenarios/planning/plan_input.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_reader.h"

namespace twin::scenario {

namespace rebalance = controller::rebalance;
using rebalance::BrokerIndex;
using rebalance::BrokerView;
using rebalance::ClusterView;
using rebalance::LogDir;
using rebalance::PartitionView;
using rebalance::TopicView;

namespace {

struct DescribedBroker {
  BrokerView view;
  api::Bytes capacity;  // of the only directory
  api::Mark mark;
};

struct DescribedTopic {
  std::string name;
  int32_t partitions = 1;
  int32_t replicas = 3;
  int32_t min_isr = 0;  // 0: the description's
  api::Bytes bytes;
  api::BytesPerSec inflow, outflow;
  std::vector<std::vector<int32_t>> placement;  // broker ids
  api::Mark mark;
};

struct Description {
  std::string name;
  std::vector<DescribedBroker> brokers;
  std::vector<DescribedTopic> topics;
  int32_t min_isr = 1;
  std::string assignment, log_dirs;  // files
};

void read_log_dir(const Node& node, LogDir& out) {
  constexpr Key<LogDir> kKeys[] = {
      {"path", [](const Node& n, LogDir& o) { read_word(n, o.path); }, true},
      {"capacity",
       [](const Node& n, LogDir& o) {
         api::Bytes bytes;
         if (read_bytes(n, bytes)) o.capacity_bytes = bytes.value;
       }},
  };
  out.path.clear();
  read_map<LogDir>(node, kKeys, out);
}

constexpr Key<DescribedBroker> kBrokerKeys[] = {
    {"id", [](const Node& n, DescribedBroker& o) { read_count(n, 0, o.view.id.value); }, true},
    {"rack", [](const Node& n, DescribedBroker& o) { read_word(n, o.view.rack); }},
    {"live", [](const Node& n, DescribedBroker& o) { read_flag(n, o.view.live); }},
    {"nic",
     [](const Node& n, DescribedBroker& o) {
       api::BytesPerSec rate;
       if (read_rate(n, rate)) o.view.nic_bytes_per_s = rate.value;
     }},
    {"capacity", [](const Node& n, DescribedBroker& o) { read_bytes(n, o.capacity); }},
    {"logDirs",
     [](const Node& n, DescribedBroker& o) {
       o.view.log_dirs.clear();
       read_list<LogDir>(n, o.view.log_dirs, read_log_dir);
     }},
};

void read_broker(const Node& node, DescribedBroker& out) {
  out.mark = node.mark();
  read_map<DescribedBroker>(node, kBrokerKeys, out);
  if (out.view.log_dirs.empty() || out.view.log_dirs.size() > UINT8_MAX) {
    node.fail(fmt::format("{} log directories", out.view.log_dirs.size()), "1 to 255");
    out.view.log_dirs.assign(1, LogDir{});
  }
  if (out.capacity.value == 0) return;
  if (out.view.log_dirs.size() > 1) {
    node.fail_at_key("capacity", "the broker has several log directories",
                     "a capacity for each of them");
  }
  out.view.log_dirs.front().capacity_bytes = out.capacity.value;
}

void read_ids(const Node& node, std::vector<int32_t>& out) {
  if (!node.require_list("broker ids, for example [0, 1, 2]")) return;
  const size_t most = rebalance::ReplicaList::kMax;
  if (node.value().items().empty() || node.value().items().size() > most) {
    node.fail(fmt::format("{} replicas", node.value().items().size()),
              fmt::format("1 to {}", most));
  }
  for (size_t i = 0; i < node.value().items().size(); ++i) {
    int64_t id = 0;
    if (read_integer(node.item(i), 0, INT32_MAX, id)) out.push_back(static_cast<int32_t>(id));
  }
}

constexpr Key<DescribedTopic> kTopicKeys[] = {
    {"name", [](const Node& n, DescribedTopic& o) { read_word(n, o.name); }, true},
    {"partitions", [](const Node& n, DescribedTopic& o) { read_count(n, 1, o.partitions); }},
    {"replicas", [](const Node& n, DescribedTopic& o) { read_count(n, 1, o.replicas); }},
    {"minInsyncReplicas", [](const Node& n, DescribedTopic& o) { read_count(n, 1, o.min_isr); }},
    {"dataPerPartition", [](const Node& n, DescribedTopic& o) { read_bytes(n, o.bytes); }},
    {"inflowPerPartition", [](const Node& n, DescribedTopic& o) { read_rate(n, o.inflow); }},
    {"outflowPerPartition", [](const Node& n, DescribedTopic& o) { read_rate(n, o.outflow); }},
    {"placement",
     [](const Node& n, DescribedTopic& o) {
       read_list<std::vector<int32_t>>(n, o.placement, read_ids);
     }},
};

void read_topic(const Node& node, DescribedTopic& out) {
  out.mark = node.mark();
  read_map<DescribedTopic>(node, kTopicKeys, out);
  if (!out.placement.empty()) out.partitions = static_cast<int32_t>(out.placement.size());
}

constexpr Key<Description> kSpecKeys[] = {
    {"brokers",
     [](const Node& n, Description& o) { read_list<DescribedBroker>(n, o.brokers, read_broker); },
     true},
    {"topics",
     [](const Node& n, Description& o) { read_list<DescribedTopic>(n, o.topics, read_topic); }},
    {"minInsyncReplicas", [](const Node& n, Description& o) { read_count(n, 1, o.min_isr); }},
    {"assignment", [](const Node& n, Description& o) { read_word(n, o.assignment); }},
    {"logDirs", [](const Node& n, Description& o) { read_word(n, o.log_dirs); }},
};

struct Metadata {
  std::string name;
};
constexpr Key<Metadata> kMetadataKeys[] = {
    {"name", [](const Node& n, Metadata& o) { read_word(n, o.name); }, true},
};

constexpr Key<Description> kDocumentKeys[] = {
    {"apiVersion",
     [](const Node& n, Description&) {
       if (n.value().scalar_text() == "kafka-twin.io/v1alpha1") return;
       n.fail("`" + n.value().scalar_text() + "` is not known", "kafka-twin.io/v1alpha1");
     },
     true},
    {"kind", [](const Node&, Description&) {}, true},
    {"metadata",
     [](const Node& n, Description& o) {
       Metadata metadata;
       read_map<Metadata>(n, kMetadataKeys, metadata);
       o.name = metadata.name;
     }},
    {"spec", [](const Node& n, Description& o) { read_map<Description>(n, kSpecKeys, o); }, true},
};

// From what is described to a view. Mistakes go to Problems.
class Assembler {
 public:
  Assembler(const Description& described, const Source& source, Problems& problems)
      : described_(described), source_(source), problems_(problems) {}

  ClusterView run() {
    read_brokers();
    if (!problems_.empty()) return {};
    std::map<std::string, std::vector<std::vector<int32_t>>> assignment = read_assignment();
    for (const DescribedTopic& topic : described_.topics) {
      if (topics_.contains(topic.name)) {
        fail(topic.mark, "topic `" + topic.name + "` is there twice", "each topic once");
      }
      topics_[topic.name] = &topic;
      auto& lists = assignment[topic.name];
      if (!topic.placement.empty()) lists = topic.placement;
      if (lists.empty()) lists = place(topic);
    }
    for (const auto& [name, lists] : assignment) add_topic(name, lists);
    if (problems_.empty() && !described_.log_dirs.empty()) read_log_dirs();
    if (problems_.empty()) place_directories();
    return std::move(view_);
  }

 private:
  void fail(api::Mark mark, std::string what, std::string right) {
    problems_.add(source_.where(mark), std::move(what), std::move(right));
  }

  // Files are looked up beside the description.
  std::string beside(const std::string& path) const {
    const size_t slash = source_.file.rfind('/');
    return slash == path.npos || path.starts_with('/') ? path
                                                       : source_.file.substr(0, slash + 1) + path;
  }

  void read_brokers() {
    for (const DescribedBroker& broker : described_.brokers) view_.brokers.push_back(broker.view);
    std::ranges::stable_sort(view_.brokers, {}, &BrokerView::id);
    for (const DescribedBroker& broker : described_.brokers) {
      if (std::ranges::count(view_.brokers, broker.view.id, &BrokerView::id) < 2) continue;
      fail(broker.mark, fmt::format("broker {} is there twice", broker.view.id.value),
           "each broker once");
      return;
    }
    if (view_.brokers.empty() || view_.brokers.size() > UINT16_MAX) {
      problems_.add(source_.file, fmt::format("{} brokers", view_.brokers.size()), "1 to 65535");
    }
  }

  // By topic: replica lists in the order of the partitions.
  std::map<std::string, std::vector<std::vector<int32_t>>> read_assignment() {
    std::map<std::string, std::vector<std::vector<int32_t>>> out;
    if (described_.assignment.empty()) return out;
    const std::string path = beside(described_.assignment);
    const auto text = read_whole_file(path, "a file as kafka-reassign-partitions prints it");
    if (!text) return note(text.error()), out;
    auto entries = rebalance::parse_reassignment(*text, path, rebalance::WhichLine::first);
    if (!entries) return note(entries.error()), out;
    std::ranges::sort(*entries, {}, &rebalance::AssignmentEntry::partition);
    for (const rebalance::AssignmentEntry& entry : *entries) {
      const auto at = [&] { return rebalance::place_in_text(*text, path, entry.offset); };
      auto& lists = out[entry.topic];
      if (static_cast<size_t>(entry.partition) != lists.size()) {
        problems_.add(at(),
                      fmt::format("topic `{}` has no partition {}", entry.topic, lists.size()),
                      "all partitions of a topic, from 0 on");
        return {};
      }
      lists.push_back(entry.replicas);
      if (std::ranges::all_of(entry.replicas,
                              [&](int32_t id) { return view_.find_broker({id}).has_value(); })) {
        continue;
      }
      problems_.add(at(), "a replica is on a broker that is not described",
                    "ids are " + view_.broker_ids());
      return {};
    }
    return out;
  }

  void note(const sim::Error& error) { problems_.add(error.where, error.what, error.hint); }

  // As Kafka places a new topic.
  std::vector<std::vector<int32_t>> place(const DescribedTopic& topic) {
    std::vector<model::control::PlaceableBroker> brokers;
    for (const BrokerView& broker : view_.brokers) {
      if (broker.live) brokers.push_back({broker.id, broker.rack});
    }
    const auto most = std::min<size_t>(brokers.size(), rebalance::ReplicaList::kMax);
    if (static_cast<size_t>(topic.replicas) > most) {
      fail(topic.mark, fmt::format("topic `{}` has {} replicas", topic.name, topic.replicas),
           fmt::format("at most {}", most));
      return {};
    }
    model::control::StripedPlacer placer(brokers, 1, placed_++);
    std::vector<std::vector<int32_t>> lists;
    for (int32_t i = 0; i < topic.partitions; ++i) {
      const api::NodeList list = placer.place(topic.replicas);
      lists.emplace_back(list.begin(), list.end());
    }
    return lists;
  }

  void add_topic(const std::string& name, const std::vector<std::vector<int32_t>>& lists) {
    const auto known = topics_.find(name);
    const DescribedTopic* topic = known == topics_.end() ? nullptr : known->second;
    TopicView made;
    made.name = name;
    made.first = static_cast<rebalance::PartitionIndex>(view_.partitions.size());
    made.partitions = static_cast<uint32_t>(lists.size());
    made.min_isr = topic != nullptr && topic->min_isr > 0 ? topic->min_isr : described_.min_isr;
    for (size_t i = 0; i < lists.size(); ++i) {
      PartitionView row;
      row.topic = static_cast<uint32_t>(view_.topics.size());
      row.number = static_cast<int32_t>(i);
      if (topic != nullptr) {
        row.bytes = topic->bytes.value;
        row.inflow_bytes_per_s = topic->inflow.value;
        row.outflow_bytes_per_s = topic->outflow.value;
      }
      if (!add_replicas(lists[i], topic, row)) return;
      view_.partitions.push_back(row);
    }
    view_.topics.push_back(std::move(made));
  }

  // Replicas on live brokers are in sync, and the first of them leads.
  bool add_replicas(const std::vector<int32_t>& ids, const DescribedTopic* topic,
                    PartitionView& row) {
    for (const int32_t id : ids) {
      const auto broker = view_.find_broker({id});
      if (!broker || row.replicas.contains(*broker)) {
        fail(topic != nullptr ? topic->mark : api::Mark{},
             fmt::format("broker {} {}", id, broker ? "is in a list twice" : "is not described"),
             "ids are " + view_.broker_ids());
        return false;
      }
      const int slot = row.replicas.size;
      row.replicas.push(*broker, 0);
      if (!view_.brokers[*broker].live) continue;
      row.isr = static_cast<uint16_t>(row.isr | (1U << slot));
      if (row.leader_slot < 0) row.leader_slot = static_cast<int8_t>(slot);
    }
    return true;
  }

  // Sizes (the largest copy counts) and directories. What is of no described partition takes room
  // all the same.
  void read_log_dirs() {
    const std::string path = beside(described_.log_dirs);
    const auto text = read_whole_file(path, "the output of kafka-log-dirs --describe");
    if (!text) return note(text.error());
    const auto dirs = rebalance::parse_log_dirs(*text, path);
    if (!dirs) return note(dirs.error());
    for (const rebalance::DirOnDisk& dir : *dirs) {
      const auto broker = view_.find_broker({dir.broker});
      if (!broker) continue;
      std::vector<LogDir>& known = view_.brokers[*broker].log_dirs;
      auto at = std::ranges::find(known, dir.path, &LogDir::path);
      if (at == known.end() && known.size() == 1 && known.front().path == rebalance::kAnyLogDir) {
        known.front().path = dir.path;
        at = known.begin();
      }
      if (at == known.end()) {
        problems_.add(path, fmt::format("broker {} has {}", dir.broker, dir.path),
                      "describe all its logDirs, with that path");
        return;
      }
      const auto index = static_cast<uint8_t>(at - known.begin());
      for (const rebalance::ReplicaOnDisk& replica : dir.replicas) {
        if (!put_replica(replica, *broker, index)) at->other_bytes += replica.bytes;
      }
    }
  }

  bool put_replica(const rebalance::ReplicaOnDisk& replica, BrokerIndex broker, uint8_t dir) {
    const auto topic = view_.find_topic(replica.topic);
    if (!topic) return false;
    const TopicView& row = view_.topics[*topic];
    if (static_cast<uint32_t>(replica.partition) >= row.partitions) return false;
    const auto index = row.first + static_cast<rebalance::PartitionIndex>(replica.partition);
    PartitionView& partition = view_.partitions[index];
    const int slot = partition.replicas.slot_of(broker);
    if (slot < 0) return false;
    partition.replicas.set(slot, broker, dir);
    partition.bytes = std::max(partition.bytes, replica.bytes);
    found_[index] = static_cast<uint16_t>(found_[index] | (1U << slot));
    return true;
  }

  // Replicas of which nobody said where they are: where the fewest logs are.
  void place_directories() {
    rebalance::FewestLogs fewest(view_, {});
    for (rebalance::PartitionIndex p = 0; p < view_.partitions.size(); ++p) {
      rebalance::ReplicaList& list = view_.partitions[p].replicas;
      const auto known = found_.find(p);
      for (int slot = 0; slot < list.size; ++slot) {
        const bool said = known != found_.end() && ((known->second >> slot) & 1) != 0;
        if (!said) list.set(slot, list[slot], fewest.place(list[slot]));
      }
    }
  }

  const Description& described_;
  const Source& source_;
  Problems& problems_;
  ClusterView view_;
  std::map<std::string, const DescribedTopic*> topics_;
  std::map<rebalance::PartitionIndex, uint16_t> found_;
  uint64_t placed_ = 0;
};

}  // namespace

sim::Expected<PlanInput> read_description(const std::string& text, const std::string& path) {
  const auto documents = api::parse_yaml(text, path);
  if (!documents) return documents.error();
  Source source;
  source.file = path;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    source.lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  Problems problems;
  Description described;
  if (documents->size() != 1) {
    problems.add(path, "several documents", "one ClusterDescription, alone in its file");
  } else {
    const Node document(documents->front().root, source, problems, "");
    read_map<Description>(document, kDocumentKeys, described);
  }
  PlanInput input;
  input.file = path;
  input.name = described.name;
  if (problems.empty()) input.view = Assembler(described, source, problems).run();
  if (problems.empty()) {
    if (const auto good = input.view.check(); !good) return good.error();
    return input;
  }
  std::string all;
  for (const sim::Error& error : problems.errors()) {
    all += (all.empty() ? "" : "\n") + format_error(error);
  }
  return sim::Error{"", all, ""};
}

}  // namespace twin::scenario
