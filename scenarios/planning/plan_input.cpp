#include "scenarios/planning/plan_input.h"

#include <fstream>
#include <sstream>

#include "controller/api/value.h"
#include "scenarios/runner/load.h"

namespace twin::scenario {

sim::Expected<std::string> read_whole_file(const std::string& path, const std::string& what_it_is) {
  std::ifstream in(path);
  std::stringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) return sim::Error{path, "the file cannot be read", what_it_is};
  return text.str();
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
  return view_of_scenario(std::move(*scenario));
}

}  // namespace twin::scenario
