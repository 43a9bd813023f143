// docs/SCENARIOS.md names every fault kind, every figure and every key that the loader takes, and
// docs/model/report.md every law.
#include <fstream>
#include <regex>
#include <sstream>

#include "model/faults/fault.h"
#include "scenarios/runner/figures.h"
#include "scenarios/runner/laws.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(std::string(TWIN_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(in.good()) << path;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const std::string& page() {
  static const std::string text = text_of("docs/SCENARIOS.md");
  return text;
}

void expect_named(const std::string& word) {
  EXPECT_NE(page().find("`" + word + "`"), std::string::npos)
      << word << " is not in docs/SCENARIOS.md";
}

TEST(Docs, everyFaultKindStandsInThePage) {
  for (const model::FaultKindInfo& info : model::fault_kinds())
    expect_named(std::string(info.name));
}

TEST(Docs, everyFigureStandsInThePage) {
  for (const FigureInfo& figure : all_figures()) {
    const std::string of = figure.of.empty() ? "" : "[" + std::string(figure.of) + "]";
    expect_named(std::string(figure.name) + of);
  }
}

TEST(Docs, everyLawOfAReportIsExplained) {
  const std::string text = text_of("docs/model/report.md");
  for (const Law& law : all_laws()) {
    EXPECT_NE(text.find("| " + std::string(law.name) + " |"), std::string::npos) << law.name;
  }
}

// Keys are the rows of the loader's tables: {"name", reader...
TEST(Docs, everyKeyStandsInThePage) {
  const std::regex row("\\{\"([a-zA-Z]+)\",");
  size_t keys = 0;
  for (const char* part : {"scenario", "environment", "hardware", "workload", "steps", "actions",
                           "conditions", "expect"}) {
    const std::string source = text_of("scenarios/runner/load_" + std::string(part) + ".cpp");
    for (std::sregex_iterator at(source.begin(), source.end(), row), end; at != end; ++at) {
      ++keys;
      expect_named((*at)[1]);
    }
  }
  EXPECT_GT(keys, 90U) << "the tables were not found";
}

}  // namespace
}  // namespace twin::scenario
