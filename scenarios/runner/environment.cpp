#include "scenarios/runner/environment.h"

#include "controller/api/strimzi.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {

using namespace sim::literals;

const std::vector<model::Hardware>& hardware_profiles() {
  static const std::vector<model::Hardware> profiles = [] {
    // The machine that the recordings were made on: processes on loopback, local disks, images
    // there. These are the defaults of model/hardware.h.
    model::Hardware loopback;

    // A managed Kubernetes in three zones with network block storage: 125 MiB/s of throughput per
    // volume, attach and detach by a cloud's API, images pulled from a registry near by.
    model::Hardware cloud;
    cloud.name = "cloud";
    cloud.disk_read_bytes_per_s = 131'072'000;
    cloud.disk_write_bytes_per_s = 131'072'000;
    cloud.image_pull = 6_s;
    cloud.volume_attach = 8_s;
    cloud.volume_detach = 5_s;
    cloud.rtt_in_zone = 300_us;
    cloud.rtt_across_zones = 1200_us;

    // Hosts with NVMe of their own: fast disks that stay where they are.
    model::Hardware metal;
    metal.name = "metal";
    metal.nic_bytes_per_s = 3'125'000'000;
    metal.disk_read_bytes_per_s = 2'000'000'000;
    metal.disk_write_bytes_per_s = 1'000'000'000;
    metal.page_cache_bytes = int64_t{64} << 30;
    return std::vector<model::Hardware>{loopback, cloud, metal};
  }();
  return profiles;
}

const model::Hardware* find_hardware(std::string_view name) {
  for (const model::Hardware& profile : hardware_profiles()) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

std::string default_zone_name(int32_t index) {
  if (index >= 26) return "zone-" + std::to_string(index);
  return std::string("zone-") + static_cast<char>('a' + index);
}

int32_t pods_wanted(const std::vector<std::shared_ptr<api::Object>>& objects) {
  int32_t pods = 0;
  for (const auto& object : objects) {
    if (object->kind == api::Kind::kafka_node_pool) {
      pods += api::as<api::KafkaNodePool>(*object).replicas;
    } else if (object->kind == api::Kind::kafka) {
      const auto& kafka = api::as<api::Kafka>(*object);
      pods += kafka.replicas.value_or(0);
      if (kafka.zookeeper) pods += kafka.zookeeper->replicas;
    }
  }
  return pods;
}

namespace {

bool has_storage_class(const std::vector<std::shared_ptr<api::Object>>& classes) {
  for (const auto& each : classes) {
    if (api::as<api::StorageClass>(*each).is_default) return true;
  }
  return false;
}

}  // namespace

// A pod per node and one node to spare in each zone: required anti-affinity by host can be met, and
// a zone that lost a node still has room.
void complete_environment(Environment& environment, int32_t nodes_per_zone,
                          const std::vector<std::shared_ptr<api::Object>>& objects) {
  for (auto i = static_cast<int32_t>(environment.zones.size()); i < environment.zone_count; ++i) {
    environment.zones.push_back(default_zone_name(i));
  }
  environment.nodes_named = !environment.nodes.empty();
  if (!environment.nodes_named) {
    const int32_t zones = environment.zone_count;
    const int32_t pods = pods_wanted(objects);
    const int32_t count = nodes_per_zone > 0 ? nodes_per_zone : (pods + zones - 1) / zones + 1;
    for (const std::string& zone : environment.zones) {
      const std::string stem = zone.starts_with("zone-") ? "node-" + zone.substr(5) : zone;
      for (int32_t n = 1; n <= count; ++n) {
        KubeNodeSpec node;
        node.name = stem + "-" + std::to_string(n);
        node.zone = zone;
        environment.nodes.push_back(std::move(node));
      }
    }
  }
  if (has_storage_class(environment.storage_classes)) return;
  auto standard = std::make_shared<api::StorageClass>();
  standard->api_version = "storage.k8s.io/v1";
  standard->metadata.name = "standard";
  standard->provisioner = "twin.csi";
  standard->binding_mode = "WaitForFirstConsumer";
  standard->allow_volume_expansion = true;
  standard->is_default = true;
  environment.storage_classes.push_back(std::move(standard));
}

}  // namespace twin::scenario
