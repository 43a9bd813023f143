// What kafka-topics and kafka-consumer-groups print.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "scenarios/import/snapshot.h"
#include "scenarios/runner/load_reader.h"

namespace twin::import {

namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool read_number(std::string_view text, int64_t& out) {
  text = trimmed(text);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(at), text.size());
    parts.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// "Topic: orders\tPartition: 0": fields of a line, by name.
std::map<std::string, std::string_view> fields_of(std::string_view line) {
  std::map<std::string, std::string_view> fields;
  for (const std::string_view part : split(line, '\t')) {
    const size_t colon = part.find(':');
    if (colon == part.npos) continue;
    fields[std::string(part.substr(0, colon))] = trimmed(part.substr(colon + 1));
  }
  return fields;
}

sim::Error wrong(const Input& input, size_t line, const std::string& what, const char* right) {
  return sim::Error{fmt::format("{}:{}", input.file, line + 1), what, right};
}

// "a=1,b=2"; a value may have commas of its own: a part without `=` belongs to the one before.
std::vector<std::pair<std::string, std::string>> config_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> config;
  for (const std::string_view part : split(text, ',')) {
    const size_t equals = part.find('=');
    if (equals != part.npos) {
      config.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    } else if (!config.empty()) {
      config.back().second += "," + std::string(part);
    }
  }
  return config;
}

constexpr const char* kTopicLine = "Topic: orders, Partition: 0, Replicas: 1,2,0, apart by tabs";

sim::Expected<void> read_partition(const Input& input, size_t line,
                                   const std::map<std::string, std::string_view>& fields,
                                   DescribedTopic& topic) {
  int64_t partition = -1;
  const auto replicas = fields.find("Replicas");
  if (!read_number(fields.at("Partition"), partition) || partition < 0 || partition > INT32_MAX ||
      replicas == fields.end()) {
    return wrong(input, line, "is no partition", kTopicLine);
  }
  std::vector<int32_t>& list = topic.replicas[static_cast<int32_t>(partition)];
  for (const std::string_view each : split(replicas->second, ',')) {
    int64_t id = -1;
    if (!read_number(each, id) || id < 0 || id > INT32_MAX) {
      return wrong(input, line, fmt::format("`{}` is no broker", each), kTopicLine);
    }
    list.push_back(static_cast<int32_t>(id));
  }
  const auto isr = fields.find("Isr");
  if (isr != fields.end() && split(isr->second, ',').size() < list.size()) {
    ++topic.under_replicated;
  }
  return {};
}

}  // namespace

sim::Expected<std::vector<DescribedTopic>> parse_topics(const Input& input) {
  std::vector<DescribedTopic> topics;
  const std::vector<std::string> lines = scenario::lines_of(input.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto fields = fields_of(lines[i]);
    const auto name = fields.find("Topic");
    if (name == fields.end()) continue;
    if (topics.empty() || topics.back().name != name->second) {
      topics.emplace_back().name = std::string(name->second);
    }
    DescribedTopic& topic = topics.back();
    if (fields.contains("Partition")) {
      const auto read = read_partition(input, i, fields, topic);
      if (!read) return read.error();
      continue;
    }
    int64_t replication = 0;
    const auto factor = fields.find("ReplicationFactor");
    if (factor == fields.end() || !read_number(factor->second, replication)) {
      return wrong(input, i, "has no ReplicationFactor", "as kafka-topics --describe prints it");
    }
    topic.replication = static_cast<int32_t>(std::clamp<int64_t>(replication, 1, 1000));
    const auto config = fields.find("Configs");
    if (config != fields.end()) topic.config = config_of(config->second);
  }
  for (const DescribedTopic& topic : topics) {
    const auto count = static_cast<int32_t>(topic.replicas.size());
    if (count > 0 && topic.replicas.rbegin()->first == count - 1) continue;
    return sim::Error{input.file, fmt::format("topic {} lacks partitions", topic.name),
                      "the whole output of kafka-topics --describe"};
  }
  return topics;
}

sim::Expected<std::vector<DescribedGroup>> parse_groups(const Input& input) {
  std::map<std::string, DescribedGroup> groups;
  const std::vector<std::string> lines = scenario::lines_of(input.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string_view> words = split(lines[i], ' ');
    std::erase(words, std::string_view());
    if (words.size() < 6 || words[0] == "GROUP") continue;
    if (words[0] == "Consumer" || words[0] == "Warning:") continue;
    int64_t partition = -1;
    if (!read_number(words[2], partition)) {
      if (words[2] == "-") continue;  // a member without a partition
      return wrong(input, i, fmt::format("`{}` is no partition", words[2]),
                   "as kafka-consumer-groups --describe prints it");
    }
    DescribedGroup& group = groups[std::string(words[0])];
    group.name = std::string(words[0]);
    if (std::find(group.topics.begin(), group.topics.end(), words[1]) == group.topics.end()) {
      group.topics.emplace_back(words[1]);
    }
    int64_t lag = 0;
    if (read_number(words[5], lag)) group.lag += lag;
  }
  std::vector<DescribedGroup> list;
  for (auto& [name, group] : groups) {
    std::ranges::sort(group.topics);
    list.push_back(std::move(group));
  }
  return list;
}

}  // namespace twin::import
