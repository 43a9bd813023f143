// The head of a Scenario document, and its operator section.
#include <charconv>

#include <fmt/format.h>

#include "controller/profile.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

constexpr std::string_view kApiVersion = "kafka-twin.io/v1alpha1";

void read_tie_order(const Node& node, Scenario& out) {
  static const std::vector<std::string> words = {"fifo", "lifo", "shuffled"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.tie_order = static_cast<sim::TieOrder>(index);
}

void read_includes(const Node& node, Draft& draft) {
  if (node.value().is_null() || !node.require_list("a list of files")) return;
  for (size_t i = 0; i < node.value().items().size(); ++i) {
    std::string file;
    if (read_word(node.item(i), file)) draft.includes.emplace_back(file, node.item(i).mark());
  }
}

void read_seed(const Node& node, Scenario& out) {
  int64_t seed = 0;
  if (read_integer(node, 0, INT64_MAX, seed)) out.seed = static_cast<uint64_t>(seed);
}

void read_failing_steps(const Node& node, Scenario& out) {
  size_t index = 0;
  if (read_choice(node, std::vector<std::string>{"end", "skip"}, index)) {
    out.skips_failing_steps = index == 1;
  }
}

constexpr Key<Draft> kSpecKeys[] = {
    {"description", [](const Node& n, Draft& d) { read_text(n, d.scenario.description); }},
    {"seed", [](const Node& n, Draft& d) { read_seed(n, d.scenario); }},
    {"tieOrder", [](const Node& n, Draft& d) { read_tie_order(n, d.scenario); }},
    {"include", read_includes},
    {"operator", [](const Node& n, Draft& d) { read_operator(n, d.operators); }},
    {"environment", read_environment},
    {"workload", [](const Node& n, Draft& d) { read_workload(n, d.scenario.workload); }},
    {"steps", [](const Node& n, Draft& d) { read_steps(n, d.scenario.steps); }},
    {"failingSteps", [](const Node& n, Draft& d) { read_failing_steps(n, d.scenario); }},
    {"expect", [](const Node& n, Draft& d) { read_expectations(n, d.scenario.expectations); }},
    {"compareWith", read_compare_with},
    {"settle", [](const Node& n, Draft& d) { read_duration(n, d.scenario.settle); }},
    {"timeMax", [](const Node& n, Draft& d) { read_duration(n, d.scenario.time_max); }},
    {"deployMax", [](const Node& n, Draft& d) { read_duration(n, d.scenario.deploy_max); }},
};

constexpr Key<Draft> kMetadataKeys[] = {
    {"name", [](const Node& n, Draft& d) { read_word(n, d.scenario.name); }, true},
    {"labels", [](const Node&, Draft&) {}},
    {"annotations", [](const Node&, Draft&) {}},
};

void read_api_version(const Node& node, Draft&) {
  std::string text;
  if (!read_text(node, text) || text == kApiVersion) return;
  node.fail(fmt::format("apiVersion `{}` of a Scenario is unknown", text),
            fmt::format("use {}", kApiVersion));
}

constexpr Key<Draft> kDocumentKeys[] = {
    {"apiVersion", read_api_version, true},
    {"kind", [](const Node&, Draft&) {}, true},
    {"metadata", [](const Node& n, Draft& d) { read_map<Draft>(n, kMetadataKeys, d); }, true},
    {"spec", [](const Node& n, Draft& d) { read_map<Draft>(n, kSpecKeys, d); }},
};

void read_replicas(const Node& node, OperatorSpec& out) {
  int64_t replicas = out.replicas;
  if (read_integer(node, 1, 100, replicas)) out.replicas = static_cast<int32_t>(replicas);
}

void read_roll(const Node& node, OperatorSpec& out) {
  static const std::vector<std::string> words = {"one-by-one", "batch"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.options.batch.batch = index == 1;
}

// 3, or "25%", as Kubernetes writes it.
void read_max_unavailable(const Node& node, OperatorSpec& out) {
  std::string text;
  if (!read_text(node, text)) return;
  const bool percent = text.ends_with('%');
  const size_t digits = text.size() - (percent ? 1 : 0);
  int32_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + digits, number);
  const bool whole = end.ec == std::errc() && end.ptr == text.data() + digits && digits > 0;
  if (!whole || number < 1 || (percent && number > 100)) {
    node.fail(fmt::format("`{}` is `{}`", node.path(), text),
              "brokers, 1 or more, or a part of them, for example \"25%\"");
    return;
  }
  (percent ? out.options.batch.max_unavailable_percent : out.options.batch.max_unavailable) =
      number;
}

constexpr Key<OperatorSpec> kOperatorKeys[] = {
    {"profile", [](const Node& n, OperatorSpec& o) { read_profile(n, o.options.profile); }},
    {"replicas", read_replicas},
    {"namespace", [](const Node& n, OperatorSpec& o) { read_word(n, o.options.namespace_name); }},
    {"reconciliationInterval",
     [](const Node& n, OperatorSpec& o) {
       read_duration(n, o.options.full_reconciliation_interval);
     }},
    {"operationTimeout",
     [](const Node& n, OperatorSpec& o) { read_duration(n, o.options.operation_timeout); }},
    {"leaderElection",
     [](const Node& n, OperatorSpec& o) { read_flag(n, o.options.leader_election); }},
    {"roll", read_roll},
    {"maxUnavailable", read_max_unavailable},
    {"spareFailures",
     [](const Node& n, OperatorSpec& o) { read_count(n, 0, o.options.batch.spare_failures); }},
};

// Strimzi's rollers, and programs of others, go one by one.
void check_roll(const Node& node, const OperatorSpec& spec) {
  const controller::Profile* profile = controller::find_profile(spec.options.profile);
  if (!spec.options.batch.batch || (profile != nullptr && profile->twin)) return;
  node.fail_at_key("roll", fmt::format("`{}` cannot roll in batches", spec.options.profile),
                   "profile: twin, or leave `roll` out");
}

}  // namespace

bool read_profile(const Node& node, std::string& out) {
  std::string name;
  if (!read_word(node, name)) return false;
  // exec: variants are made by their own plug-in, which checks the rest of the name.
  const bool plugged = name.starts_with("exec:") || name.starts_with("exec-operator:");
  if (!plugged && !controller::find_profile(name)) {
    std::vector<std::string> known;
    for (const controller::Profile& profile : controller::all_profiles()) {
      known.push_back(profile.name);
    }
    node.fail(fmt::format("unknown operator profile `{}`", name), did_you_mean(name, known));
    return false;
  }
  out = name;
  return true;
}

void read_operator(const Node& node, OperatorSpec& out) {
  if (node.value().is_string()) {
    read_profile(node, out.options.profile);  // operator: strimzi@1.2
    return;
  }
  read_map<OperatorSpec>(node, kOperatorKeys, out);
  check_roll(node, out);
}

void read_scenario(const Node& document, Draft& draft) {
  read_map<Draft>(document, kDocumentKeys, draft);
}

}  // namespace twin::scenario
