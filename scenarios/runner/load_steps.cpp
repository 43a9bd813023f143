// steps: triggers. What a step does is in load_actions.cpp.
#include <fmt/format.h>

#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

void read_at(const Node& node, Step& out) {
  sim::Duration at{};
  if (read_duration(node, at)) out.trigger.at = at;
}

void read_side(const Node& node, OnCall& out) {
  static const std::vector<std::string> words = {"after", "before"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.before = index == 1;
}

constexpr Key<OnCall> kOnKeys[] = {
    {"call",
     [](const Node& n, OnCall& o) {
       int64_t nth = 0;
       if (read_integer(n, 1, INT64_MAX, nth)) o.nth = static_cast<uint64_t>(nth);
     },
     true},
    {"side", read_side},
};

// A step is one flat map: its id, a trigger and an action.
const std::vector<std::string>& step_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all = {"id", "at", "when", "after", "on"};
    for (const std::string& name : step_action_names()) all.push_back(name);
    return all;
  }();
  return keys;
}

// `after` is a delay behind the other trigger, or behind the step above when it stands alone.
void read_trigger(const Node& node, Step& out) {
  const api::Value& map = node.value();
  if (map.find("at")) read_at(node.at("at"), out);
  if (map.find("when")) read_condition(node.at("when"), out.trigger.when.emplace());
  if (map.find("on")) {
    read_map<OnCall>(node.at("on"), kOnKeys, out.trigger.on_call.emplace());
  }
  if (map.find("after")) read_duration(node.at("after"), out.trigger.after);
  const int triggers = (map.find("at") ? 1 : 0) + (map.find("when") ? 1 : 0) +
                       (map.find("on") ? 1 : 0);
  if (triggers > 1) {
    node.fail(fmt::format("`{}` has {} triggers", node.path(), triggers),
              "one of at, when and on; `after` may delay it");
  } else if (triggers == 0 && !map.find("after")) {
    node.fail(fmt::format("`{}` does not say when", node.path()),
              "at: 30s, when: {ready: my-cluster}, after: 10s or on: {call: 7}");
  }
}

void read_step(const Node& node, Step& out) {
  out.mark = node.mark();
  if (!node.require_map("a trigger and an action, for example {at: 30s, note: started}")) return;
  check_keys(node, step_keys());
  if (node.value().find("id")) read_word(node.at("id"), out.id);
  read_trigger(node, out);
  read_step_action(node, out);
}

bool has_trigger(const Step& step) {
  return step.trigger.at || step.trigger.when || step.trigger.on_call;
}

void name_and_chain(const Node& node, std::vector<Step>& steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    if (step.id.empty()) step.id = fmt::format("step-{}", i + 1);
    for (size_t j = 0; j < i; ++j) {
      if (steps[j].id != step.id) continue;
      node.item(i).fail(fmt::format("two steps have the id `{}`", step.id), "ids are unique");
    }
    if (has_trigger(step)) continue;
    if (i == 0) {
      step.trigger.at = step.trigger.after;  // behind the clock's zero
      step.trigger.after = {};
    } else {
      Condition& condition = step.trigger.when.emplace();
      condition.kind = Condition::Kind::step_done;
      condition.subject = steps[i - 1].id;
      condition.text = "step: " + condition.subject;
    }
  }
}

}  // namespace

void read_steps(const Node& node, std::vector<Step>& out) {
  read_list<Step>(node, out, read_step);
  if (node.value().is_list()) name_and_chain(node, out);
}

}  // namespace twin::scenario
