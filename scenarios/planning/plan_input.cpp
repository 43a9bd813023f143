#include "scenarios/planning/plan_input.h"

#include "controller/api/value.h"
#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load.h"

namespace twin::scenario {

sim::Expected<std::string> read_whole_file(const std::string& path, const std::string& what_it_is) {
  return read_input_file(path, what_it_is);
}

sim::Expected<PlanInput> read_plan_input(const std::string& path,
                                         const std::vector<std::string>& overrides) {
  auto text = read_whole_file(path, "a scenario, manifests, or a description of a cluster");
  if (!text) return text.error();
  // Mistakes of the text itself are told by whoever reads it in full.
  const bool describes = text->find("ClusterDescription") != text->npos;
  if (describes) {
    if (const auto documents = api::parse_yaml(*text, path)) {
      for (const api::Document& document : *documents) {
        const api::Value* kind = document.root.find("kind");
        if (kind == nullptr || kind->scalar_text() != "ClusterDescription") continue;
        if (overrides.empty()) return read_description(*text, path);
        return sim::Error{"--set", "a description has nothing to set", "change the file"};
      }
    }
  }
  auto scenario = load_scenario(path, overrides);
  if (!scenario) return scenario.error();
  const std::vector<std::string> files = scenario->files;
  const auto kept = std::make_shared<const Scenario>(*scenario);
  auto input = view_of_scenario(std::move(*scenario));
  if (input) {
    input->files = files;
    input->scenario = kept;
  }
  return input;
}

}  // namespace twin::scenario
