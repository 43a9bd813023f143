#include "scenarios/preview/rotation.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "controller/api/strimzi.h"
#include "sim/assert.h"

namespace twin::preview {

namespace {

struct Named {
  std::string_view name;
  Rotation rotation;
};
constexpr std::array<Named, 4> kRotations{{{"cluster-cert", {false, false}},
                                           {"cluster-key", {false, true}},
                                           {"clients-cert", {true, false}},
                                           {"clients-key", {true, true}}}};

std::string cluster_of(const scenario::Scenario& scenario) {
  for (const auto& object : scenario.objects) {
    if (object->kind == api::Kind::kafka) return object->metadata.name;
  }
  TWIN_ASSERT_MSG(false, "a cluster has a Kafka");
  return {};
}

}  // namespace

std::string_view rotation_name(const Rotation& rotation) {
  return std::ranges::find_if(kRotations,
                              [&](const Named& each) {
                                return each.rotation.clients == rotation.clients &&
                                       each.rotation.key == rotation.key;
                              })
      ->name;
}

sim::Expected<std::vector<Rotation>> parse_rotations(std::string_view text) {
  std::vector<Rotation> rotations;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    begin = end + 1;
    const auto known = std::ranges::find(kRotations, word, &Named::name);
    if (known == kRotations.end()) {
      return sim::Error{"--rotate-ca", fmt::format("`{}` is nothing that can be rotated", word),
                        "cluster-cert, cluster-key, clients-cert or clients-key"};
    }
    const bool twice = std::ranges::any_of(
        rotations, [&](const Rotation& each) { return rotation_name(each) == word; });
    if (twice) {
      return sim::Error{"--rotate-ca", fmt::format("`{}` is there twice", word), "each once"};
    }
    rotations.push_back(known->rotation);
  }
  return rotations;
}

std::string rotation_text(const Rotation& rotation) {
  const char* whose = rotation.clients ? "clients" : "cluster";
  return rotation.key ? fmt::format("the key of the {} CA is replaced", whose)
                      : fmt::format("the certificate of the {} CA is renewed", whose);
}

scenario::Step rotating(const Rotation& rotation, const scenario::Scenario& cluster,
                        sim::Duration at) {
  scenario::Step step;
  step.id = "rotate " + std::string(rotation_name(rotation));
  step.trigger.at = at;
  step.kind = scenario::Step::Kind::annotate;
  step.target_kind = api::kind_name(api::Kind::secret);
  step.target = fmt::format("{}-{}-ca{}", cluster_of(cluster),
                            rotation.clients ? "clients" : "cluster", rotation.key ? "" : "-cert");
  step.changes.emplace_back(rotation.key ? api::strimzi::kForceReplace : api::strimzi::kForceRenew,
                            api::Value::string("true"));
  return step;
}

}  // namespace twin::preview
