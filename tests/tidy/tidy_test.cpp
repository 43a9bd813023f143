// The rules of tests/tidy/rules.h, first shown to work on snippets that must and must not be
// flagged, then held against every source in the tree.

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tidy/rules.h"

namespace twin::tidy {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> found_in(const std::string& path, const std::string& text) {
  const SourceText source(text);
  std::vector<std::string> found;
  for (const Violation& violation : check_source(path, source)) {
    found.push_back(std::to_string(violation.line) + " " + violation.rule);
  }
  return found;
}

std::vector<int> function_lengths(const std::string& text) {
  const SourceText source(text);
  std::vector<int> lengths;
  for (const Function& function : source.functions()) {
    lengths.push_back(function.last_line - function.first_line + 1);
  }
  return lengths;
}

// ---- the rules on snippets ---------------------------------------------------------------------

TEST(TidyForm, LineOf101ColumnsIsFlaggedAndOf100IsNot) {
  EXPECT_THAT(found_in("sim/a.cpp", std::string(100, '/') + "\n"), IsEmpty());
  EXPECT_THAT(found_in("sim/a.cpp", "\n" + std::string(101, '/') + "\n"), ElementsAre("2 columns"));
}

TEST(TidyForm, BytesBeyondAsciiAndTabsAreFlaggedEvenInComments) {
  EXPECT_THAT(found_in("cli/a.cpp", "int a;\n// caf\xc3\xa9\n\tint b;\n"),
              ElementsAre("2 ascii", "3 ascii"));
}

TEST(TidyForm, FileOf801LinesIsFlaggedAndOf800IsNot) {
  std::string text;
  for (int i = 0; i < 800; ++i) text += "\n";
  EXPECT_THAT(found_in("model/a.h", text), IsEmpty());
  EXPECT_THAT(found_in("model/a.h", text + "\n"), ElementsAre("801 file length"));
}

TEST(TidyForm, LeftoversAreFlaggedInCommentsToo) {
  EXPECT_THAT(found_in("sim/a.h", std::string("// ") + "FIX" + "ME: later\n"),
              ElementsAre("1 leftover"));
  EXPECT_THAT(found_in("sim/a.h", "// FIXMEUP is another word\n"), IsEmpty());
}

std::string body_of_lines(const std::string& signature, int lines, const std::string& end) {
  std::string text = signature + "\n";
  for (int i = 0; i < lines - 2; ++i) text += "  x();\n";
  return text + end + "\n";
}

TEST(TidyForm, FunctionOf71LinesIsFlaggedAtItsSignatureAndOf70IsNot) {
  EXPECT_THAT(found_in("sim/a.cpp", body_of_lines("int f() {", 70, "}")), IsEmpty());
  EXPECT_THAT(found_in("sim/a.cpp", "\n" + body_of_lines("int f() {", 71, "}")),
              ElementsAre("2 function length"));
  EXPECT_THAT(found_in("tests/a.cpp", body_of_lines("TEST(Suite, Case) {", 71, "}")),
              ElementsAre("1 function length"));
  EXPECT_THAT(found_in("sim/a.cpp", body_of_lines("const auto kF = [](int a) {", 71, "};")),
              ElementsAre("1 function length"));
}

TEST(TidyForm, NamespacesClassesEnumsAndTablesMayBeLong) {
  for (const char* signature :
       {"namespace twin {", "class A final : public B {", "template <typename T = int>\nstruct A {",
        "enum class E : int {", "constexpr Row kRows[] = {", "const std::map<int, F> kMap{"}) {
    EXPECT_THAT(found_in("sim/a.cpp", body_of_lines(signature, 90, "};")), IsEmpty()) << signature;
  }
}

TEST(TidyForm, FunctionsAreFoundAroundWhatLooksLikeThem) {
  EXPECT_THAT(function_lengths("A::A(int b)\n    : b_{b},\n      c_{1, 2} {\n  go();\n}\n"),
              ElementsAre(5));
  EXPECT_THAT(
      function_lengths("struct A {\n public:\n  void f(O o = {}) { if (x) { y(); } }\n};\n"),
      ElementsAre(1));
  EXPECT_THAT(function_lengths("bool operator==(A a, B b) {\n  return true;\n}\n"), ElementsAre(3));
  EXPECT_THAT(function_lengths("template <class T = int>\nauto f() -> int {\n  return 1;\n}\n"),
              ElementsAre(4));
  EXPECT_THAT(function_lengths("const char* kBrace = \"{\";  // {\nint f() {\n  return '}';\n}\n"),
              ElementsAre(3));
  EXPECT_THAT(function_lengths("#define OPEN {\nint f() {\n  auto g = [] { return 1; };\n}\n"),
              ElementsAre(3));
  EXPECT_THAT(function_lengths("R kRows[] = {\n  {1, [](int a) {\n    return a;\n  }},\n};\n"),
              ElementsAre(3));
  EXPECT_THAT(function_lengths("auto text = R\"(}}} {{{)\";\nint f() {\n  return 1'000;\n}\n"),
              ElementsAre(3));
  EXPECT_THAT(function_lengths("int a{1};\nstd::array<int, 2> b = {{1, 2}};\nFoo c(Bar{1});\n"),
              IsEmpty());
}

TEST(TidyNames, ClocksThreadsRandomnessAndUnorderedIterationAreFlaggedBelowCli) {
  for (const char* text : {"int a = std::rand();",
                           "std::random_device d;",
                           "std::mt19937 g;",
                           "std::uniform_int_distribution<int> d;",
                           "auto t = std::chrono::system_clock::now();",
                           "using C = std::chrono::steady_clock;",
                           "auto t = time(nullptr);",
                           "auto t = ::time(NULL);",
                           "return std::time(0);",
                           "auto c = clock();",
                           "auto e = std::getenv(\"A\");",
                           "std::thread t;",
                           "std::async(f);",
                           "std::unordered_map<int, int> m;",
                           "setlocale(0, s);",
                           "auto p = reinterpret_cast<std::uintptr_t>(q);",
                           "std::hash<int> h;",
                           "x = std::pow(2, 3);",
                           "x = std::sqrt(2);",
                           "#include <thread>",
                           "#include <unordered_set>",
                           "#include <cmath>"}) {
    for (const char* path : {"sim/a.cpp", "model/kafka/a.h", "controller/a.h", "scenarios/a.cpp"}) {
      EXPECT_FALSE(found_in(path, text).empty()) << path << ": " << text;
    }
    EXPECT_THAT(found_in("cli/a.cpp", text), IsEmpty()) << text;
    EXPECT_THAT(found_in("controller/live/a.cpp", text), IsEmpty()) << text;
  }
}

TEST(TidyNames, StdFunctionIsFlaggedInTheEngineOnly) {
  EXPECT_THAT(found_in("sim/a.h", "std::function<void()> f;"), ElementsAre("1 banned name"));
  EXPECT_THAT(found_in("model/a.h", "std::function<void()> f;"), IsEmpty());
}

TEST(TidyNames, MembersLongerNamesCommentsAndStringsAreNotFlagged) {
  for (const char* text :
       {"// std::rand, time(nullptr)", "auto s = \"std::mutex\";", "x = event.time();",
        "x = event->clock();", "SimTime time(int x);", "Clock& clock() const;",
        "int std_rand = my_rand();", "x = brand(1);", "my::unordered_mapping m;",
        "thread_local int x;", "/* std::locale */"}) {
    EXPECT_THAT(found_in("sim/a.cpp", text), IsEmpty()) << text;
  }
}

TEST(TidyIncludes, EachHouseSeesWhatItMayAndNoMore) {
  const struct {
    const char* path;
    const char* include;
    bool allowed;
  } cases[] = {
      {"sim/a.h", "sim/b.h", true},
      {"sim/a.h", "controller/api/a.h", false},
      {"controller/api/a.h", "sim/a.h", true},
      {"controller/api/a.h", "controller/ports.h", false},
      {"controller/roll/a.h", "controller/api/a.h", true},
      {"controller/roll/a.h", "controller/live/a.h", false},
      {"controller/roll/a.h", "model/kafka/a.h", false},
      {"controller/live/a.h", "controller/ports.h", true},
      {"controller/live/a.h", "model/trace/a.h", false},
      {"model/trace/a.h", "controller/api/a.h", true},
      {"model/trace/a.h", "model/kafka/a.h", false},
      {"model/kafka/a.h", "controller/ports.h", true},
      {"model/kafka/a.h", "controller/operator.h", true},
      {"model/kafka/a.h", "model/trace/a.h", true},
      {"model/kafka/a.h", "controller/roll/a.h", false},
      {"model/kafka/a.h", "scenarios/runner/session.h", false},
      {"scenarios/runner/a.h", "model/kafka/a.h", true},
      {"scenarios/runner/a.h", "cli/a.h", false},
      {"viz/a.h", "model/trace/a.h", true},
      {"viz/a.h", "scenarios/runner/live_session.h", true},
      {"viz/a.h", "scenarios/runner/load.h", false},
      {"viz/a.h", "model/kafka/a.h", false},
      {"cli/a.h", "scenarios/runner/session.h", true},
      {"cli/a.h", "tests/support/a.h", false},
      {"tests/sim/a.h", "tests/support/a.h", true},
      {"sim/a.h", "b.h", false},
      {"sim/a.h", "../model/b.h", false},
  };
  for (const auto& [path, include, allowed] : cases) {
    const auto found = found_in(path, std::string("#include \"") + include + "\"\n");
    EXPECT_EQ(found.empty(), allowed) << path << " includes " << include;
  }
}

TEST(TidyIncludes, OurHeadersInAngleBracketsAreFlaggedAndPackagesAreNot) {
  EXPECT_THAT(found_in("sim/a.h", "#include <sim/b.h>\n"), ElementsAre("1 include path"));
  EXPECT_THAT(found_in("cli/a.h", "#include <vector>\n#include <CLI/CLI.hpp>\n"), IsEmpty());
}

TEST(TidyRegistration, SourceThatNoCMakeListsNamesIsFlagged) {
  const std::map<std::string, std::string> cmake_lists = {
      {"sim/CMakeLists.txt", "add_library(twin_sim a.cpp deep/b.cpp # c.cpp\n)"},
      {"sim/deep/CMakeLists.txt", "add_executable(d d.cpp)"}};
  const auto violations = check_registration(
      {"sim/a.cpp", "sim/deep/b.cpp", "sim/c.cpp", "sim/deep/d.cpp", "sim/e.h"}, cmake_lists);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_THAT(violations[0].to_string(), HasSubstr("sim/c.cpp:1: not registered: name it"));
}

TEST(TidyMachinePaths, AbsolutePathsAreFlaggedAndPartsOfOthersAreNot) {
  const std::string root = std::string("/wo") + "rk/";
  const auto violations = check_machine_paths("README.md", "one\ncd " + root + "main\n");
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].line, 2);
  EXPECT_THAT(check_machine_paths("README.md", "see docs" + root + "a.md"), IsEmpty());
}

// ---- the rules on the tree ---------------------------------------------------------------------

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The houses' files, as paths from the repository's root, in order.
std::vector<std::string> files_of_houses() {
  const fs::path root = TWIN_SOURCE_DIR;
  std::vector<std::string> files;
  for (const std::string& house : houses()) {
    if (!fs::is_directory(root / house)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / house)) {
      if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(root).string());
    }
  }
  std::ranges::sort(files);
  return files;
}

// What git tracks or would add; without git, every file outside of .git and the build folder.
std::vector<std::string> files_of_repository() {
  const std::string root = TWIN_SOURCE_DIR;
  std::string names;
  const std::string command =
      "git -C '" + root + "' ls-files -z --cached --others --exclude-standard 2>/dev/null";
  if (const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
      pipe != nullptr) {
    std::array<char, 4096> buffer{};
    for (std::size_t n = 1; n > 0;) {
      n = fread(buffer.data(), 1, buffer.size(), pipe.get());
      names.append(buffer.data(), n);
    }
  }
  std::vector<std::string> files;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find('\0', begin), names.size());
    files.push_back(names.substr(begin, end - begin));
    begin = end + 1;
  }
  if (!files.empty()) return files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name == ".git" || name.starts_with("build"))) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back(entry->path().lexically_relative(root).string());
    }
  }
  return files;
}

void expect_none(const std::vector<Violation>& violations) {
  for (const Violation& violation : violations) ADD_FAILURE() << violation.to_string();
}

TEST(TidyTree, EverySourceKeepsTheRules) {
  int sources = 0;
  for (const std::string& path : files_of_houses()) {
    if (!path.ends_with(".h") && !path.ends_with(".cpp")) continue;
    ++sources;
    const SourceText source(read_file(fs::path(TWIN_SOURCE_DIR) / path));
    expect_none(check_source(path, source));
  }
  EXPECT_GE(sources, 5) << "the rules found nothing to hold";
}

TEST(TidyTree, EverySourceIsNamedInItsCMakeLists) {
  const std::vector<std::string> files = files_of_houses();
  std::map<std::string, std::string> cmake_lists;
  for (const std::string& path : files) {
    if (!path.ends_with("CMakeLists.txt")) continue;
    cmake_lists[path] = read_file(fs::path(TWIN_SOURCE_DIR) / path);
  }
  expect_none(check_registration(files, cmake_lists));
}

TEST(TidyTree, NoFileNamesAPathOfTheMachineItWasWrittenOn) {
  for (const std::string& path : files_of_repository()) {
    const std::string text = read_file(fs::path(TWIN_SOURCE_DIR) / path);
    if (text.find('\0') != std::string::npos) continue;  // binary
    expect_none(check_machine_paths(path, text));
  }
}

}  // namespace
}  // namespace twin::tidy
