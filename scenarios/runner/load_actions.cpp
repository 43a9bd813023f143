// What a step does: exactly one action key of its map.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "controller/api/object.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

// "Kafka/my-cluster"
bool read_target(const Node& node, std::string_view text, api::Mark mark, Step& out) {
  const size_t slash = text.find('/');
  const std::string where = node.source().where(mark);
  if (slash == text.npos || slash == 0 || slash + 1 == text.size()) {
    node.problems().add(where, fmt::format("`{}` names no object", text),
                        "KIND/NAME, for example Kafka/my-cluster");
    return false;
  }
  const std::string kind(text.substr(0, slash));
  if (!api::kind_from_name(kind)) {
    std::vector<std::string> known;
    for (size_t i = 0; i < api::kKindCount; ++i) {
      known.emplace_back(api::kind_name(static_cast<api::Kind>(i)));
    }
    node.problems().add(where, fmt::format("unknown kind `{}`", kind), did_you_mean(kind, known));
    return false;
  }
  out.target_kind = kind;
  out.target = std::string(text.substr(slash + 1));
  return true;
}

// {KIND/NAME: what}; false when it is not one entry of that form.
bool read_targeted(const Node& node, std::string_view example, Step& out) {
  if (!node.require_map(example)) return false;
  if (node.value().entries().size() != 1) {
    node.fail(fmt::format("`{}` names {} objects", node.path(), node.value().entries().size()),
              fmt::format("one object per step, for example {}", example));
    return false;
  }
  const std::string& key = node.value().entries().front().first;
  return read_target(node, key, node.source().key_mark(node.value(), key), out);
}

void read_apply(const Node& node, Step& out) {
  if (!node.require_map("a manifest")) return;
  const auto object = api::decode({node.source().file, node.value()});
  if (!object) {
    const sim::Error& error = object.error();
    node.problems().add(error.where, error.what, error.hint);
    return;
  }
  out.object = *object;
  out.target_kind = std::string(api::kind_name(out.object->kind));
  out.target = out.object->metadata.name;
}

void read_set(const Node& node, Step& out) {
  if (!read_targeted(node, "{Kafka/my-cluster: {spec.kafka.version: 4.3.0}}", out)) return;
  const Node fields = node.at(node.value().entries().front().first);
  if (!fields.require_map("paths and values, for example {spec.kafka.version: 4.3.0}")) return;
  if (fields.value().entries().empty()) fields.fail("nothing to set", "at least one path");
  for (const auto& [path, value] : fields.value().entries()) out.changes.emplace_back(path, value);
}

void read_annotate(const Node& node, Step& out) {
  const char* example = "{Pod/my-cluster-broker-0: {strimzi.io/manual-rolling-update: \"true\"}}";
  if (!read_targeted(node, example, out)) return;
  const Node fields = node.at(node.value().entries().front().first);
  if (!fields.require_map("annotations and their values")) return;
  for (const auto& [key, value] : fields.value().entries()) {
    if (value.is_null()) {
      out.changes.emplace_back(key, api::Value::string(""));  // removes it
      continue;
    }
    std::string text;
    if (read_text(fields.at(key), text)) out.changes.emplace_back(key, api::Value::string(text));
  }
}

void read_scale(const Node& node, Step& out) {
  if (!read_targeted(node, "{KafkaNodePool/broker: 4}", out)) return;
  const Node replicas = node.at(node.value().entries().front().first);
  if (out.target_kind != "KafkaNodePool" && out.target_kind != "Kafka") {
    node.fail(fmt::format("a {} is not scaled", out.target_kind), "a KafkaNodePool or a Kafka");
    return;
  }
  read_integer(replicas, 0, 32767, out.replicas);
}

void read_remove(const Node& node, Step& out) {
  std::string text;
  if (read_word(node, text)) read_target(node, text, node.mark(), out);
}

void read_undo(const Node& node, Step& out) {
  std::string text;
  if (!read_word(node, text) || !read_target(node, text, node.mark(), out)) return;
  if (out.target_kind == "StatefulSet") return;
  node.fail(fmt::format("a {} has no history to go back in", out.target_kind),
            "StatefulSet/NAME, for example StatefulSet/my-cluster-kafka");
}

void read_fault_kind(const Node& node, model::Fault& out) {
  std::vector<std::string> names;
  for (const model::FaultKindInfo& info : model::fault_kinds()) names.emplace_back(info.name);
  size_t index = 0;
  if (read_choice(node, names, index)) out.kind = model::fault_kinds()[index].kind;
}

constexpr Key<model::Fault> kFaultKeys[] = {
    {"kind", read_fault_kind, true},
    {"target", [](const Node& n, model::Fault& o) { read_word(n, o.target); }},
    {"other", [](const Node& n, model::Fault& o) { read_word(n, o.other); }},
    {"duration", [](const Node& n, model::Fault& o) { read_duration(n, o.duration); }},
    {"amount", [](const Node& n, model::Fault& o) { read_integer(n, 0, INT64_MAX, o.amount); }},
    {"mode", [](const Node& n, model::Fault& o) { read_word(n, o.mode); }},
};

void read_fault(const Node& node, Step& out) {
  const size_t before = node.problems().count();
  read_map<model::Fault>(node, kFaultKeys, out.fault);
  if (node.problems().count() > before || !node.value().is_map()) return;
  const model::FaultKindInfo& info = model::info_of(out.fault.kind);
  const auto unused = [&](std::string_view key, bool used) {
    if (used || !node.value().find(key)) return;
    node.fail_at_key(key, fmt::format("{} takes no `{}`", info.name, key), "remove it");
  };
  const bool cut = out.fault.kind == model::FaultKind::network_cut;
  unused("amount", !info.amount_help.empty());
  unused("mode", !info.mode_help.empty());
  unused("duration", info.heals);
  unused("other", cut);
  if (info.needs_target && out.fault.target.empty()) {
    node.fail(fmt::format("{} of what?", info.name), fmt::format("target: {}", info.target_help));
  }
  if (cut && out.fault.other.empty()) {
    node.fail("a network cut has two ends",
              "other: api-server, or what the target is cut off from");
  }
}

void read_heal(const Node& node, Step& out) { read_word(node, out.heals); }

void read_step_text(const Node& node, Step& out) { read_word(node, out.text); }

// The number of an operator, from 0.
void read_operator_index(const Node& node, Step& out) {
  int64_t index = 0;
  if (read_integer(node, 0, 99, index)) out.replicas = index;
}

// "orders-3": [1, 2, 4]
void read_targets(const Node& node, Reassign& out) {
  if (!node.require_map("partitions and their replicas, for example {orders-3: [1, 2, 4]}")) return;
  for (const auto& [name, value] : node.value().entries()) {
    const size_t dash = name.rfind('-');
    Reassign::Target target;
    const char* end = name.data() + name.size();
    const auto number =
        std::from_chars(name.data() + std::min(dash, name.size() - 1) + 1, end, target.partition);
    if (dash == name.npos || dash == 0 || number.ec != std::errc{} || number.ptr != end) {
      node.fail_at_key(name, fmt::format("`{}` names no partition", name),
                       "TOPIC-NUMBER, for example orders-3");
      continue;
    }
    target.topic = name.substr(0, dash);
    read_replica_list(node.at(name), target.replicas);
    out.targets.push_back(std::move(target));
  }
}

// {0: 6}: broker 6 in the place of broker 0.
void read_replace(const Node& node, Reassign& out) {
  if (!node.require_map("brokers and who takes their place, for example {0: 6}")) return;
  for (const auto& [name, value] : node.value().entries()) {
    int32_t from = -1;
    const char* end = name.data() + name.size();
    const auto number = std::from_chars(name.data(), end, from);
    if (number.ec != std::errc{} || number.ptr != end || from < 0) {
      node.fail_at_key(name, fmt::format("`{}` is no broker", name), "its id, for example {0: 6}");
      continue;
    }
    int64_t to = 0;
    if (!read_integer(node.at(name), 0, INT32_MAX, to)) continue;
    out.replace.push_back({{from}, {static_cast<int32_t>(to)}});
  }
}

void read_throttle_rate(const Node& node, Reassign& out) {
  api::BytesPerSec rate;
  if (read_rate(node, rate)) out.throttle = rate.value;
}

constexpr Key<Reassign> kReassignKeys[] = {
    {"partitions", read_targets},
    {"replace", read_replace},
    {"throttle", read_throttle_rate},
};

void read_reassign(const Node& node, Step& out) {
  read_map<Reassign>(node, kReassignKeys, out.reassign);
  if (!node.value().is_map()) return;
  if (node.value().find("partitions") || node.value().find("replace")) return;
  node.fail("nothing is moved", "partitions: {orders-3: [1, 2, 4]}, or replace: {0: 6}");
}

void read_new_throttle(const Node& node, Step& out) { read_throttle_rate(node, out.reassign); }

// What has no more to say than that it is done.
void read_true(const Node& node, Step&) {
  bool yes = true;
  if (read_flag(node, yes) && !yes) node.fail("`false` does nothing", "true, or no such step");
}

struct Action {
  std::string_view name;
  Step::Kind kind;
  void (*read)(const Node& node, Step& out);
};
constexpr Action kActions[] = {
    {"apply", Step::Kind::apply, read_apply},
    {"set", Step::Kind::set, read_set},
    {"annotate", Step::Kind::annotate, read_annotate},
    {"scale", Step::Kind::scale, read_scale},
    {"remove", Step::Kind::remove, read_remove},
    {"undo", Step::Kind::undo, read_undo},
    {"fault", Step::Kind::fault, read_fault},
    {"heal", Step::Kind::heal, read_heal},
    {"upgradeClients", Step::Kind::upgrade_clients, read_step_text},
    {"reassign", Step::Kind::reassign, read_reassign},
    {"throttle", Step::Kind::throttle, read_new_throttle},
    {"verifyReassignment", Step::Kind::verify_reassignment, read_true},
    {"cancelReassignment", Step::Kind::cancel_reassignment, read_true},
    {"createTopic", Step::Kind::create_topic,
     [](const Node& n, Step& o) { read_topic(n, o.topic); }},
    {"startOperator", Step::Kind::start_operator, read_operator_index},
    {"stopOperator", Step::Kind::stop_operator, read_operator_index},
    {"upgradeOperator", Step::Kind::upgrade_operator,
     [](const Node& n, Step& o) { read_profile(n, o.text); }},
    {"note", Step::Kind::note, read_step_text},
};

}  // namespace

const std::vector<std::string>& step_action_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Action& action : kActions) all.emplace_back(action.name);
    return all;
  }();
  return names;
}

void read_step_action(const Node& node, Step& out) {
  int found = 0;
  for (const Action& action : kActions) {
    if (!node.value().find(action.name)) continue;
    ++found;
    out.kind = action.kind;
    action.read(node.at(action.name), out);
  }
  if (found == 1) return;
  const std::string what = found == 0 ? fmt::format("`{}` does nothing", node.path())
                                      : fmt::format("`{}` has {} actions", node.path(), found);
  node.fail(what, fmt::format("one of {}", fmt::join(step_action_names(), ", ")));
}

}  // namespace twin::scenario
