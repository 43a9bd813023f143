// Steps that change objects are tried out on a copy of the file's objects, in the order of the
// file, so that a misspelt name or field is an error of the file and a change that the twin does
// not play is listed before the run.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "controller/api/strimzi.h"
#include "scenarios/runner/load_bounds.h"
#include "scenarios/runner/load_fields.h"
#include "scenarios/runner/load_sections.h"
#include "scenarios/runner/set_path.h"

namespace twin::scenario {
namespace {

// Objects that operators or the cluster make (pods, pod sets) are not in the file: steps on those
// are checked when they are taken.
bool is_of_users(api::Kind kind) {
  switch (kind) {
    case api::Kind::kafka:
    case api::Kind::kafka_node_pool:
    case api::Kind::kafka_topic:
    case api::Kind::kafka_user:
    case api::Kind::kafka_rebalance:
    case api::Kind::kafka_mirror_maker:
    case api::Kind::kafka_mirror_maker_2:
      return true;
    default:
      return false;
  }
}

class Changes {
 public:
  Changes(const Node& document, Draft& draft) : document_(document), draft_(draft) {
    for (const auto& object : draft.scenario.objects) objects_[name_of(*object)] = object;
  }

  void check(const Step& step) {
    where_ = document_.source().where(step.mark);
    switch (step.kind) {
      case Step::Kind::apply:
        if (step.object) applied(step);
        return;
      case Step::Kind::set:
        if (known(step)) set(step);
        return;
      case Step::Kind::annotate:
        known(step);
        if (step.target_kind == "Secret") wished_of_an_authority(step);
        return;
      case Step::Kind::scale:
        if (known(step)) too_many_nodes(step.replicas, where_, document_.problems());
        return;
      case Step::Kind::remove:
        if (known(step)) objects_.erase(target_of(step));
        return;
      default:
        return;
    }
  }

 private:
  static std::string name_of(const api::Object& object) {
    return std::string(api::kind_name(object.kind)) + "/" + object.metadata.name;
  }
  static std::string target_of(const Step& step) { return step.target_kind + "/" + step.target; }

  bool known(const Step& step) {
    const auto kind = api::kind_from_name(step.target_kind);
    if (!kind || !is_of_users(*kind)) return false;
    if (objects_.contains(target_of(step))) return true;
    std::vector<std::string> names;
    for (const auto& [name, object] : objects_) names.push_back(name);
    document_.problems().add(where_, fmt::format("there is no {} at that step", target_of(step)),
                             did_you_mean(target_of(step), names));
    return false;
  }

  // Certificate authorities are rotated where nodes are in StrimziPodSets.
  void wished_of_an_authority(const Step& step) const {
    const bool stateful = std::ranges::any_of(objects_, [](const auto& entry) {
      return entry.second->kind == api::Kind::kafka &&
             api::as<api::Kafka>(*entry.second).zookeeper.has_value();
    });
    if (!stateful) return;
    for (const auto& [annotation, value] : step.changes) {
      if (annotation != api::strimzi::kForceRenew && annotation != api::strimzi::kForceReplace)
        continue;
      FieldNote note{where_, annotation, "of clusters on StatefulSets is not modelled"};
      note.touches_safety = true;
      draft_.scenario.not_modelled.push_back(std::move(note));
    }
  }

  void applied(const Step& step) {
    std::shared_ptr<api::Object>& slot = objects_[name_of(*step.object)];
    note_changed_fields(slot.get(), *step.object, where_, draft_.scenario);
    slot = step.object;
    count_nodes();
  }

  void set(const Step& step) {
    std::shared_ptr<api::Object>& slot = objects_[target_of(step)];
    api::Value text = api::encode(*slot);
    for (const auto& [path, value] : step.changes) {
      const auto set = set_manifest_path(text, path, value);
      if (set) continue;
      document_.problems().add(
          where_, fmt::format("`{}` cannot be set: {}", path, set.error().what), set.error().hint);
      return;
    }
    const auto changed = api::decode({document_.source().file, text});
    if (!changed) {
      document_.problems().add(where_, changed.error().what, changed.error().hint);
      return;
    }
    note_changed_fields(slot.get(), **changed, where_, draft_.scenario);
    slot = *changed;
    count_nodes();
  }

  void count_nodes() const {
    int64_t nodes = 0;
    for (const auto& [name, object] : objects_) nodes += kafka_nodes_of(*object);
    too_many_nodes(nodes, where_, document_.problems());
  }

  const Node& document_;
  Draft& draft_;
  std::map<std::string, std::shared_ptr<api::Object>> objects_;
  std::string where_;
};

}  // namespace

void check_changes(const Node& document, Draft& draft) {
  Changes changes(document, draft);
  for (const Step& step : draft.scenario.steps) changes.check(step);
}

}  // namespace twin::scenario
