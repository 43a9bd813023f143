#include "model/kafka/control/features.h"

#include <algorithm>

#include "controller/api/catalogue/versions.h"

namespace twin::model::control {

namespace {

bool supports(std::string_view version, int16_t level) {
  const api::LevelRange range = api::supported_levels(version);
  return range.min <= level && level <= range.max;
}

FeatureVerdict refused(std::string error) { return {false, 0, std::move(error)}; }

FeatureVerdict unsupported(int16_t level, std::string_view who, const RegisteredNode& node) {
  const api::LevelRange range = api::supported_levels(node.version);
  return refused("Invalid update version " + std::to_string(level) +
                 " for feature metadata.version. " + std::string(who) + " " +
                 std::to_string(node.node.value) + " only supports versions " +
                 std::to_string(range.min) + "-" + std::to_string(range.max));
}

FeatureVerdict check_direction(int16_t current, int16_t level, api::UpgradeType type) {
  const std::string invalid =
      "Invalid update version " + std::to_string(level) + " for feature metadata.version. ";
  if (level < current && type == api::UpgradeType::upgrade)
    return refused(invalid +
                   "Can't downgrade the version of this feature without setting the "
                   "upgrade type to either safe or unsafe downgrade.");
  if (level > current && type != api::UpgradeType::upgrade)
    return refused(invalid + "Can't downgrade to a newer version.");
  if (level >= current) return {true, level, {}};
  if (api::safe_downgrade_possible(current, level)) return {true, level, {}};
  if (type == api::UpgradeType::unsafe_downgrade)
    return refused("Unsafe metadata downgrade is not supported in this version.");
  return refused("Unsupported metadata.version downgrade from " + std::to_string(current) + " to " +
                 std::to_string(level) +
                 ". Refusing to perform the requested downgrade because it might delete "
                 "metadata information.");
}

std::string_view major_minor(std::string_view version) {
  const size_t dash = version.find('-');
  version = version.substr(0, dash);
  const size_t first = version.find('.');
  if (first == version.npos) return version;
  return version.substr(0, version.find('.', first + 1));
}

}  // namespace

FeatureVerdict check_update(const FeatureUpdate& update) {
  if (update.request.feature != "metadata.version")
    return refused("Invalid update version for feature " + update.request.feature +
                   ". The twin plays metadata.version only.");
  const api::MetadataVersion* wanted = api::find_metadata_version(update.request.version);
  if (wanted == nullptr)
    return refused("Unknown metadata.version '" + update.request.version + "'");
  const int16_t level = wanted->level;
  if (!supports(update.active_controller.version, level))
    return unsupported(level, "Local controller", update.active_controller);
  for (const RegisteredNode& broker : update.brokers)
    if (!supports(broker.version, level)) return unsupported(level, "Broker", broker);
  if (level >= kLevelControllersRegister) {
    for (const RegisteredNode& controller : update.controllers)
      if (!supports(controller.version, level)) return unsupported(level, "Controller", controller);
    for (const api::NodeId voter : update.voters) {
      if (std::ranges::find(update.controllers, voter, &RegisteredNode::node) ==
          update.controllers.end())
        return refused("Invalid update version " + std::to_string(level) +
                       " for feature metadata.version. Controller " + std::to_string(voter.value) +
                       " has not registered");
    }
  }
  return check_direction(update.current, level, update.request.type);
}

std::optional<std::string> level_problem(std::string_view kafka_version, int16_t level) {
  if (level == 0 || supports(kafka_version, level)) return std::nullopt;
  const api::LevelRange range = api::supported_levels(kafka_version);
  return "No MetadataVersion with feature level " + std::to_string(level) + ": Kafka " +
         std::string(kafka_version) + " supports " + std::to_string(range.min) + "-" +
         std::to_string(range.max);
}

int16_t initial_level(std::string_view kafka_version, std::string_view wanted) {
  const api::MetadataVersion* named = wanted.empty() ? nullptr : api::find_metadata_version(wanted);
  if (named != nullptr) return named->level;
  const api::KafkaRelease* release = api::find_release(kafka_version);
  if (release != nullptr && !release->metadata.empty()) {
    named = api::find_metadata_version(release->metadata);
    if (named != nullptr) return named->level;
  }
  return api::supported_levels(kafka_version).max;
}

std::string level_name(int16_t level) {
  for (const api::MetadataVersion& version : api::all_metadata_versions())
    if (version.level == level) return std::string(version.name);
  return std::to_string(level);
}

bool version_at_least(std::string_view a, std::string_view b) {
  return api::compare_versions(a, b) != std::strong_ordering::less;
}

bool protocol_newer(std::string_view protocol, std::string_view than) {
  return api::compare_versions(major_minor(protocol), major_minor(than)) ==
         std::strong_ordering::greater;
}

}  // namespace twin::model::control
