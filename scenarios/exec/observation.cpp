#include "scenarios/exec/observation.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/exec/kafka_json.h"

namespace twin::exec {

namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kMilli = 1'000'000;
constexpr int64_t kWakeMsMin = 100;  // who asks each nanosecond has no end
constexpr int64_t kWakeMsMax = 3'600'000;

Json node_of(const SeenNode& seen) {
  const controller::RollNode& node = *seen.node;
  Json out;
  out["id"] = node.id.value;
  out["pod"] = node.pod_name;
  out["role"] = node.zookeeper                             ? "zookeeper"
                : node.broker_role && node.controller_role ? "both"
                : node.broker_role                         ? "broker"
                                                           : "controller";
  out["exists"] = seen.pod != nullptr;
  const bool terminating = seen.pod != nullptr && api::is_terminating(*seen.pod);
  out["terminating"] = terminating;
  out["ready"] = seen.pod != nullptr && api::is_ready(*seen.pod) && !terminating;
  out["restartFor"] = seen.reasons;
  return out;
}

}  // namespace

std::string to_line(const Observation& o) {
  Json out;
  out["nowMs"] = o.now.ns / kMilli;
  out["cluster"] = o.cluster;
  out["nodes"] = Json::array();
  for (const SeenNode& node : o.nodes) out["nodes"].push_back(node_of(node));
  if (o.quorum) out["quorum"] = quorum_json(*o.quorum);
  if (o.brokers) out["brokers"] = brokers_json(*o.brokers);
  if (o.topics) out["partitions"] = partitions_json(*o.topics);
  out["unanswered"] = o.unanswered;
  return out.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Answer read_answer(const std::string& command, const std::string& line,
                   const Observation& observation) {
  const auto wrong = [&](const std::string& what) {
    constexpr size_t kShown = 200;
    const std::string pod =
        observation.nodes.empty() ? "POD" : observation.nodes.front().node->pod_name;
    const std::string right = R"({"restart": [")" + pod + R"("], "say": "why", "wakeMs": 1000})";
    throw std::runtime_error(
        fmt::format("exec:{}: {}; an answer is one line like {} or {{\"done\": true}}: {}", command,
                    what, right, line.size() > kShown ? line.substr(0, kShown) + "..." : line));
  };
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) wrong("is not a JSON object");
  Answer answer;
  answer.wake = {1000 * kMilli};
  for (const auto& [key, value] : json.items()) {
    if (key == "restart") {
      if (!value.is_array()) wrong("`restart` is not a list of pods");
      for (const Json& pod : value) {
        if (!pod.is_string()) wrong("`restart` is not a list of pods");
        const std::string name = pod.get<std::string>();
        const bool known = std::ranges::any_of(
            observation.nodes, [&](const SeenNode& node) { return node.node->pod_name == name; });
        if (!known) wrong(fmt::format("`{}` is no pod of the cluster", name));
        answer.restart.push_back(name);
      }
    } else if (key == "say") {
      if (!value.is_string()) wrong("`say` is not a text");
      answer.say = value.get<std::string>();
    } else if (key == "done") {
      if (!value.is_boolean()) wrong("`done` is not true or false");
      answer.done = value.get<bool>();
    } else if (key == "wakeMs") {
      const bool fits = value.is_number_integer() && value.get<int64_t>() >= kWakeMsMin &&
                        value.get<int64_t>() <= kWakeMsMax;
      if (!fits) wrong(fmt::format("`wakeMs` is not from {} to {}", kWakeMsMin, kWakeMsMax));
      answer.wake = {value.get<int64_t>() * kMilli};
    } else {
      wrong(fmt::format("`{}` is not known", key));
    }
  }
  return answer;
}

}  // namespace twin::exec
