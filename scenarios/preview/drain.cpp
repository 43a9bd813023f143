#include "scenarios/preview/drain.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/trace/decode.h"

namespace twin::preview {

namespace {

using scenario::KubeNodeSpec;
using scenario::Step;

constexpr std::string_view kHostname = "kubernetes.io/hostname";
constexpr std::string_view kZone = "topology.kubernetes.io/zone";
constexpr const char* kExample =
    "topology.kubernetes.io/zone=zone-a, or kubernetes.io/hostname in (node-a-1,node-b-1)";

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// At commas that stand in no parentheses.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t from = 0;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (text[i] != ',' || depth != 0) continue;
    parts.push_back(trimmed(text.substr(from, i - from)));
    from = i + 1;
  }
  parts.push_back(trimmed(text.substr(from)));
  return parts;
}

struct Requirement {
  std::string_view key;
  bool negated = false;
  bool any = false;  // the key alone
  std::vector<std::string_view> values;

  bool holds(const KubeNodeSpec& node) const {
    const std::string& label = key == kHostname ? node.name : node.zone;
    const bool there = !label.empty();
    const bool matches =
        any ? there : std::find(values.begin(), values.end(), label) != values.end();
    return matches != negated;
  }
};

sim::Error wrong(std::string_view part, const std::string& what) {
  return sim::Error{"--drain-nodes", fmt::format("`{}` {}", part, what), kExample};
}

sim::Expected<Requirement> parse_set(std::string_view part, size_t open) {
  Requirement requirement;
  std::string_view head = trimmed(part.substr(0, open));
  const size_t blank = head.rfind(' ');
  const std::string_view word = blank == head.npos ? head : head.substr(blank + 1);
  if (blank == head.npos || (word != "in" && word != "notin") || !part.ends_with(')')) {
    return wrong(part, "is no selector");
  }
  requirement.key = trimmed(head.substr(0, blank));
  requirement.negated = word == "notin";
  requirement.values = split(part.substr(open + 1, part.size() - open - 2));
  return requirement;
}

sim::Expected<Requirement> parse_requirement(std::string_view part) {
  Requirement requirement;
  if (const size_t open = part.find('('); open != part.npos) {
    auto set = parse_set(part, open);
    if (!set) return set.error();
    requirement = *set;
  } else if (const size_t sign = part.find_first_of("=!", 1); sign != part.npos) {
    requirement.negated = part[sign] == '!';
    std::string_view value = part.substr(sign + 1);
    if (value.starts_with('=')) {
      value.remove_prefix(1);
    } else if (requirement.negated) {
      return wrong(part, "is no selector");
    }
    requirement.key = trimmed(part.substr(0, sign));
    requirement.values.push_back(trimmed(value));
  } else {
    requirement.any = true;
    requirement.negated = part.starts_with('!');
    requirement.key = trimmed(part.substr(requirement.negated ? 1 : 0));
  }
  if (requirement.key.empty()) return wrong(part, "is no selector");
  if (requirement.key == kHostname || requirement.key == kZone) return requirement;
  return wrong(requirement.key, fmt::format("is a label that machines have not here: they have {} "
                                            "and {}",
                                            kHostname, kZone));
}

}  // namespace

sim::Expected<std::vector<std::string>> select_nodes(std::string_view selector,
                                                     const scenario::Environment& environment) {
  std::vector<Requirement> requirements;
  for (const std::string_view part : split(selector)) {
    if (part.empty()) return wrong(selector, "has an empty part");
    auto requirement = parse_requirement(part);
    if (!requirement) return requirement.error();
    requirements.push_back(std::move(*requirement));
  }
  std::vector<std::string> names;
  for (const KubeNodeSpec& node : environment.nodes) {
    const bool all = std::ranges::all_of(requirements,
                                         [&](const Requirement& each) { return each.holds(node); });
    if (all) names.push_back(node.name);
  }
  if (!names.empty()) return names;
  std::string known;
  for (const KubeNodeSpec& node : environment.nodes) {
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", node.name, node.zone);
  }
  return sim::Error{"--drain-nodes", fmt::format("no machine matches `{}`", selector),
                    "one of " + known};
}

std::vector<Step> draining(const Drain& drain, sim::Duration at) {
  std::vector<Step> steps;
  for (const std::string& node : drain.nodes) {
    Step away;
    away.id = "drain " + node;
    away.kind = Step::Kind::fault;
    away.fault.kind = model::FaultKind::node_drain;
    away.fault.target = node;
    if (drain.cleaner) away.fault.mode = "drain-cleaner";
    if (steps.empty()) {
      away.trigger.at = at;
    } else {
      scenario::Condition& condition = away.trigger.when.emplace();
      condition.kind = scenario::Condition::Kind::step_done;
      condition.subject = steps.back().id;
      condition.text = "step: " + condition.subject;
    }
    steps.push_back(away);
    Step back;
    back.id = "uncordon " + node;
    back.kind = Step::Kind::heal;
    back.heals = away.id;
    scenario::Condition& condition = back.trigger.when.emplace();
    condition.kind = scenario::Condition::Kind::node_empty;
    condition.subject = node;
    condition.text = "nodeEmpty: " + node;
    back.trigger.after = drain.away;
    steps.push_back(std::move(back));
  }
  return steps;
}

void Evictions::on_record(const sim::Record& record) {
  names_.on_record(record);
  const trace::RecordType type = trace::type_of(record);
  if (type == trace::RecordType::PodDeletionMarked) {
    const auto marked = trace::decode<trace::PodDeletionMarked>(record);
    deletions_.push_back({std::string(names_.string(marked.pod_string)), record.at, {}});
  } else if (type == trace::RecordType::PodBecameReady) {
    const auto ready = trace::decode<trace::PodBecameReady>(record);
    const std::string_view pod = names_.string(ready.pod_string);
    for (auto each = deletions_.rbegin(); each != deletions_.rend(); ++each) {
      if (each->pod != pod) continue;
      if (!each->ready) each->ready = record.at;
      break;
    }
  }
}

std::vector<Eviction> Evictions::of(const scenario::Report& report) const {
  std::vector<Eviction> list;
  for (const Deletion& each : deletions_) {
    if (each.at < report.first_change) continue;
    const sim::Duration at = each.at - report.first_change;
    const bool restart = std::ranges::any_of(report.restarts, [&](const auto& other) {
      return other.pod == each.pod && other.deleted == at;
    });
    if (restart) continue;
    list.push_back({each.pod, at, {}});
    if (each.ready) list.back().ready = *each.ready - report.first_change;
  }
  return list;
}

}  // namespace twin::preview
