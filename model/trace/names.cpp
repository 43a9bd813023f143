#include "model/trace/names.h"

#include "model/trace/decode.h"

namespace twin::trace {

namespace {
constexpr int64_t kBrokerRole = 1;
constexpr int64_t kControllerRole = 2;
constexpr int64_t kMaxStrings = int64_t{1} << 26;  // a corrupt index must not allocate the machine
}  // namespace

void Names::on_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::StringDefined: {
      const int64_t index = decode<StringDefined>(record).string;
      if (index < 0 || index >= kMaxStrings) return;
      const auto at = static_cast<size_t>(index);
      if (at >= strings_.size()) strings_.resize(at + 1);
      strings_[at] = std::string(record.text);
      return;
    }
    case RecordType::NodeDefined: {
      const auto node = decode<NodeDefined>(record);
      nodes_[node.node] = {node.roles, node.zone_string};
      return;
    }
    case RecordType::TopicDefined: {
      const auto topic = decode<TopicDefined>(record);
      topics_[topic.topic] = {topic.name_string, topic.first_partition, topic.partitions};
      topic_of_first_[topic.first_partition] = topic.topic;
      return;
    }
    case RecordType::GroupDefined: {
      const auto group = decode<GroupDefined>(record);
      groups_[group.group] = group.name_string;
      return;
    }
    case RecordType::OperatorDefined: {
      const auto op = decode<OperatorDefined>(record);
      operators_[op.operator_index] = op.profile_string;
      return;
    }
    default:
      return;
  }
}

std::string_view Names::string(int64_t index) const {
  if (index < 0 || static_cast<size_t>(index) >= strings_.size()) return {};
  return strings_[static_cast<size_t>(index)];
}

std::string Names::node(int64_t node) const {
  if (node < 0) return "-";
  if (node >= kZookeeperNode) return "zookeeper " + std::to_string(node - kZookeeperNode);
  const auto it = nodes_.find(node);
  const int64_t roles = it == nodes_.end() ? 0 : it->second.roles;
  const char* what = "node ";
  if (roles == kBrokerRole) what = "broker ";
  if (roles == kControllerRole) what = "controller ";
  return what + std::to_string(node);
}

std::string Names::topic(int64_t topic) const {
  const auto it = topics_.find(topic);
  if (it == topics_.end()) return "topic " + std::to_string(topic);
  return std::string(string(it->second.name));
}

std::string Names::partition(int64_t partition) const {
  auto it = topic_of_first_.upper_bound(partition);
  if (it != topic_of_first_.begin()) {
    const TopicInfo& info = topics_.at((--it)->second);
    if (partition < info.first + info.partitions) {
      return std::string(string(info.name)) + "-" + std::to_string(partition - info.first);
    }
  }
  return "partition " + std::to_string(partition);
}

std::string Names::group(int64_t group) const {
  const auto it = groups_.find(group);
  return it == groups_.end() ? "group " + std::to_string(group) : std::string(string(it->second));
}

std::string Names::operator_name(int64_t index) const {
  const auto it = operators_.find(index);
  return it == operators_.end() ? "operator" : std::string(string(it->second));
}

std::string Names::zone_of_node(int64_t node) const {
  const auto it = nodes_.find(node);
  return it == nodes_.end() ? std::string() : std::string(string(it->second.zone));
}

}  // namespace twin::trace
