// From files to a Scenario. A file is multi-document YAML: manifests of any release as they are,
// and at most one `kind: Scenario`, which may include further files of manifests. A file without
// one is a scenario too: deploy it, wait until it is Ready. docs/SCENARIOS.md is the language.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::scenario {

// Documents of this kind stand in a scenario's file and are no part of it (scenarios/training/).
constexpr std::string_view kLessonKind = "Lesson";

struct LoadResult {
  std::optional<Scenario> scenario;  // only when there is no error
  std::vector<sim::Error> errors;    // all of them, in the order of the files
};

// overrides: "PATH=VALUE", where PATH is "scenario.seed", "workload.producers.0.recordsPerSecond"
// (keys of the Scenario's spec) or "Kafka/my-cluster.spec.kafka.version" (a manifest's field), and
// VALUE a scalar or YAML in flow style.
LoadResult load(const std::string& path, const std::vector<std::string>& overrides = {});
// The same of a text; includes are looked up beside `file`.
LoadResult load_text(std::string_view text, const std::string& file,
                     const std::vector<std::string>& overrides = {});

// One error for all: its text has a line per mistake, as format_error writes them.
sim::Expected<Scenario> load_scenario(const std::string& path,
                                      const std::vector<std::string>& overrides = {});

// The cluster that a file describes: its objects, environment and workload. Its steps and what it
// expects are left out, unread.
sim::Expected<Scenario> load_cluster(const std::string& path,
                                     const std::vector<std::string>& overrides = {});

// "file:line:column: what is wrong; what would be right"
std::string format_error(const sim::Error& error);

}  // namespace twin::scenario
