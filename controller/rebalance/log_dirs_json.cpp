#include "controller/rebalance/log_dirs_json.h"

#include <charconv>
#include <optional>

namespace twin::controller::rebalance {

namespace {

constexpr const char* kForm =
    "the output of kafka-log-dirs --describe: {\"version\":1,\"brokers\":[...]}";

// "orders-eu-3": the topic is what stands before the last dash.
bool split_name(const std::string& name, ReplicaOnDisk& out) {
  const size_t dash = name.rfind('-');
  if (dash == name.npos || dash == 0) return false;
  const char* end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + dash + 1, end, out.partition);
  out.topic = name.substr(0, dash);
  return read.ec == std::errc{} && read.ptr == end && out.partition >= 0;
}

// Nothing when it is a future replica.
std::optional<ReplicaOnDisk> read_replica(JsonCursor& json) {
  ReplicaOnDisk out;
  bool future = false;
  json.open_map("a partition: {\"partition\":\"orders-0\",\"size\":1000}");
  while (const auto key = json.next_key()) {
    const auto place = json.place();
    if (*key == "partition") {
      const std::string name = json.read_text("a topic and a number, orders-0");
      if (!json.failed() && !split_name(name, out)) {
        json.fail(place, "`" + name + "` names no partition", "a topic and a number, orders-0");
      }
    } else if (*key == "size") {
      out.bytes = json.read_integer(0, INT64_MAX, "a size in bytes");
    } else if (*key == "isFuture") {
      future = json.read_flag();
    } else {
      json.skip_value();
    }
  }
  if (json.failed() || future) return std::nullopt;
  return out;
}

DirOnDisk read_dir(JsonCursor& json) {
  DirOnDisk out;
  json.open_map("a log directory: {\"logDir\":\"/data/0\",\"partitions\":[...]}");
  while (const auto key = json.next_key()) {
    if (*key == "logDir") {
      out.path = json.read_text("a path");
    } else if (*key == "partitions") {
      json.open_list("partitions");
      while (json.next_item()) {
        if (auto replica = read_replica(json)) out.replicas.push_back(std::move(*replica));
      }
    } else {
      json.skip_value();
    }
  }
  return out;
}

void read_broker(JsonCursor& json, std::vector<DirOnDisk>& out) {
  int32_t id = -1;
  const size_t first = out.size();
  const auto start = json.place();
  json.open_map("a broker: {\"broker\":0,\"logDirs\":[...]}");
  while (const auto key = json.next_key()) {
    if (*key == "broker") {
      id = static_cast<int32_t>(json.read_integer(0, INT32_MAX, "a broker id"));
    } else if (*key == "logDirs") {
      json.open_list("log directories");
      while (json.next_item()) out.push_back(read_dir(json));
    } else {
      json.skip_value();
    }
  }
  if (id < 0) json.fail(start, "a broker without `broker`", "\"broker\":0");
  for (size_t i = first; i < out.size(); ++i) out[i].broker = id;
}

}  // namespace

sim::Expected<std::vector<DirOnDisk>> parse_log_dirs(std::string_view text,
                                                     const std::string& file) {
  JsonCursor json(text, find_json(text, WhichLine::last), file);
  std::vector<DirOnDisk> dirs;
  json.open_map(kForm);
  while (const auto key = json.next_key()) {
    if (*key != "brokers") {
      json.skip_value();
      continue;
    }
    json.open_list("brokers");
    while (json.next_item()) read_broker(json, dirs);
  }
  json.expect_end();
  if (json.failed()) return json.error();
  return dirs;
}

}  // namespace twin::controller::rebalance
