// The template of a StatefulSet: its environment, its mark of age, and what may change in it.
#include <algorithm>
#include <charconv>

#include "controller/api/catalogue/config_keys.h"
#include "controller/api/catalogue/versions.h"
#include "controller/reconcile/desired.h"
#include "controller/reconcile/stateful.h"
#include "sim/assert.h"

namespace twin::controller {

namespace {

constexpr const char* kConfiguration = "KAFKA_CONFIGURATION";
constexpr const char* kVersion = "KAFKA_VERSION";
constexpr const char* kLogDirs = "KAFKA_LOG_DIRS";

api::Container& first_container(api::PodSpec& spec) {
  TWIN_ASSERT(!spec.containers.empty());
  return spec.containers.front();
}

std::string annotation(const api::Labels& annotations, const char* key) {
  const auto found = annotations.find(key);
  return found == annotations.end() ? std::string() : found->second;
}

// The major and minor part: Kafka 2.1.0 speaks 2.1 unless it is told otherwise.
std::string own_protocol(const std::string& binary) {
  const api::KafkaRelease* release = api::find_release(binary);
  return release == nullptr ? std::string() : std::string(release->protocol);
}

bool same_claims(const std::vector<api::PersistentVolumeClaim>& a,
                 const std::vector<api::PersistentVolumeClaim>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].metadata.name != b[i].metadata.name || a[i].requested != b[i].requested ||
        a[i].storage_class != b[i].storage_class) {
      return false;
    }
  }
  return true;
}

// StatefulSetDiff.IGNORABLE_PATHS: the grace period and resources do not make a pod old.
bool same_template(const api::PodSpec& a, const api::PodSpec& b) {
  api::PodSpec left = a;
  left.termination_grace = b.termination_grace;
  return left == b;
}

int64_t generation_of(const api::StatefulSet& set) {
  const std::string text = annotation(set.template_annotations, api::strimzi::kGeneration);
  int64_t generation = 0;
  std::from_chars(text.data(), text.data() + text.size(), generation);
  return generation;
}

void stamp(const Profile& profile, bool rolls, api::StatefulSet& set) {
  if (profile.era_a) {
    const int64_t next = generation_of(set) + (rolls ? 1 : 0);
    set.template_annotations[api::strimzi::kGeneration] = std::to_string(next);
    return;
  }
  api::Pod pod;
  pod.metadata.annotations = set.template_annotations;
  pod.metadata.annotations.erase(api::strimzi::kRevision);
  pod.spec = set.template_spec;
  set.template_annotations[api::strimzi::kRevision] = revision_of(pod);
}

}  // namespace

std::string environment_of(const api::PodSpec& spec, std::string_view name) {
  for (const api::Container& container : spec.containers) {
    for (const api::EnvVar& variable : container.env)
      if (variable.name == name) return variable.value;
  }
  return {};
}

void set_environment(api::PodSpec& spec, const std::string& name, std::string value) {
  for (api::EnvVar& variable : first_container(spec).env) {
    if (variable.name != name) continue;
    variable.value = std::move(value);
    return;
  }
  first_container(spec).env.push_back({name, std::move(value)});
}

api::KafkaConfig config_of(const api::PodSpec& spec) {
  return api::server_config_of(environment_of(spec, kConfiguration));
}

// Sorted: the order of lines makes no pod old.
void set_config_of(api::PodSpec& spec, const api::KafkaConfig& config) {
  api::KafkaConfig sorted = config;
  std::sort(sorted.begin(), sorted.end());
  set_environment(spec, kConfiguration, api::to_text(sorted));
}

const char* revision_annotation(const Profile& profile) {
  return profile.era_a ? api::strimzi::kGeneration : api::strimzi::kRevision;
}

void stamp_new_set(const Profile& profile, api::StatefulSet& set) { stamp(profile, false, set); }

Patched patch_set(const Profile& profile, const api::StatefulSet& desired,
                  api::StatefulSet& stored) {
  Patched patched;
  api::PodSpec spec = desired.template_spec;
  if (!same_claims(desired.claim_templates, stored.claim_templates)) {
    patched.storage_reverted = true;
    spec.volumes = stored.template_spec.volumes;
    first_container(spec).volume_mounts = first_container(stored.template_spec).volume_mounts;
    const std::string dirs = environment_of(stored.template_spec, kLogDirs);
    if (!dirs.empty()) set_environment(spec, kLogDirs, dirs);
  }
  patched.rolls = !same_template(stored.template_spec, spec);
  stored.template_spec = std::move(spec);
  stored.template_labels = desired.template_labels;
  for (const auto& [key, value] : desired.template_annotations)
    stored.template_annotations[key] = value;
  for (const auto& [key, value] : desired.metadata.annotations)
    stored.metadata.annotations[key] = value;
  for (const char* gone :
       {api::strimzi::kFromVersion, api::strimzi::kToVersion, api::strimzi::kManualRollingUpdate}) {
    stored.metadata.annotations.erase(gone);
  }
  stamp(profile, patched.rolls, stored);
  return patched;
}

void patch_phase(const Profile& profile, const upgrade::StatefulPhase& phase,
                 api::StatefulSet& stored) {
  auto& annotations = stored.metadata.annotations;
  const auto put = [&](const char* key, const std::string& value) {
    if (value.empty()) {
      annotations.erase(key);
    } else {
      annotations[key] = value;
    }
  };
  put(api::strimzi::kKafkaVersion, phase.set.current);
  put(api::strimzi::kFromVersion, phase.set.from);
  put(api::strimzi::kToVersion, phase.set.to);
  api::PodSpec spec = stored.template_spec;
  // An upgrade's second phase keeps the image it finds; the others set theirs.
  if (phase.code != "KafkaUpgradePhase2") {
    first_container(spec).image = image_of(profile, phase.binaries);
    set_environment(spec, kVersion, phase.binaries);
  }
  set_config_of(spec, phase.set.config);
  const bool rolls = !same_template(stored.template_spec, spec);
  stored.template_spec = std::move(spec);
  stamp(profile, rolls, stored);
}

upgrade::ZookeeperChangeInput::PodVersions versions_of(const api::Labels& annotations,
                                                       const api::PodSpec& spec) {
  upgrade::ZookeeperChangeInput::PodVersions runs;
  const api::KafkaConfig config = config_of(spec);
  const auto said = [&](const char* key, std::string_view option, const std::string& otherwise) {
    const std::string text = annotation(annotations, key);
    if (!text.empty()) return text;
    const std::string* value = api::find_config(config, option);
    return value == nullptr ? otherwise : *value;
  };
  runs.kafka = annotation(annotations, api::strimzi::kKafkaVersion);
  if (runs.kafka.empty()) runs.kafka = environment_of(spec, kVersion);
  const std::string own = own_protocol(runs.kafka);
  runs.protocol = said(api::strimzi::kInterBrokerProtocol, "inter.broker.protocol.version", own);
  runs.message_format = said(api::strimzi::kLogMessageFormat, "log.message.format.version", own);
  return runs;
}

}  // namespace twin::controller
