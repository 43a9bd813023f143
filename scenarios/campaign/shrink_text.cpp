#include "scenarios/campaign/shrink_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/load_reader.h"

namespace twin::campaign {

namespace {

using api::Value;

std::vector<ScenarioText> without_steps(const ScenarioText& from) {
  std::vector<ScenarioText> made;
  ScenarioText copy = from;
  const size_t count = copy.steps().size();
  const auto offer = [&](size_t first, size_t last) {
    ScenarioText next = from;
    auto& steps = next.steps();
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(first),
                steps.begin() + static_cast<std::ptrdiff_t>(last));
    made.push_back(std::move(next));
  };
  for (size_t size = count / 2; size > 1; size /= 2) {
    for (size_t first = 0; first < count; first += size) {
      offer(first, std::min(first + size, count));
    }
  }
  for (size_t i = count; i-- > 0;) offer(i, i + 1);
  return made;
}

// Down to a second: by half, again and again.
std::vector<ScenarioText> with_shorter_faults(const ScenarioText& from) {
  std::vector<ScenarioText> made;
  ScenarioText copy = from;
  for (size_t i = 0; i < copy.steps().size(); ++i) {
    const Value* length = copy.steps()[i].at_path("fault.duration");
    if (length == nullptr) continue;
    const auto time = scenario::parse_duration(length->scalar_text());
    constexpr int64_t kSecond = 1'000'000'000;
    if (!time || time->ns <= kSecond) continue;
    for (const int64_t seconds : {int64_t{1}, time->ns / kSecond / 2}) {
      if (seconds < 1 || seconds * kSecond >= time->ns) continue;
      ScenarioText next = from;
      (void)next.steps()[i].set_path("fault.duration", Value::string(fmt::format("{}s", seconds)));
      made.push_back(std::move(next));
    }
  }
  return made;
}

// Each number of the list's maps by that key: 1, then half.
void fewer(const ScenarioText& from, const char* list, const char* key,
           std::vector<ScenarioText>& made) {
  const Value* items = from.spec().at_path(list);
  if (items == nullptr || !items->is_list()) return;
  for (size_t i = 0; i < items->items().size(); ++i) {
    const Value* number = items->items()[i].find(key);
    if (number == nullptr || number->kind() != Value::Kind::integer) continue;
    for (const int64_t to : {int64_t{1}, number->as_int() / 2}) {
      if (to < 1 || to >= number->as_int()) continue;
      ScenarioText next = from;
      (void)next.spec().set_path(fmt::format("{}.{}.{}", list, i, key), Value::integer(to));
      made.push_back(std::move(next));
    }
  }
}

std::vector<ScenarioText> with_less_work(const ScenarioText& from) {
  std::vector<ScenarioText> made;
  for (const char* key : {"workload.groups", "workload.producers"}) {
    if (from.spec().at_path(key) == nullptr) continue;
    ScenarioText next = from;
    next.spec().find("workload")->erase(std::string_view(key).substr(9));
    made.push_back(std::move(next));
  }
  const Value* topics = from.spec().at_path("workload.topics");
  for (size_t i = 0; topics != nullptr && topics->is_list() && i < topics->items().size(); ++i) {
    if (topics->items()[i].find("dataPerPartition") == nullptr) continue;
    ScenarioText next = from;
    next.spec().find("workload")->find("topics")->items()[i].erase("dataPerPartition");
    made.push_back(std::move(next));
  }
  fewer(from, "workload.topics", "partitions", made);
  fewer(from, "workload.producers", "recordsPerSecond", made);
  return made;
}

std::vector<ScenarioText> with_defaults(const ScenarioText& from) {
  std::vector<ScenarioText> made;
  for (const char* key : {"tieOrder", "seed", "description"}) {
    if (from.spec().find(key) == nullptr) continue;
    ScenarioText next = from;
    next.spec().erase(key);
    made.push_back(std::move(next));
  }
  return made;
}

std::vector<ScenarioText> simpler(const ScenarioText& from) {
  std::vector<ScenarioText> all = without_steps(from);
  for (auto* more : {&with_shorter_faults, &with_less_work, &with_defaults}) {
    std::vector<ScenarioText> found = (*more)(from);
    std::ranges::move(found, std::back_inserter(all));
  }
  return all;
}

}  // namespace

int faults_of(const ScenarioText& text) {
  ScenarioText copy = text;
  return static_cast<int>(std::ranges::count_if(
      copy.steps(), [](const Value& step) { return step.find("fault") != nullptr; }));
}

Shrunk<ScenarioText> shrink_text(const ScenarioText& failing, const std::string& property,
                                 const ShrinkLimits& limits) {
  return shrink_greedily(failing, property, limits, simpler,
                         [](const ScenarioText& text) -> std::optional<Outcome> {
                           const auto scenario = text.load();
                           // What it took away, another part may need.
                           if (!scenario) return std::nullopt;
                           return try_to_play(*scenario);
                         });
}

}  // namespace twin::campaign
