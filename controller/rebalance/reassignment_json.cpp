#include "controller/rebalance/reassignment_json.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "controller/api/value.h"

namespace twin::controller::rebalance {

namespace {

constexpr const char* kEntryForm = "{\"topic\":\"orders\",\"partition\":0,\"replicas\":[1,2,3]}";

// The tool takes a missing version for 1 and knows no other.
void read_version(JsonCursor& json) {
  const auto start = json.place();
  const int64_t version = json.read_integer(INT32_MIN, INT32_MAX, "the version, 1");
  if (!json.failed() && version != 1) {
    json.fail(start, "version " + std::to_string(version) + " is not supported", "\"version\":1");
  }
}

void read_replicas(JsonCursor& json, AssignmentEntry& out) {
  const auto start = json.place();
  json.open_list("broker ids, for example [1,2,3]");
  while (json.next_item()) {
    const auto at = json.place();
    const auto id =
        static_cast<int32_t>(json.read_integer(0, INT32_MAX, "a broker id, for example 1"));
    if (std::ranges::find(out.replicas, id) != out.replicas.end()) {
      json.fail(at, "broker " + std::to_string(id) + " is in the list twice",
                "each broker holds one replica of a partition");
    }
    out.replicas.push_back(id);
  }
  if (json.failed()) return;
  const size_t most = api::NodeList::kMax;
  if (out.replicas.empty() || out.replicas.size() > most) {
    json.fail(start, std::to_string(out.replicas.size()) + " replicas",
              "1 to " + std::to_string(most) + " broker ids");
  }
}

AssignmentEntry read_entry(JsonCursor& json) {
  AssignmentEntry out;
  const auto start = json.place();
  out.offset = start.offset;
  bool topic = false, partition = false, dirs = false;
  json.open_map(std::string("a partition: ") + kEntryForm);
  while (const auto key = json.next_key()) {
    if (*key == "topic") {
      topic = true;
      out.topic = json.read_text("a topic's name");
    } else if (*key == "partition") {
      partition = true;
      out.partition = static_cast<int32_t>(json.read_integer(0, INT32_MAX, "a partition's number"));
    } else if (*key == "replicas") {
      read_replicas(json, out);
    } else if (*key == "log_dirs") {
      dirs = true;
      json.open_list("log directories, for example [\"any\",\"any\"]");
      while (json.next_item()) out.log_dirs.push_back(json.read_text("a path, or \"any\""));
    } else {
      json.skip_value();
    }
  }
  if (json.failed()) return out;
  if (!topic || !partition || out.replicas.empty()) {
    json.fail(start,
              std::string("a partition without `") +
                  (!topic       ? "topic"
                   : !partition ? "partition"
                                : "replicas") +
                  "`",
              kEntryForm);
  }
  if (!dirs) out.log_dirs.assign(out.replicas.size(), std::string(kAnyLogDir));
  if (out.log_dirs.size() != out.replicas.size()) {
    json.fail(start,
              std::to_string(out.replicas.size()) + " replicas and " +
                  std::to_string(out.log_dirs.size()) + " log_dirs",
              "one log directory, or \"any\", for each replica");
  }
  return out;
}

// Entries that name a partition a second time; the first such by place in the text.
const AssignmentEntry* find_repeated(const std::vector<AssignmentEntry>& entries) {
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) {
    const int topics = entries[a].topic.compare(entries[b].topic);
    return topics != 0 ? topics < 0 : entries[a].partition < entries[b].partition;
  });
  const AssignmentEntry* first = nullptr;
  for (size_t i = 1; i < order.size(); ++i) {
    const AssignmentEntry& one = entries[order[i - 1]];
    const AssignmentEntry& two = entries[order[i]];
    if (one.topic != two.topic || one.partition != two.partition) continue;
    if (first == nullptr || two.offset < first->offset) first = &two;
  }
  return first;
}

}  // namespace

sim::Expected<std::vector<AssignmentEntry>> parse_reassignment(std::string_view text,
                                                               const std::string& file,
                                                               WhichLine which) {
  JsonCursor json(text, find_json(text, which), file);
  std::vector<AssignmentEntry> entries;
  const auto start = json.place();
  json.open_map("{\"version\":1,\"partitions\":[...]}");
  while (const auto key = json.next_key()) {
    if (*key == "version") {
      read_version(json);
    } else if (*key == "partitions") {
      json.open_list("partitions");
      while (json.next_item()) entries.push_back(read_entry(json));
    } else {
      json.skip_value();
    }
  }
  json.expect_end();
  if (entries.empty()) {
    json.fail(start, "no partitions", std::string("\"partitions\":[") + kEntryForm + "]");
  }
  if (!json.failed()) {
    if (const AssignmentEntry* twice = find_repeated(entries)) {
      json.fail({twice->offset},
                twice->topic + "-" + std::to_string(twice->partition) + " is there twice",
                "each partition once");
    }
  }
  if (json.failed()) return json.error();
  return entries;
}

std::string to_reassignment_json(const std::vector<AssignmentEntry>& entries) {
  std::string out = "{\"version\":1,\"partitions\":[";
  for (const AssignmentEntry& entry : entries) {
    if (&entry != &entries.front()) out += ',';
    out += "{\"topic\":" + api::to_json(api::Value::string(entry.topic)) +
           ",\"partition\":" + std::to_string(entry.partition) + ",\"replicas\":[";
    for (size_t i = 0; i < entry.replicas.size(); ++i) {
      out += (i == 0 ? "" : ",") + std::to_string(entry.replicas[i]);
    }
    out += "],\"log_dirs\":[";
    for (size_t i = 0; i < entry.log_dirs.size(); ++i) {
      out += (i == 0 ? "" : ",") + api::to_json(api::Value::string(entry.log_dirs[i]));
    }
    out += "]}";
  }
  return out + "]}";
}

sim::Expected<std::vector<std::string>> parse_topics_to_move(std::string_view text,
                                                             const std::string& file) {
  constexpr const char* kForm = "{\"version\":1,\"topics\":[{\"topic\":\"orders\"}]}";
  JsonCursor json(text, file);
  std::vector<std::string> topics;
  const auto start = json.place();
  json.open_map(kForm);
  while (const auto key = json.next_key()) {
    if (*key == "version") {
      read_version(json);
      continue;
    }
    if (*key != "topics") {
      json.skip_value();
      continue;
    }
    json.open_list("topics, [{\"topic\":\"orders\"}]");
    while (json.next_item()) {
      const auto at = json.place();
      std::string name;
      json.open_map("{\"topic\":\"orders\"}");
      while (const auto field = json.next_key()) {
        if (*field == "topic") {
          name = json.read_text("a topic's name");
        } else {
          json.skip_value();
        }
      }
      if (name.empty()) json.fail(at, "a topic without `topic`", "{\"topic\":\"orders\"}");
      if (std::ranges::find(topics, name) != topics.end()) {
        json.fail(at, "topic `" + name + "` is there twice", "each topic once");
      }
      topics.push_back(std::move(name));
    }
  }
  json.expect_end();
  if (topics.empty()) json.fail(start, "no topics", kForm);
  if (json.failed()) return json.error();
  return topics;
}

sim::Expected<std::vector<api::NodeId>> parse_broker_list(std::string_view text,
                                                          const std::string& option) {
  std::vector<api::NodeId> ids;
  while (true) {
    const size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    api::NodeId id;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), id.value);
    if (read.ec != std::errc{} || read.ptr != word.data() + word.size() || !id.valid()) {
      return sim::Error{option, "`" + std::string(word) + "` is no broker id",
                        "ids between commas, for example 0,1,2"};
    }
    if (std::ranges::find(ids, id) != ids.end()) {
      return sim::Error{option, "broker " + std::string(word) + " is in the list twice",
                        "each broker once"};
    }
    ids.push_back(id);
    if (comma == text.npos) return ids;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace twin::controller::rebalance
