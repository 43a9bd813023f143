// environment: Kubernetes version, zones, nodes, storage classes, hardware.
#include <fmt/format.h>

#include <charconv>

#include "controller/api/quantity.h"
#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

void read_kubernetes(const Node& node, Environment& out) {
  std::string text;
  if (!read_text(node, text)) return;
  int minor = -1;
  if (text.starts_with("1.")) std::from_chars(text.data() + 2, text.data() + text.size(), minor);
  if (minor < 9 || text != fmt::format("1.{}", minor)) {
    node.fail(fmt::format("`{}` is no Kubernetes version", text), "for example \"1.37\"");
    return;
  }
  out.kubernetes_version = text;
}

void read_zones(const Node& node, Environment& out) {
  if (!node.value().is_list()) {
    read_count(node, 1, out.zone_count);
    return;
  }
  std::vector<std::string> names;
  read_list<std::string>(node, names, [](const Node& n, std::string& name) { read_word(n, name); });
  if (names.empty()) {
    node.fail(fmt::format("`{}` is an empty list", node.path()), "a number or names of zones");
    return;
  }
  out.zone_count = static_cast<int32_t>(names.size());
  out.zones = std::move(names);
}

void read_cpu(const Node& node, KubeNodeSpec& out) {
  std::string text;
  if (!read_text(node, text)) return;
  const auto millis = api::parse_cpu_millis(text);
  if (!millis || *millis <= 0) {
    node.fail(fmt::format("`{}` is `{}`", node.path(), text), "cores, for example 16 or 500m");
    return;
  }
  out.cpu_millis = *millis;
}

constexpr Key<KubeNodeSpec> kNodeKeys[] = {
    {"name", [](const Node& n, KubeNodeSpec& o) { read_word(n, o.name); }, true},
    {"zone", [](const Node& n, KubeNodeSpec& o) { read_word(n, o.zone); }, true},
    {"cpu", read_cpu},
    {"memory", [](const Node& n, KubeNodeSpec& o) { read_bytes(n, o.memory); }},
};

void read_binding_mode(const Node& node, api::StorageClass& out) {
  static const std::vector<std::string> words = {"Immediate", "WaitForFirstConsumer"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.binding_mode = words[index];
}

void read_reclaim_policy(const Node& node, api::StorageClass& out) {
  static const std::vector<std::string> words = {"Delete", "Retain"};
  size_t index = 0;
  if (read_choice(node, words, index)) out.reclaim_policy = words[index];
}

constexpr Key<api::StorageClass> kClassKeys[] = {
    {"name", [](const Node& n, api::StorageClass& o) { read_word(n, o.metadata.name); }, true},
    {"provisioner", [](const Node& n, api::StorageClass& o) { read_word(n, o.provisioner); }},
    {"bindingMode", read_binding_mode},
    {"reclaimPolicy", read_reclaim_policy},
    {"allowVolumeExpansion",
     [](const Node& n, api::StorageClass& o) { read_flag(n, o.allow_volume_expansion); }},
    {"default", [](const Node& n, api::StorageClass& o) { read_flag(n, o.is_default); }},
};

void read_class(const Node& node, std::shared_ptr<api::Object>& out) {
  auto made = std::make_shared<api::StorageClass>();
  made->api_version = "storage.k8s.io/v1";
  made->provisioner = "twin.csi";
  made->binding_mode = "WaitForFirstConsumer";
  read_map<api::StorageClass>(node, kClassKeys, *made);
  out = std::move(made);
}

void read_nodes_per_zone(const Node& node, Draft& draft) {
  read_count(node, 1, draft.nodes_per_zone);
}

constexpr Key<Draft> kKeys[] = {
    {"kubernetes", [](const Node& n, Draft& d) { read_kubernetes(n, d.scenario.environment); }},
    {"zones", [](const Node& n, Draft& d) { read_zones(n, d.scenario.environment); }},
    {"nodesPerZone", read_nodes_per_zone},
    {"nodes",
     [](const Node& n, Draft& d) {
       read_list<KubeNodeSpec>(n, d.scenario.environment.nodes,
                               [](const Node& i, KubeNodeSpec& o) {
                                 read_map<KubeNodeSpec>(i, kNodeKeys, o);
                               });
     }},
    {"storageClasses",
     [](const Node& n, Draft& d) {
       read_list<std::shared_ptr<api::Object>>(n, d.scenario.environment.storage_classes,
                                               read_class);
     }},
    {"hardware",
     [](const Node& n, Draft& d) {
       read_hardware(n, d.scenario.environment);
       const bool file = n.value().is_string() && n.value().as_string().ends_with(".yaml");
       if (file) d.scenario.files.push_back(beside(n.source().file, n.value().as_string()));
     }},
};

// Zones are those that nodes name, in the order of the file; zones without a node are a mistake.
void match_zones(const Node& node, Environment& environment) {
  if (environment.nodes.empty()) return;
  std::vector<std::string> named;
  for (const KubeNodeSpec& each : environment.nodes) {
    bool known = false;
    for (const std::string& zone : named) known = known || zone == each.zone;
    if (!known) named.push_back(each.zone);
  }
  for (const std::string& zone : environment.zones) {
    bool used = false;
    for (const std::string& each : named) used = used || each == zone;
    if (!used) node.fail_at_key("zones", fmt::format("zone `{}` has no node", zone),
                                "add a node in it, or drop the zone");
  }
  environment.zones = named;
  environment.zone_count = static_cast<int32_t>(named.size());
}

}  // namespace

void read_environment(const Node& node, Draft& draft) {
  read_map<Draft>(node, kKeys, draft);
  match_zones(node, draft.scenario.environment);
}

}  // namespace twin::scenario
