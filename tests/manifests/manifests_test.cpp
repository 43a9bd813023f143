// What becomes of manifests that are deployed as they are: the project's own under
// scenarios/manifests, and Strimzi's examples of three releases where they are at hand, in a folder
// `shared` beside the project. Each file's end is stated here; a file that is not fails the test.
#include <algorithm>
#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::scenario {
namespace {

namespace fs = std::filesystem;

enum class End {
  ready,     // the cluster deploys, rests, and the verdict is "holds"
  nothing,   // no cluster in it: nothing of it is played, which is unknown
  moves,     // the same of a KafkaRebalance, which is NotReady
  pod_sets,  // ready, but as StatefulSets: ZooKeeper on StrimziPodSets is not modelled
};

void expect_end(const fs::path& file, End end) {
  SCOPED_TRACE(file.string());
  const LoadResult loaded = load(file.string());
  for (const sim::Error& error : loaded.errors) ADD_FAILURE() << format_error(error);
  if (!loaded.scenario) return;
  const bool cluster =
      std::any_of(loaded.scenario->objects.begin(), loaded.scenario->objects.end(),
                  [](const auto& object) { return object->kind == api::Kind::kafka; });
  EXPECT_EQ(cluster, end == End::ready || end == End::pod_sets);
  const Report report = run_scenario(*loaded.scenario, {});
  std::string reasons;
  for (const std::string& reason : report.verdict_reasons) reasons += reason + "\n";
  switch (end) {
    case End::ready:
      EXPECT_EQ(reasons, "");
      return;
    case End::nothing:
      EXPECT_NE(reasons.find("without a cluster nothing of it is played"), std::string::npos);
      EXPECT_EQ(report.verdict, Verdict::unknown);
      return;
    case End::moves:
      EXPECT_EQ(report.verdict, Verdict::unknown);
      ASSERT_EQ(report.rebalances.size(), 1U);
      EXPECT_EQ(report.rebalances.front().state, "NotReady");
      return;
    case End::pod_sets:
      EXPECT_NE(reasons.find("its pods are of StrimziPodSets"), std::string::npos);
      EXPECT_EQ(std::count(reasons.begin(), reasons.end(), '\n'), 1);
      return;
  }
}

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Manifests, EachOfOursIsDeployedAndRests) {
  const std::vector<fs::path> files = yaml_files(fs::path(TWIN_SOURCE_DIR) / "scenarios/manifests");
  EXPECT_EQ(files.size(), 6U);
  for (const fs::path& file : files) expect_end(file, End::ready);
}

TEST(Manifests, StrimzisExamplesEndAsStated) {
  const std::map<std::string, End> ends = {
      {"0.11.4/kafka-ephemeral.yaml", End::ready},
      {"0.11.4/kafka-jbod.yaml", End::ready},
      {"0.11.4/kafka-mirror-maker.yaml", End::nothing},
      {"0.11.4/kafka-persistent.yaml", End::ready},
      {"0.11.4/kafka-topic.yaml", End::nothing},
      {"0.11.4/kafka-user.yaml", End::nothing},
      {"0.45.0/kafka-persistent.yaml", End::pod_sets},
      {"0.45.0/kraft/kafka.yaml", End::ready},
      {"1.2.0/kafka-ephemeral.yaml", End::ready},
      {"1.2.0/kafka-jbod.yaml", End::ready},
      {"1.2.0/kafka-mirror-maker-2.yaml", End::nothing},
      {"1.2.0/kafka-persistent.yaml", End::ready},
      {"1.2.0/kafka-rebalance-add-brokers.yaml", End::moves},
      {"1.2.0/kafka-rebalance-full.yaml", End::moves},
      {"1.2.0/kafka-single-node.yaml", End::ready},
      {"1.2.0/kafka-source.yaml", End::ready},
      {"1.2.0/kafka-target.yaml", End::ready},
      {"1.2.0/kafka-topic.yaml", End::nothing},
      {"1.2.0/kafka-user.yaml", End::nothing},
      {"1.2.0/kafka-with-dual-role-nodes.yaml", End::ready},
  };
  const fs::path folder = fs::path(TWIN_SOURCE_DIR) / "../shared/manifests";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no ../shared/manifests beside the project";
  for (const fs::path& file : yaml_files(folder)) {
    const std::string name = fs::relative(file, folder).generic_string();
    const auto stated = ends.find(name);
    if (stated == ends.end()) {
      ADD_FAILURE() << name << ": its end is not stated";
      continue;
    }
    expect_end(file, stated->second);
  }
}

}  // namespace
}  // namespace twin::scenario
