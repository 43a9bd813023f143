// environment.hardware: the name of a profile, a file of one, or a map with what differs from one.
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "scenarios/runner/environment.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

using model::Hardware;

template <int64_t Hardware::*Member>
void rate(const Node& node, Hardware& out) {
  api::BytesPerSec value{out.*Member};
  if (!read_rate(node, value)) return;
  if (value.value <= 0) {
    node.fail(fmt::format("`{}` is no speed", node.path()), "more than 0, for example 250MB/s");
    return;
  }
  out.*Member = value.value;
}

template <int64_t Hardware::*Member>
void size(const Node& node, Hardware& out) {
  api::Bytes value{out.*Member};
  if (read_bytes(node, value)) out.*Member = value.value;
}

template <sim::Duration Hardware::*Member>
void time(const Node& node, Hardware& out) {
  read_duration(node, out.*Member);
}

void read_profile_name(const Node& node, Hardware& out) {
  std::string name;
  if (!read_word(node, name)) return;
  if (const Hardware* found = find_hardware(name)) {
    out = *found;
    return;
  }
  std::vector<std::string> known;
  for (const Hardware& each : hardware_profiles()) known.push_back(each.name);
  node.fail(fmt::format("unknown hardware profile `{}`", name), did_you_mean(name, known));
}

void read_name(const Node& node, Hardware& out) { read_word(node, out.name); }

// Where the figures come from: for people.
void read_source(const Node& node, Hardware&) {
  std::string text;
  read_text(node, text);
}

// In the order of model/hardware.h. `profile` comes first: the others change what it says.
constexpr Key<Hardware> kKeys[] = {
    {"profile", read_profile_name},
    {"name", read_name},
    {"source", read_source},
    {"nic", rate<&Hardware::nic_bytes_per_s>},
    {"diskRead", rate<&Hardware::disk_read_bytes_per_s>},
    {"diskWrite", rate<&Hardware::disk_write_bytes_per_s>},
    {"rttInZone", time<&Hardware::rtt_in_zone>},
    {"rttAcrossZones", time<&Hardware::rtt_across_zones>},
    {"socketWindow", size<&Hardware::socket_window_bytes>},
    {"pageCache", size<&Hardware::page_cache_bytes>},
    {"writeback", time<&Hardware::writeback>},
    {"brokerStart", time<&Hardware::jvm_start_broker>},
    {"controllerStart", time<&Hardware::jvm_start_controller>},
    {"storageFormat", time<&Hardware::storage_format>},
    {"metadataLoad", time<&Hardware::metadata_load>},
    {"logLoadPerSegment", time<&Hardware::log_load_per_segment>},
    {"logLoadBase", time<&Hardware::log_load_base>},
    {"recovery", rate<&Hardware::recovery_bytes_per_s>},
    {"exitAfterShutdown", time<&Hardware::exit_after_shutdown>},
    {"logClosePerLog", time<&Hardware::log_close_per_log>},
    {"metadataPropagation", time<&Hardware::metadata_propagation>},
    {"zookeeperStart", time<&Hardware::zookeeper_start>},
    {"apiLatency", time<&Hardware::api_latency>},
    {"watchLatency", time<&Hardware::watch_latency>},
    {"scheduleLatency", time<&Hardware::schedule_latency>},
    {"imagePull", time<&Hardware::image_pull>},
    {"volumeAttach", time<&Hardware::volume_attach>},
    {"volumeDetach", time<&Hardware::volume_detach>},
    {"containerStart", time<&Hardware::container_start>},
    {"kafkaCallLatency", time<&Hardware::kafka_call_latency>},
    {"operatorStart", time<&Hardware::operator_start>},
    {"initContainer", time<&Hardware::init_container>},
};

// "profiles/mine.yaml", beside the scenario: a map as it could stand in the scenario itself.
void read_profile_file(const Node& node, const std::string& name, Hardware& out) {
  const std::string& scenario = node.source().file;
  const size_t slash = scenario.rfind('/');
  Source source;
  source.file =
      slash == scenario.npos || name.starts_with('/') ? name : scenario.substr(0, slash + 1) + name;
  std::ifstream in(source.file);
  if (!in) {
    node.fail(fmt::format("`{}` cannot be read", source.file),
              "a path from the scenario's own folder");
    return;
  }
  std::stringstream text;
  text << in.rdbuf();
  source.lines = lines_of(text.str());
  const auto documents = api::parse_yaml(text.str(), source.file);
  if (!documents) {
    node.problems().add(documents.error().where, documents.error().what, documents.error().hint);
    return;
  }
  if (documents->size() != 1) {
    node.fail(fmt::format("`{}` has {} documents", source.file, documents->size()),
              "one map of hardware");
    return;
  }
  const Node root(documents->front().root, source, node.problems(), "");
  read_map<Hardware>(root, kKeys, out);
}

}  // namespace

void read_hardware(const Node& node, Hardware& out) {
  if (node.value().is_string()) {
    const std::string& name = node.value().as_string();
    if (name.ends_with(".yaml")) return read_profile_file(node, name, out);
    read_profile_name(node, out);
    return;
  }
  read_map<Hardware>(node, kKeys, out);
}

}  // namespace twin::scenario
