#include <algorithm>
#include <array>
#include <string_view>

#include "controller/api/validate.h"

namespace twin::api {
namespace {

constexpr std::array<std::string_view, 7> kListenerTypes = {
    "internal", "cluster-ip", "nodeport", "loadbalancer", "ingress", "route", "tlsroute"};
constexpr int32_t kFirstPort = 9092;     // below are the ports that Strimzi uses itself
constexpr int32_t kMetricsPort = 9404;
constexpr int32_t kJmxPort = 9999;
constexpr size_t kNameMax = 11;

bool is_listener_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

bool is_listener_port(int32_t port) {
  return port >= kFirstPort && port <= 65535 && port != kMetricsPort && port != kJmxPort;
}

std::optional<sim::Error> validate_volume(const StorageVolume& volume, const Checked& checked,
                                          const std::string& path, bool jbod) {
  if (jbod && !checked.has(path + ".id")) {
    return checked.error(path, "a volume without an id", "id: 0, 1, ... unique in the list");
  }
  if (!checked.has(path + ".type")) {
    return checked.error(path, "storage without a type", "type: persistent-claim or ephemeral");
  }
  if (volume.type == StorageType::persistent_claim && volume.size.value <= 0) {
    return checked.error(path, "persistent-claim storage without a size", "size: 100Gi");
  }
  return std::nullopt;
}

}  // namespace

std::optional<sim::Error> validate_storage(const Storage& storage, const Checked& checked,
                                           const std::string& path) {
  if (!storage.jbod) {
    return storage.volumes.empty()
               ? std::nullopt
               : validate_volume(storage.volumes.front(), checked, path, false);
  }
  if (storage.volumes.empty()) {
    return checked.error(path, "jbod storage without volumes", "at least one under `volumes`");
  }
  int metadata_volumes = 0;
  for (size_t i = 0; i < storage.volumes.size(); ++i) {
    const StorageVolume& volume = storage.volumes[i];
    const std::string at = path + ".volumes." + std::to_string(i);
    if (auto error = validate_volume(volume, checked, at, true)) return error;
    for (size_t j = 0; j < i; ++j) {
      if (storage.volumes[j].id != volume.id) continue;
      return checked.error(at + ".id", "the volume id " + std::to_string(volume.id) +
                                           " is used twice",
                           "a number that no other volume of this list has");
    }
    if (volume.kraft_metadata && ++metadata_volumes > 1) {
      return checked.error(at + ".kraftMetadata", "a second volume for the KRaft metadata log",
                           "kraftMetadata: shared on one volume at most");
    }
  }
  return std::nullopt;
}

std::optional<sim::Error> validate_listeners(const std::vector<Listener>& listeners,
                                             const Checked& checked) {
  const bool as_list = checked.has("spec.kafka.listeners.0");
  for (size_t i = 0; i < listeners.size(); ++i) {
    const Listener& listener = listeners[i];
    const std::string at = "spec.kafka.listeners." + (as_list ? std::to_string(i) : listener.name);
    for (const char* name : {"name", "port", "type", "tls"}) {
      if (as_list && !checked.has(at + "." + name)) {
        return checked.error(at, std::string("a listener without `") + name + "`",
                             "name, port, type and tls are all required");
      }
    }
    if (!is_listener_name(listener.name)) {
      return checked.error(at + ".name", "`" + listener.name + "` is not a listener name",
                           "1 to 11 lower-case letters and digits");
    }
    if (!is_listener_port(listener.port)) {
      return checked.error(at + ".port",
                           std::to_string(listener.port) + " is not a port for listeners",
                           "9092 to 65535 without 9404 and 9999, which the operator uses");
    }
    if (std::find(kListenerTypes.begin(), kListenerTypes.end(), listener.type) ==
        kListenerTypes.end()) {
      return checked.error(
          at + ".type", "`" + listener.type + "` is not a type of listener",
          "internal, cluster-ip, nodeport, loadbalancer, ingress, route or tlsroute");
    }
    for (size_t j = 0; j < i; ++j) {
      if (listeners[j].name == listener.name) {
        return checked.error(at + ".name", "the listener name `" + listener.name +
                                               "` is used twice",
                             "another name");
      }
      if (listeners[j].port == listener.port) {
        return checked.error(at + ".port", "the port " + std::to_string(listener.port) +
                                               " is used twice",
                             "another port");
      }
    }
  }
  return std::nullopt;
}

}  // namespace twin::api
