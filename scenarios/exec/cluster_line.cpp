#include "scenarios/exec/cluster_line.h"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "controller/api/codecs.h"
#include "scenarios/exec/kafka_json.h"

namespace twin::exec {

namespace {

using Json = nlohmann::ordered_json;
using controller::Verb;

constexpr int64_t kMilli = 1'000'000;
constexpr int64_t kWakeMsMin = 100;  // who asks each nanosecond has no end
constexpr int64_t kWakeMsMax = 3'600'000;
constexpr sim::Duration kAnswer{10'000'000'000};
// More than a cluster of 1,000 nodes has objects.
constexpr size_t kActionsMax = 10'000;

api::Value value_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return api::Value::boolean(json.get<bool>());
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return api::Value::integer(json.get<int64_t>());
    case Json::value_t::number_float:
      return api::Value::real(json.dump());
    case Json::value_t::string:
      return api::Value::string(json.get<std::string>());
    case Json::value_t::array: {
      api::Value::List items;
      for (const Json& item : json) items.push_back(value_of(item));
      return api::Value::list(std::move(items));
    }
    case Json::value_t::object: {
      api::Value::Map entries;
      for (const auto& item : json.items()) {
        entries.emplace_back(item.key(), value_of(item.value()));
      }
      return api::Value::map(std::move(entries));
    }
    default:
      return {};
  }
}

// Reads an answer; what is wrong with it ends the run.
class OrdersReader {
 public:
  OrdersReader(const std::string& command, const std::string& line, const ClusterView& view)
      : command_(command), line_(line), view_(view) {}

  Orders read() {
    const Json json = Json::parse(line_, nullptr, false);
    if (!json.is_object()) wrong("is not a JSON object");
    Orders orders;
    orders.wake = {1000 * kMilli};
    for (const auto& item : json.items()) {
      const Json& value = item.value();
      if (item.key() == "do") {
        if (!value.is_array() || value.size() > kActionsMax) wrong("`do` is not a list of actions");
        for (const Json& each : value) orders.actions.push_back(action(each));
      } else if (item.key() == "say") {
        if (!value.is_string()) wrong("`say` is not a text");
        orders.say = value.get<std::string>();
      } else if (item.key() == "wakeMs") {
        const bool fits = value.is_number_integer() && value.get<int64_t>() >= kWakeMsMin &&
                          value.get<int64_t>() <= kWakeMsMax;
        if (!fits) wrong(fmt::format("`wakeMs` is not from {} to {}", kWakeMsMin, kWakeMsMax));
        orders.wake = {value.get<int64_t>() * kMilli};
      } else {
        wrong(fmt::format("`{}` is not known", item.key()));
      }
    }
    return orders;
  }

 private:
  [[noreturn]] void wrong(const std::string& what) const {
    constexpr size_t kShown = 200;
    throw std::runtime_error(
        fmt::format("exec-operator:{}: {}; an answer is one line like {}: {}", command_, what,
                    R"({"do": [{"delete": {"kind": "Pod", "name": "POD"}}], "wakeMs": 1000})",
                    line_.size() > kShown ? line_.substr(0, kShown) + "..." : line_));
  }

  Action action(const Json& json) const {
    static constexpr std::array<std::pair<std::string_view, Verb>, 4> kWrites{
        {{"create", Verb::create},
         {"update", Verb::update},
         {"updateStatus", Verb::update_status},
         {"apply", Verb::apply}}};
    static constexpr std::array<std::pair<std::string_view, Verb>, 2> kEnds{
        {{"delete", Verb::remove}, {"evict", Verb::evict}}};
    if (!json.is_object()) wrong("an action is not a map");
    Action made;
    for (const auto& item : json.items()) {
      const std::string& key = item.key();
      if (key == "why") {
        if (!item.value().is_string()) wrong("`why` is not a text");
        made.why = item.value().get<std::string>();
        continue;
      }
      if (made.kube || made.kafka) wrong("an action is one thing, and `why`");
      if (key == "kafka") made.kafka = kafka(item.value(), made.what);
      for (const auto& [name, verb] : kWrites) {
        if (key == name) made.kube = write(key, verb, item.value(), made.what);
      }
      for (const auto& [name, verb] : kEnds) {
        if (key == name) made.kube = end(key, verb, item.value(), made.what);
      }
      if (!made.kube && !made.kafka) wrong(fmt::format("`{}` is no action", key));
    }
    if (!made.kube && !made.kafka) wrong("an action is empty");
    return made;
  }

  controller::KubeRequest write(const std::string& key, Verb verb, const Json& json,
                                std::string& what) const {
    auto object = api::decode({"", value_of(json)});
    if (!object) wrong(fmt::format("`{}`: {}", key, object.error().to_string()));
    api::ObjectMeta& metadata = (*object)->metadata;
    if (metadata.name.empty()) wrong(fmt::format("`{}` is of an object without a name", key));
    if (metadata.namespace_name.empty() && api::is_namespaced((*object)->kind)) {
      metadata.namespace_name = view_.namespace_name;
    }
    controller::KubeRequest request;
    request.verb = verb;
    request.kind = (*object)->kind;
    request.namespace_name = metadata.namespace_name;
    request.name = metadata.name;
    if (verb == Verb::apply) {
      request.field_manager = "exec-operator";
      request.force = true;
    }
    what = fmt::format("{} {}/{}", key, api::kind_name(request.kind), request.name);
    request.object = std::move(*object);
    return request;
  }

  controller::KubeRequest end(const std::string& key, Verb verb, const Json& json,
                              std::string& what) const {
    const auto text = [&](const char* field) {
      const auto found = json.find(field);
      return found == json.end() || !found->is_string() ? std::string() : found->get<std::string>();
    };
    if (!json.is_object()) wrong(fmt::format("`{}` is not a map with kind and name", key));
    const auto kind = api::kind_from_name(text("kind"));
    if (!kind || text("name").empty()) {
      wrong(fmt::format("`{}` needs a kind that there is, and a name", key));
    }
    controller::KubeRequest request;
    request.verb = verb;
    request.kind = *kind;
    request.namespace_name = view_.namespace_name;
    request.name = text("name");
    what = fmt::format("{} {}/{}", key, text("kind"), request.name);
    const std::string uid = text("uid");
    if (uid.empty()) return request;
    for (const api::ObjectPtr& each : view_.objects) {
      if (each->kind == *kind && each->metadata.name == request.name &&
          api::fields::UidText::encode(each->metadata.uid).as_string() == uid) {
        request.uid = each->metadata.uid;
      }
    }
    if (!request.uid.valid()) wrong(what + " has a uid that this line did not tell");
    return request;
  }

  controller::KafkaRequest kafka(const Json& json, std::string& what) const {
    if (!json.is_object() || !json.contains("node") || !json["node"].is_number_integer()) {
      wrong("`kafka` needs the `node` that is asked");
    }
    controller::KafkaRequest request;
    request.node = {json["node"].get<int32_t>()};
    request.timeout = kAnswer;
    int asked = 0;
    for (const auto& item : json.items()) {
      const Json& value = item.value();
      if (item.key() == "node") continue;
      ++asked;
      what = "kafka " + item.key();
      if (item.key() == "setMetadataVersion" && value.is_string()) {
        api::UpdateFeaturesRequest body;
        body.version = value.get<std::string>();
        request.body = body;
      } else if (item.key() == "unregister" && value.is_number_integer()) {
        request.body = api::UnregisterBrokerRequest{{value.get<int32_t>()}};
      } else if (item.key() == "electPreferred" && value == true) {
        request.body = api::ElectLeadersRequest{};
      } else {
        wrong(fmt::format("`{}` is nothing that Kafka can be asked here", item.key()));
      }
    }
    if (asked != 1) wrong("`kafka` is one request");
    return request;
  }

  const std::string& command_;
  const std::string& line_;
  const ClusterView& view_;
};

}  // namespace

std::string to_line(const ClusterView& view) {
  Json rest;
  if (view.quorum) rest["quorum"] = quorum_json(*view.quorum);
  if (view.brokers) rest["brokers"] = brokers_json(*view.brokers);
  if (view.features) rest["metadataVersion"] = view.features->metadata_version;
  if (view.topics) rest["partitions"] = partitions_json(*view.topics);
  rest["results"] = Json::array();
  for (const ActionResult& each : view.results) {
    Json one;
    one["what"] = each.what;
    one["outcome"] = each.outcome;
    if (!each.message.empty()) one["message"] = each.message;
    rest["results"].push_back(std::move(one));
  }
  rest["unanswered"] = view.unanswered;
  std::string line = fmt::format(R"({{"nowMs":{},"namespace":"{}","objects":[)",
                                 view.now.ns / kMilli, view.namespace_name);
  for (const api::ObjectPtr& object : view.objects) {
    if (line.back() != '[') line += ',';
    line += api::to_json(api::encode(*object));
  }
  return line + "]," + rest.dump(-1, ' ', true, Json::error_handler_t::replace).substr(1);
}

Orders read_orders(const std::string& command, const std::string& line, const ClusterView& view) {
  return OrdersReader(command, line, view).read();
}

}  // namespace twin::exec
