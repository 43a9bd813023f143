// What the pages quote is what the program prints. A block ```console of README.md and docs/ holds
// commands ("$ kafka-twin ...") and lines of their output, some left out ("..."): every command is
// run as it stands, in a folder that has the repository's scenarios, and the lines must be there,
// in that order.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

namespace fs = std::filesystem;

struct Quoted {
  std::string where;    // "README.md:40"
  std::string command;  // without "$ "
  std::vector<std::string> lines;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Quoted> quoted_in(const fs::path& page) {
  std::vector<Quoted> list;
  bool inside = false;
  int number = 0;
  for (const std::string& line : lines_of(read_file(page.string()))) {
    ++number;
    if (line.starts_with("```")) {
      inside = line == "```console";
      continue;
    }
    if (!inside || line == "...") continue;
    if (line.starts_with("$ ")) {
      const std::string name = fs::relative(page, TWIN_SOURCE_DIR).string();
      list.push_back({name + ":" + std::to_string(number), line.substr(2), {}});
    } else if (!list.empty()) {
      list.back().lines.push_back(line);
    }
  }
  return list;
}

std::vector<fs::path> pages() {
  const fs::path root = TWIN_SOURCE_DIR;
  std::vector<fs::path> found{root / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::sort(found.begin() + 1, found.end());
  return found;
}

std::vector<Quoted> all_quoted() {
  std::vector<Quoted> all;
  for (const fs::path& page : pages()) {
    for (Quoted& each : quoted_in(page)) all.push_back(std::move(each));
  }
  return all;
}

// The first quoted line that is not printed behind those before it; "" when all are.
std::string first_missing(const std::vector<std::string>& quoted,
                          const std::vector<std::string>& printed) {
  auto from = printed.begin();
  for (const std::string& line : quoted) {
    from = std::find(from, printed.end(), line);
    if (from == printed.end()) return line;
    ++from;
  }
  return {};
}

TEST(Quoted, everyPageShowsWhatIsPrinted) {
  const std::string folder = scratch("reader");
  fs::create_directories(folder);
  fs::create_directory_symlink(TWIN_SOURCE_DIR "/scenarios", folder + "/scenarios");
  const std::vector<Quoted> all = all_quoted();
  EXPECT_GE(all.size(), 6U) << "the tour of README.md and others";
  for (const Quoted& each : all) {
    ASSERT_TRUE(each.command.starts_with("kafka-twin ")) << each.where << ": " << each.command;
    const std::string out = scratch("quoted");
    const std::string command = "cd " + folder +
                                " && PATH=" TWIN_BINARY_DIR ":$PATH COLUMNS=100 NO_COLOR=1 " +
                                each.command + " >" + out + " 2>&1";
    std::ignore = std::system(command.c_str());  // its status may be what is shown
    const std::string printed = read_file(out);
    EXPECT_FALSE(printed.empty() && !each.lines.empty()) << each.where;
    EXPECT_EQ(first_missing(each.lines, lines_of(printed)), "")
        << each.where << ": `" << each.command << "` prints no such line there; it prints\n"
        << printed;
  }
}

TEST(Quoted, aLineThatIsNotPrintedIsFound) {
  EXPECT_EQ(first_missing({"a", "c"}, {"a", "b", "c"}), "");
  EXPECT_EQ(first_missing({"c", "a"}, {"a", "b", "c"}), "a");
}

}  // namespace
}  // namespace twin::cli_test
