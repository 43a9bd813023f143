#include "model/kafka/control/dynamic_config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/kafka/throttled_replicas.h"

namespace twin::model::control {


namespace {

std::optional<int64_t> integer_of(std::string_view text) {
  int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_real(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

bool is_allowed(std::string_view allowed, std::string_view value) {
  while (!allowed.empty()) {
    const size_t comma = allowed.find(',');
    if (allowed.substr(0, comma) == value) return true;
    if (comma == allowed.npos) return false;
    allowed.remove_prefix(comma + 1);
  }
  return false;
}

std::string bad(std::string_view key, std::string_view value, std::string_view why) {
  return "Invalid value " + std::string(value) + " for configuration " + std::string(key) +
         ": " + std::string(why);
}

// Thread pools that DynamicThreadPool resizes: to at least half, at most double the value in use.
constexpr std::array<std::string_view, 5> kThreadPools = {
    "background.threads", "num.io.threads", "num.network.threads",
    "num.recovery.threads.per.data.dir", "num.replica.fetchers"};

std::optional<std::string> resize_problem(std::string_view key, std::string_view value,
                                          std::string_view in_use) {
  if (std::ranges::find(kThreadPools, key) == kThreadPools.end()) return std::nullopt;
  const auto wanted = integer_of(value);
  const auto now = integer_of(in_use);
  if (!wanted || !now || *wanted == *now) return std::nullopt;
  const std::string why = "Dynamic thread count update validation failed for " +
                          std::string(key) + "=" + std::string(value) + ": ";
  if (*wanted < *now / 2)
    return why + "value should be at least half the current value " + std::to_string(*now);
  if (*wanted > *now * 2)
    return why + "value should not be greater than double the current value " +
           std::to_string(*now);
  return std::nullopt;
}

// ThrottledReplicaListValidator.
std::optional<std::string> list_problem(std::string_view key, std::string_view value) {
  const bool list = key == kLeaderThrottledReplicas || key == kFollowerThrottledReplicas;
  if (!list || ThrottledReplicas::parse(value)) return std::nullopt;
  return bad(key, value,
             "must be the literal '*' or a list of replicas in the following format: "
             "[partitionId]:[brokerId],[partitionId]:[brokerId],...");
}

}  // namespace

std::optional<std::string> value_problem(std::string_view kafka_version, std::string_view key,
                                         std::string_view value) {
  const api::ConfigKey* known = api::find_key(kafka_version, key);
  if (known == nullptr) return std::nullopt;
  switch (known->type) {
    case api::ValueType::boolean:
      if (value != "true" && value != "false")
        return bad(key, value, "Expected value to be either true or false");
      break;
    case api::ValueType::integer: {
      const auto number = integer_of(value);
      if (!number) return bad(key, value, "Not a number of type INT or LONG");
      if (known->min && *number < *known->min)
        return bad(key, value, "Value must be at least " + std::to_string(*known->min));
      if (known->max && *number > *known->max)
        return bad(key, value, "Value must be no more than " + std::to_string(*known->max));
      break;
    }
    case api::ValueType::real:
      if (!is_real(value)) return bad(key, value, "Not a number of type DOUBLE");
      break;
    case api::ValueType::string:
    case api::ValueType::list:
    case api::ValueType::password:
      break;
  }
  const bool one_of = known->type == api::ValueType::string && !known->allowed.empty();
  if (one_of && !is_allowed(known->allowed, value))
    return bad(key, value, "String must be one of: " + std::string(known->allowed));
  return std::nullopt;
}

const DynamicValues* DynamicConfig::of(api::NodeId broker) const {
  const auto found = brokers_.find(broker);
  return found == brokers_.end() ? nullptr : &found->second;
}

std::optional<ConfigRefusal> DynamicConfig::check(
    const api::IncrementalAlterConfigsRequest& request, std::string_view kafka_version,
    const api::ServerConfig* running) const {
  using Request = api::IncrementalAlterConfigsRequest;
  const bool topic = request.resource == Request::Resource::topic;
  for (const Request::Change& change : request.changes) {
    const api::ConfigKey* key = api::find_key(kafka_version, change.name);
    if (!topic && key != nullptr && key->mode == api::UpdateMode::read_only)
      return ConfigRefusal{api::KafkaError::invalid_request,
                           "Cannot update these configs dynamically: Set(" + change.name + ")"};
    if (!topic && key != nullptr && key->mode == api::UpdateMode::per_broker &&
        request.resource == Request::Resource::cluster)
      return ConfigRefusal{api::KafkaError::invalid_request,
                           "Cannot update these configs at default cluster level: Set(" +
                               change.name + ")"};
    if (change.op == api::AlterOp::remove) continue;
    auto problem = topic ? list_problem(change.name, change.value)
                         : value_problem(kafka_version, change.name, change.value);
    if (!problem && topic) problem = value_problem(kafka_version, change.name, change.value);
    if (!problem && !topic && running != nullptr)
      problem = resize_problem(
          change.name, change.value,
          effective(request.broker, *running, kafka_version, change.name));
    if (problem) return ConfigRefusal{api::KafkaError::invalid_config, *problem};
  }
  return std::nullopt;
}

void DynamicConfig::apply(const api::IncrementalAlterConfigsRequest& request) {
  using Request = api::IncrementalAlterConfigsRequest;
  DynamicValues& values =
      request.resource == Request::Resource::cluster ? cluster_ : brokers_[request.broker];
  for (const Request::Change& change : request.changes) {
    if (change.op == api::AlterOp::remove) values.erase(change.name);
    if (change.op == api::AlterOp::set) values[change.name] = change.value;
  }
}

std::string DynamicConfig::effective(api::NodeId broker, const api::ServerConfig& file,
                                     std::string_view kafka_version,
                                     std::string_view key) const {
  if (const DynamicValues* own = of(broker)) {
    if (const auto found = own->find(key); found != own->end()) return found->second;
  }
  if (const auto found = cluster_.find(key); found != cluster_.end()) return found->second;
  if (const std::string* text = api::find_value(file, key)) return *text;
  const api::ConfigKey* known = api::find_key(kafka_version, key);
  return known == nullptr ? std::string() : std::string(known->default_value);
}

std::optional<int64_t> DynamicConfig::throttle(api::NodeId broker, std::string_view key) const {
  for (const DynamicValues* values : {of(broker), &cluster_}) {
    if (values == nullptr) continue;
    if (const auto found = values->find(key); found != values->end()) {
      return integer_of(found->second);
    }
  }
  return std::nullopt;
}

std::vector<api::ConfigEntry> DynamicConfig::describe(api::NodeId broker,
                                                      const api::ServerConfig& file,
                                                      std::string_view kafka_version) const {
  std::map<std::string, api::ConfigEntry, std::less<>> entries;
  const auto put = [&](const std::string& name, const std::string& value,
                       api::ConfigSource source) {
    const api::ConfigKey* key = api::find_key(kafka_version, name);
    const bool read_only = key != nullptr && key->mode == api::UpdateMode::read_only;
    entries[name] = {name, value, source, read_only};
  };
  for (const auto& [name, value] : file) put(name, value, api::ConfigSource::static_broker);
  for (const auto& [name, value] : cluster_) put(name, value, api::ConfigSource::dynamic_default);
  if (const DynamicValues* own = of(broker)) {
    for (const auto& [name, value] : *own) put(name, value, api::ConfigSource::dynamic_broker);
  }
  std::vector<api::ConfigEntry> result;
  result.reserve(entries.size());
  for (auto& [name, entry] : entries) result.push_back(std::move(entry));
  return result;
}

}  // namespace twin::model::control
