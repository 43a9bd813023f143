// What parts of a scenario say about each other: names that must exist somewhere else in the file.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

std::vector<std::string> topic_names(const Draft& draft) {
  std::vector<std::string> names;
  for (const TopicWorkload& topic : draft.scenario.workload.topics) names.push_back(topic.name);
  for (const auto& object : draft.scenario.objects) {
    if (object->kind != api::Kind::kafka_topic) continue;
    const auto& topic = api::as<api::KafkaTopic>(*object);
    // The workload may say more about it.
    const std::string& name = topic.topic_name.empty() ? topic.metadata.name : topic.topic_name;
    const bool known =
        std::ranges::find(draft.scenario.workload.topics, name, &TopicWorkload::name) !=
        draft.scenario.workload.topics.end();
    if (!known) names.push_back(name);
  }
  return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Of the value at that path; of the document where it has none.
std::string place_of(const Node& document, const std::string& path) {
  const api::Value* value = document.value().at_path(path);
  return value == nullptr ? document.where() : document.source().where(value->mark());
}

void check_topics(const Node& document, const Draft& draft) {
  const std::vector<std::string> names = topic_names(draft);
  const auto check = [&](const std::string& path, const std::string& name, const std::string& who) {
    if (contains(names, name)) return;
    document.problems().add(place_of(document, path),
                            fmt::format("{} uses topic `{}`, which no one makes", who, name),
                            did_you_mean(name, names));
  };
  const Workload& workload = draft.scenario.workload;
  for (size_t i = 0; i < workload.producers.size(); ++i) {
    check(fmt::format("spec.workload.producers.{}.topic", i), workload.producers[i].topic,
          "a producer");
  }
  for (size_t i = 0; i < workload.groups.size(); ++i) {
    const model::GroupSpec& group = workload.groups[i];
    for (size_t j = 0; j < group.topics.size(); ++j) {
      check(fmt::format("spec.workload.groups.{}.topics.{}", i, j), group.topics[j],
            "group " + group.name);
    }
  }
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (names[i] != names[j]) continue;
      const std::string path = fmt::format("spec.workload.topics.{}.name", i);
      document.problems().add(place_of(document, path),
                              fmt::format("two topics are called `{}`", names[i]),
                              "names of topics are unique");
    }
  }
}

void check_steps(const Node& document, const Draft& draft) {
  std::vector<std::string> ids;
  for (const Step& step : draft.scenario.steps) ids.push_back(step.id);
  for (size_t i = 0; i < draft.scenario.steps.size(); ++i) {
    const Step& step = draft.scenario.steps[i];
    const std::string where = document.source().where(step.mark);
    if (!step.heals.empty() && !contains(ids, step.heals)) {
      document.problems().add(where, fmt::format("no step has the id `{}`", step.heals),
                              did_you_mean(step.heals, ids));
    }
    for (const Step& other : draft.scenario.steps) {
      if (step.heals.empty() || other.id != step.heals) continue;
      if (other.kind != Step::Kind::fault) {
        document.problems().add(where, fmt::format("step `{}` is no fault", step.heals),
                                "heal: the id of a fault step");
      } else if (!model::info_of(other.fault.kind).heals) {
        document.problems().add(where,
                                fmt::format("{} of step `{}` is over at once and does not heal",
                                            model::info_of(other.fault.kind).name, step.heals),
                                "remove the step");
      }
    }
    const auto& when = step.trigger.when;
    if (when && when->kind == Condition::Kind::step_done && !contains(ids, when->subject)) {
      document.problems().add(where, fmt::format("no step has the id `{}`", when->subject),
                              did_you_mean(when->subject, ids));
    }
  }
}

}  // namespace

void check_references(const Node& document, Draft& draft) {
  check_topics(document, draft);
  check_steps(document, draft);
}

}  // namespace twin::scenario
