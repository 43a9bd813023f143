#include "tests/conformance/player.h"

#include <array>
#include <memory>
#include <set>

#include "controller/api/fields.h"
#include "sim/assert.h"

namespace twin::conformance {

namespace {

using api::Value;
using controller::KubeReply;
using controller::KubeRequest;
using controller::Outcome;
using controller::Verb;
using controller::WatchEvent;
using controller::WatchEventType;

std::string text(const Value& map, std::string_view key) {
  const Value* found = map.find(key);
  return found != nullptr && found->is_scalar() ? found->scalar_text() : std::string{};
}

Verb verb_of(const std::string& name) {
  for (const Verb verb : {Verb::get, Verb::list, Verb::watch, Verb::create, Verb::update,
                          Verb::update_status, Verb::apply, Verb::remove, Verb::evict}) {
    if (controller::verb_name(verb) == name) return verb;
  }
  TWIN_ASSERT_MSG(false, "kubernetes.yaml: no verb " + name);
  return Verb::get;
}

std::string known_fields(const Value& step) {
  static const std::set<std::string> kFields{"answer",  "says",  "expect", "version",
                                             "marked",  "items", "events", "as",
                                             "manager", "force", "set",    "unset"};
  for (const auto& [key, value] : step.entries()) {
    if (&value != &step.entries().front().second && !kFields.contains(key)) return key;
  }
  return {};
}

void unset_path(Value& root, const std::string& path) {
  const size_t dot = path.rfind('.');
  TWIN_ASSERT_MSG(path.find('.') == dot, "unset of two levels: " + path);
  if (dot == path.npos) return root.erase(path);
  if (Value* parent = root.find(std::string_view(path).substr(0, dot))) {
    parent->erase(std::string_view(path).substr(dot + 1));
  }
}

api::ObjectPtr decoded(Value document) {
  auto object = api::decode({"kubernetes.yaml", std::move(document)});
  TWIN_ASSERT_MSG(object.has_value(), object ? "" : object.error().to_string());
  return std::move(*object);
}

std::string shown(const Value* value) {
  return value == nullptr ? "nothing" : api::to_json(*value);
}

}  // namespace

sim::Expected<std::vector<Case>> read_cases(const std::string& path) {
  const auto documents = api::read_yaml_file(path);
  if (!documents) return documents.error();
  std::vector<Case> out;
  for (const Value& each : documents->front().root.items()) {
    const Value* steps = each.find("steps");
    if (steps == nullptr || !steps->is_list() || text(each, "case").empty()) {
      return sim::Error{path + ":" + std::to_string(each.mark().line), "not a case", ""};
    }
    out.push_back({text(each, "case"), *steps});
  }
  return out;
}

void Player::wrong(const std::string& what) {
  wrong_.push_back("kubernetes.yaml:" + std::to_string(at_.line) + ": " + case_.name + ": " + what);
}

std::vector<std::string> Player::play() {
  server_.begin(case_.name);
  for (const Value& each : case_.steps.items()) {
    at_ = each.mark();
    const std::string stranger = known_fields(each);
    if (!stranger.empty()) wrong("no such field of a step: " + stranger);
    step(each);
  }
  return wrong_;
}

KubeRequest Player::request_of(const std::string& verb, const Value& subject, const Value& step) {
  KubeRequest out;
  out.verb = verb_of(verb);
  out.namespace_name = case_.name;
  out.field_manager = step.find("manager") ? text(step, "manager") : "kafka-twin";
  out.force = text(step, "force") == "true";
  if (out.verb == Verb::create || out.verb == Verb::apply) {
    Value document = subject;
    const auto kind = api::kind_from_name(text(document, "kind"));
    TWIN_ASSERT_MSG(kind.has_value(), text(document, "kind"));
    document.set("apiVersion", Value::string(api::api_versions(*kind)[0]));
    document.find("metadata")->set("namespace", Value::string(case_.name));
    out.object = decoded(std::move(document));
  } else if (out.verb == Verb::update || out.verb == Verb::update_status) {
    const auto kept = kept_.find(subject.scalar_text());
    TWIN_ASSERT_MSG(kept != kept_.end(), subject.scalar_text());
    Value document = api::encode(*kept->second);
    if (const Value* set = step.find("set")) {
      for (const auto& [path, value] : set->entries()) {
        TWIN_ASSERT(document.set_path(path, value).has_value());
      }
    }
    if (const Value* unset = step.find("unset")) {
      for (const Value& path : unset->items()) unset_path(document, path.scalar_text());
    }
    out.object = decoded(std::move(document));
  } else {
    const auto kind = api::kind_from_name(text(subject, "kind"));
    TWIN_ASSERT_MSG(kind.has_value(), text(subject, "kind"));
    out.kind = *kind;
    out.name = text(subject, "name");
    if (const Value* selector = subject.find("selector")) {
      for (const auto& [key, value] : selector->entries()) out.selector[key] = value.scalar_text();
    }
    if (subject.find("uid")) out.uid = kept_.at(text(subject, "uid"))->metadata.uid;
    if (subject.find("since")) {
      out.since = kept_.at(text(subject, "since"))->metadata.resource_version;
    }
    if (const Value* grace = subject.find("grace")) {
      out.grace = sim::Duration{grace->as_int() * 1'000'000'000};
    }
  }
  if (out.object) {
    out.kind = out.object->kind;
    out.name = out.object->metadata.name;
  }
  return out;
}

void Player::step(const Value& step) {
  const auto& [verb, subject] = step.entries().front();
  if (verb == "compact") return server_.compact();
  const KubeRequest request = request_of(verb, subject, step);
  if (request.verb == Verb::watch) {
    return check_events(step, server_.watch(request, step.find("events")->items().size()));
  }
  check(step, server_.call(request));
}

void Player::check(const Value& step, const KubeReply& reply) {
  const std::string answer = step.find("answer") ? text(step, "answer") : "ok";
  const std::string_view outcome = controller::outcome_name(reply.meta.outcome);
  if (outcome != answer) {
    return wrong("answered " + std::string(outcome) + ", not " + answer + ": " +
                 reply.meta.message);
  }
  const std::string says = text(step, "says");
  if (reply.meta.message.find(says) == std::string::npos) {
    wrong("says `" + reply.meta.message + "`, not `" + says + "`");
  }
  if (const Value* items = step.find("items")) {
    std::string names, wanted;
    for (const api::ObjectPtr& item : reply.items) names += item->metadata.name + " ";
    for (const Value& item : items->items()) wanted += item.scalar_text() + " ";
    if (names != wanted) wrong("lists " + names + ", not " + wanted);
  }
  check_object(step, reply);
}

void Player::check_object(const Value& step, const KubeReply& reply) {
  if (!reply.object) {
    for (const char* key : {"expect", "version", "marked", "as"}) {
      if (step.find(key)) wrong(std::string("no object in the answer to look at: ") + key);
    }
    return;
  }
  const api::Object& object = *reply.object;
  const Value document = api::encode(object);
  if (const Value* expect = step.find("expect")) {
    for (const auto& [path, wanted] : expect->entries()) {
      const Value* found = document.at_path(path);
      const bool same = wanted.is_null() ? found == nullptr : found != nullptr && *found == wanted;
      if (!same) wrong(path + " is " + shown(found) + ", not " + shown(&wanted));
    }
  }
  const auto about = std::pair(object.kind, object.metadata.name);
  const std::string version = text(step, "version");
  if (!version.empty()) {
    const bool kept = versions_.at(about) == object.metadata.resource_version;
    if (kept != (version == "kept")) wrong(kept ? "the version is kept" : "the version is new");
  }
  versions_[about] = object.metadata.resource_version;
  const std::string marked = text(step, "marked");
  if (!marked.empty() && object.metadata.deletion_time.has_value() != (marked == "true")) {
    wrong(marked == "true" ? "is not marked for deletion" : "is marked for deletion");
  }
  const std::string name = text(step, "as");
  if (!name.empty()) kept_[name] = reply.object;
}

void Player::check_events(const Value& step, const std::vector<WatchEvent>& events) {
  static constexpr std::array<const char*, 5> kTypes{"added", "modified", "deleted", "bookmark",
                                                     "error"};
  std::string seen, wanted;
  for (const WatchEvent& event : events) {
    seen += event.type == WatchEventType::error
                ? std::string(controller::outcome_name(event.outcome))
                : kTypes.at(static_cast<size_t>(event.type));
    seen += event.object ? " " + event.object->metadata.name + "," : ",";
  }
  for (const Value& event : step.find("events")->items()) wanted += event.scalar_text() + ",";
  if (seen != wanted) wrong("the watch says " + seen + " not " + wanted);
}

}  // namespace twin::conformance
