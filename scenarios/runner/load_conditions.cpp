// `when:` of a step: a map with one key, the kind of condition.
#include <fmt/format.h>

#include "controller/api/value.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

using K = Condition::Kind;

void subject_of(const Node& node, Condition& out) { read_word(node, out.subject); }

template <K kind>
void named(const Node& node, Condition& out) {
  out.kind = kind;
  subject_of(node, out);
}

template <K kind>
void counted(const Node& node, Condition& out) {
  out.kind = kind;
  read_integer(node, 1, INT32_MAX, out.count);
}

template <K kind>
void valued(const Node& node, Condition& out) {
  out.kind = kind;
  read_word(node, out.value);
}

void read_isr_full(const Node& node, Condition& out) {
  out.kind = K::isr_full;
  bool yes = true;
  if (read_flag(node, yes) && !yes) {
    node.fail("`isrFull: false` is not a condition to wait for", "isrFull: true");
  }
}

void read_reassigned(const Node& node, Condition& out) {
  out.kind = K::reassigned;
  bool yes = true;
  if (read_flag(node, yes) && !yes) {
    node.fail("`reassigned: false` is not a condition to wait for", "reassigned: true");
  }
}

void read_status(const Node& node, Condition& out) {
  static const std::vector<std::string> words = {"True", "False", "Unknown"};
  size_t index = 0;
  const bool flag = node.value().kind() == api::Value::Kind::boolean;
  if (flag) {
    out.value += node.value().as_bool() ? "=True" : "=False";
  } else if (read_choice(node, words, index)) {
    out.value += "=" + words[index];
  }
}

// value is "Type", "Type=Status", "Type/Reason" or "Type=Status/Reason".
constexpr Key<Condition> kResourceConditionKeys[] = {
    {"of", subject_of, true},
    {"type", [](const Node& n, Condition& o) { read_word(n, o.value); }, true},
    {"status", read_status},
    {"reason",
     [](const Node& n, Condition& o) {
       std::string reason;
       if (read_word(n, reason)) o.value += "/" + reason;
     }},
};

void read_resource_condition(const Node& node, Condition& out) {
  out.kind = K::resource_condition;
  read_map<Condition>(node, kResourceConditionKeys, out);
}

void read_state(const Node& node, Condition& out) {
  static const std::vector<std::string> words = {"running", "fenced", "starting", "loading",
                                                 "down"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.value = words[index];
}

constexpr Key<Condition> kNodeKeys[] = {
    {"id",
     [](const Node& n, Condition& o) {
       int64_t id = 0;
       if (read_integer(n, 0, INT32_MAX, id)) o.subject = std::to_string(id);
     },
     true},
    {"state", read_state, true},
};

void read_node(const Node& node, Condition& out) {
  out.kind = K::node_state;
  read_map<Condition>(node, kNodeKeys, out);
}

constexpr Key<Condition> kDecisionKeys[] = {
    {"code", subject_of, true},
    {"node",
     [](const Node& n, Condition& o) {
       int64_t id = 0;
       if (read_integer(n, 0, INT32_MAX, id)) o.value = std::to_string(id);
     }},
    {"count", [](const Node& n, Condition& o) { read_integer(n, 1, INT32_MAX, o.count); }},
};

void read_decision(const Node& node, Condition& out) {
  out.kind = K::decision;
  out.count = 1;
  if (node.value().is_map()) {
    read_map<Condition>(node, kDecisionKeys, out);
  } else {
    subject_of(node, out);
  }
}

constexpr Key<Condition> kKinds[] = {
    {"ready", named<K::resource_ready>},
    {"condition", read_resource_condition},
    {"podReady", named<K::pod_ready>},
    {"podMissing", named<K::pod_missing>},
    {"podTerminating", named<K::pod_terminating>},
    {"nodeEmpty", named<K::node_empty>},
    {"node", read_node},
    {"restartsBegun", counted<K::restarts_begun>},
    {"restartsDone", counted<K::restarts_done>},
    {"version", valued<K::running_version>},
    {"metadataVersion", valued<K::metadata_version>},
    {"isrFull", read_isr_full},
    {"reassigned", read_reassigned},
    {"step", named<K::step_done>},
    {"decision", read_decision},
};

}  // namespace

void read_condition(const Node& node, Condition& out) {
  if (!node.require_map("a condition, for example {ready: my-cluster}")) return;
  if (node.value().entries().size() != 1) {
    node.fail(fmt::format("`{}` has {} conditions", node.path(), node.value().entries().size()),
              "give one; a step that waits for several follows steps that wait for each");
    return;
  }
  read_map<Condition>(node, kKinds, out);
  const auto& [key, value] = node.value().entries().front();
  out.text = key + ": " + (value.is_scalar() ? value.scalar_text() : api::to_json(value));
}

}  // namespace twin::scenario
