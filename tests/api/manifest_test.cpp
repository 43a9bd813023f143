// Strimzi's own example manifests, of three releases, where they are at hand: each loads, and what
// is decoded encodes to what was read. They are found in $TWIN_SHARED_DIR/manifests or in a folder
// `shared` beside the project or above it.
#include <cstdlib>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "tests/api/support.h"

namespace twin::api {
namespace {

namespace fs = std::filesystem;

fs::path manifests() {
  if (const char* folder = std::getenv("TWIN_SHARED_DIR")) return fs::path(folder) / "manifests";
  for (fs::path at = fs::path(TWIN_SOURCE_DIR); at != at.root_path(); at = at.parent_path()) {
    const fs::path candidate = at / "shared" / "manifests";
    if (fs::is_directory(candidate)) return candidate;
  }
  return {};
}

std::vector<fs::path> manifest_files() {
  std::vector<fs::path> out;
  const fs::path folder = manifests();
  if (folder.empty() || !fs::is_directory(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".yaml") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

class Manifests : public testing::Test {
 protected:
  void SetUp() override {
    files_ = manifest_files();
    if (files_.empty()) GTEST_SKIP() << "no folder with the operator's example manifests";
  }
  std::vector<fs::path> files_;
};

TEST_F(Manifests, EachDocumentLoadsAndEncodesToWhatWasRead) {
  size_t documents = 0;
  for (const fs::path& file : files_) {
    SCOPED_TRACE(file.filename().string());
    auto parsed = read_yaml_file(file.string());
    ASSERT_TRUE(parsed.has_value()) << parsed.error().to_string();
    for (const Document& document : *parsed) {
      auto decoded = decode(document);
      ASSERT_TRUE(decoded.has_value()) << decoded.error().to_string();
      const Value again = encode(**decoded);
      EXPECT_EQ(diff(document.root, again), std::vector<std::string>{});
      // And once more through text, and from a fresh decode.
      auto reread = decode({"again.yaml", again});
      ASSERT_TRUE(reread.has_value()) << reread.error().to_string();
      EXPECT_TRUE(same_content(**decoded, **reread));
      auto text = parse_yaml(to_yaml(again), "text.yaml");
      ASSERT_TRUE(text.has_value()) << text.error().to_string();
      EXPECT_EQ(diff((*text)[0].root, again), std::vector<std::string>{});
      ++documents;
    }
  }
  EXPECT_GE(documents, files_.size());
}

TEST_F(Manifests, KafkaPoolsTopicsAndRebalancesAreModelledWhole) {
  const std::set<Kind> whole = {Kind::kafka, Kind::kafka_node_pool, Kind::kafka_topic,
                                Kind::kafka_rebalance};
  for (const fs::path& file : files_) {
    SCOPED_TRACE(file.filename().string());
    auto parsed = read_yaml_file(file.string());
    ASSERT_TRUE(parsed.has_value());
    for (const Document& document : *parsed) {
      auto decoded = decode(document);
      ASSERT_TRUE(decoded.has_value());
      const auto unknown = test::paths(field_report(**decoded));
      if (whole.contains((*decoded)->kind)) {
        EXPECT_EQ(unknown, std::vector<std::string>{});
      } else {
        EXPECT_EQ(unknown, std::vector<std::string>{"spec"});
      }
    }
  }
}

}  // namespace
}  // namespace twin::api
