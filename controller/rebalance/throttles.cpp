#include "controller/rebalance/throttles.h"

#include <algorithm>
#include <charconv>

#include "sim/int128.h"

namespace twin::controller::rebalance {

namespace {

std::optional<int64_t> number_of(const std::string& text) {
  int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

using Pairs = std::vector<std::pair<int32_t, int32_t>>;

std::string text_of(Pairs pairs) {
  std::ranges::sort(pairs);
  std::string text;
  for (const auto& [partition, broker] : pairs) {
    text += (text.empty() ? "" : ",") + std::to_string(partition) + ":" + std::to_string(broker);
  }
  return text;
}

}  // namespace

bool Throttles::any() const { return !first().empty(); }

std::string Throttles::first() const {
  for (const auto& [broker, each] : rates) {
    if (!each.any()) continue;
    return std::string(each.leader ? kLeaderRate : kFollowerRate) + " = " +
           std::to_string(each.leader ? *each.leader : *each.follower) + " of broker " +
           std::to_string(broker);
  }
  for (const auto& [topic, each] : lists) {
    if (each.any()) {
      return std::string(each.leaders.empty() ? kFollowerList : kLeaderList) + " of topic " + topic;
    }
  }
  return {};
}

BrokerRates rates_in(const std::vector<api::ConfigEntry>& entries) {
  BrokerRates rates;
  for (const api::ConfigEntry& entry : entries) {
    if (entry.source != api::ConfigSource::dynamic_broker) continue;
    if (entry.name == kLeaderRate) rates.leader = number_of(entry.value);
    if (entry.name == kFollowerRate) rates.follower = number_of(entry.value);
  }
  return rates;
}

std::map<std::string, ReplicaLists> lists_in(const api::TopicConfigsSnapshot& configs) {
  std::map<std::string, ReplicaLists> lists;
  for (const api::TopicConfigDescription& topic : configs.topics) {
    ReplicaLists found;
    for (const auto& [key, value] : topic.overrides) {
      if (key == kLeaderList) found.leaders = value;
      if (key == kFollowerList) found.followers = value;
    }
    if (found.any()) lists[topic.name] = std::move(found);
  }
  return lists;
}

std::map<std::string, ReplicaLists> lists_for(const std::vector<Flight>& flights) {
  std::map<std::string, std::pair<Pairs, Pairs>> pairs;
  for (const Flight& flight : flights) {
    if (flight.destinations.empty()) continue;
    auto& [leaders, followers] = pairs[flight.topic];
    for (const int32_t id : flight.sources) leaders.emplace_back(flight.partition, id);
    for (const int32_t id : flight.destinations) followers.emplace_back(flight.partition, id);
  }
  std::map<std::string, ReplicaLists> lists;
  for (auto& [topic, of] : pairs) {
    lists[topic] = {text_of(std::move(of.first)), text_of(std::move(of.second))};
  }
  return lists;
}

namespace {

api::IncrementalAlterConfigsRequest::Change change(std::string_view name, const std::string& text) {
  return {std::string(name), text, text.empty() ? api::AlterOp::remove : api::AlterOp::set};
}

}  // namespace

api::IncrementalAlterConfigsRequest set_lists(const std::string& topic, const ReplicaLists& lists) {
  api::IncrementalAlterConfigsRequest request;
  request.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
  request.topic = topic;
  request.changes = {change(kLeaderList, lists.leaders), change(kFollowerList, lists.followers)};
  return request;
}

api::IncrementalAlterConfigsRequest set_rates(api::NodeId broker, std::optional<int64_t> rate) {
  const std::string text = rate ? std::to_string(*rate) : std::string();
  api::IncrementalAlterConfigsRequest request;
  request.resource = api::IncrementalAlterConfigsRequest::Resource::broker;
  request.broker = broker;
  request.changes = {change(kLeaderRate, text), change(kFollowerRate, text)};
  return request;
}

int64_t next_rate(int64_t now, int64_t wanted, int64_t burst_bytes) {
  if (wanted <= now) return wanted;
  const int64_t step = std::max<int64_t>(1, sim::mul_div(burst_bytes, 1000, kQuotaMemoryMs));
  return wanted - now <= step ? wanted : now + step;
}

}  // namespace twin::controller::rebalance
