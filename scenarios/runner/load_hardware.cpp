// environment.hardware: the name of a profile, a file of one, or a map with what differs from one.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/environment.h"
#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

using model::Hardware;

// One value, or a list of what was measured: the median is played, and kept is the rest.
template <class Read>
void read_measured(const Node& node, Environment& out, void (*set)(Hardware&, int64_t), Read read) {
  const std::string key = node.path().substr(node.path().rfind('.') + 1);
  std::erase_if(out.measured, [&](const MeasuredInput& each) { return each.key == key; });
  if (!node.value().is_list()) {
    int64_t value = 0;
    if (read(node, value)) set(out.hardware, value);
    return;
  }
  MeasuredInput measured{key, {}, set};
  for (size_t i = 0; i < node.value().items().size(); ++i) {
    int64_t value = 0;
    if (!read(node.item(i), value)) return;
    measured.samples.push_back(value);
  }
  if (measured.samples.empty()) {
    node.fail(fmt::format("`{}` is an empty list", node.path()), "what was measured, or one value");
    return;
  }
  std::ranges::sort(measured.samples);
  set(out.hardware, measured.samples[measured.samples.size() / 2]);
  if (measured.samples.size() > 1) out.measured.push_back(std::move(measured));
}

template <int64_t Hardware::*Member>
void rate(const Node& node, Environment& out) {
  const auto read = [](const Node& each, int64_t& value) {
    api::BytesPerSec speed;
    if (!read_rate(each, speed)) return false;
    value = speed.value;
    if (value > 0) return true;
    each.fail(fmt::format("`{}` is no speed", each.path()), "more than 0, for example 250MB/s");
    return false;
  };
  read_measured(
      node, out, [](Hardware& h, int64_t v) { h.*Member = v; }, read);
}

template <int64_t Hardware::*Member>
void size(const Node& node, Environment& out) {
  const auto read = [](const Node& each, int64_t& value) {
    api::Bytes bytes;
    if (!read_bytes(each, bytes)) return false;
    value = bytes.value;
    return true;
  };
  read_measured(
      node, out, [](Hardware& h, int64_t v) { h.*Member = v; }, read);
}

template <sim::Duration Hardware::*Member>
void time(const Node& node, Environment& out) {
  const auto read = [](const Node& each, int64_t& value) {
    sim::Duration duration;
    if (!read_duration(each, duration)) return false;
    value = duration.ns;
    return true;
  };
  read_measured(
      node, out, [](Hardware& h, int64_t v) { h.*Member = {v}; }, read);
}

// Nothing is played by it: throttles are asked for as parts of it (calibrate.h).
void read_bitrate(const Node& node, Environment& out) {
  api::BytesPerSec speed;
  if (!read_rate(node, speed)) return;
  if (speed.value <= 0) {
    node.fail(fmt::format("`{}` is no speed", node.path()), "more than 0, for example 95MB/s");
    return;
  }
  out.partition_bitrate = speed.value;
}

void read_profile_name(const Node& node, Environment& out) {
  std::string name;
  if (!read_word(node, name)) return;
  if (const Hardware* found = find_hardware(name)) {
    out.hardware = *found;
    return;
  }
  std::vector<std::string> known;
  for (const Hardware& each : hardware_profiles()) known.push_back(each.name);
  node.fail(fmt::format("unknown hardware profile `{}`", name), did_you_mean(name, known));
}

void read_name(const Node& node, Environment& out) { read_word(node, out.hardware.name); }

// Where the figures come from: for people.
void read_source(const Node& node, Environment&) {
  std::string text;
  read_text(node, text);
}

// In the order of model/hardware.h. `profile` comes first: the others change what it says.
constexpr Key<Environment> kKeys[] = {
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
    {"partitionBitrate", read_bitrate},
};

// "profiles/mine.yaml", beside the scenario: a map as it could stand in the scenario itself.
void read_profile_file(const Node& node, const std::string& name, Environment& out) {
  Source source;
  source.file = beside(node.source().file, name);
  const auto text = read_input_file(source.file, "a path from the scenario's own folder");
  if (!text) {
    node.fail(fmt::format("`{}`: {}", source.file, text.error().what), text.error().hint);
    return;
  }
  source.lines = lines_of(*text);
  const auto documents = api::parse_yaml(*text, source.file);
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
  read_map<Environment>(root, kKeys, out);
}

}  // namespace

void read_hardware(const Node& node, Environment& out) {
  if (node.value().is_string()) {
    const std::string& name = node.value().as_string();
    if (name.ends_with(".yaml")) return read_profile_file(node, name, out);
    read_profile_name(node, out);
    return;
  }
  read_map<Environment>(node, kKeys, out);
}

}  // namespace twin::scenario
