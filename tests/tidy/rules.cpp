#include "tests/tidy/rules.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace twin::tidy {
namespace {

using Violations = std::vector<Violation>;

bool is_under(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

bool is_simulated(std::string_view path) {
  if (is_under(path, "controller/live")) return false;
  return is_under(path, "sim") || is_under(path, "controller") || is_under(path, "model") ||
         is_under(path, "scenarios");
}

// ---- form --------------------------------------------------------------------------------------

void check_form(const std::string& path, const SourceText& source, Violations& violations) {
  int number = 0;
  for (const std::string_view line : source.lines()) {
    ++number;
    const bool ascii = std::ranges::all_of(line, [](char c) { return (c >= 0x20 && c < 0x7f); });
    if (!ascii) {
      violations.push_back({path, number, "ascii", "printable ASCII only, no tabs; \\x escapes"});
    } else if (line.size() > static_cast<std::size_t>(kLineColumnsMax)) {
      violations.push_back({path, number, "columns",
                            std::to_string(line.size()) + " columns, at most " +
                                std::to_string(kLineColumnsMax) + "; run clang-format"});
    }
  }
  if (number > kFileLinesMax) {
    violations.push_back({path, kFileLinesMax + 1, "file length",
                          std::to_string(number) + " lines, at most " +
                              std::to_string(kFileLinesMax) + "; cut the file by concept"});
  }
  for (const Function& function : source.functions()) {
    const int lines = function.last_line - function.first_line + 1;
    if (lines <= kFunctionLinesMax) continue;
    violations.push_back({path, function.first_line, "function length",
                          std::to_string(lines) + " lines, at most " +
                              std::to_string(kFunctionLinesMax) + "; split it by step"});
  }
  // Spelt in two parts, so that this file keeps its own rule.
  for (const char* word : {"FIX"
                           "ME",
                           "XX"
                           "X"}) {
    for (const std::size_t at : find_word(source.text(), word)) {
      violations.push_back({path, source.line_of(at), "leftover",
                            std::string(word) + ": finish it, or open an issue"});
    }
  }
}

// ---- names that would make a run depend on more than its seed ----------------------------------

struct BannedName {
  const char* name;
  const char* advice;
  const char* folder = "";  // banned only under this one; "" is every simulated house
};

constexpr const char* kDraws = "draw from the seed: sim/draw.h";
constexpr const char* kTime = "time is simulated: take it from the engine or the port";
constexpr const char* kThreads = "a run is one thread; parallel runs are separate sessions";
constexpr const char* kOrdered = "std::map, std::set or a sorted vector: iteration has an order";
constexpr const char* kLocale = "the locale must not matter: use fmt or std::to_chars";
constexpr const char* kLibm = "integers, or + - * / in the solver: libm differs between machines";
constexpr const char* kPointers = "no address may decide anything: use an id";

constexpr BannedName kBannedNames[] = {
    {"rand", kDraws},
    {"srand", kDraws},
    {"random_device", kDraws},
    {"mt19937", kDraws},
    {"mt19937_64", kDraws},
    {"minstd_rand", kDraws},
    {"default_random_engine", kDraws},
    {"uniform_int_distribution", kDraws},
    {"uniform_real_distribution", kDraws},
    {"normal_distribution", kDraws},
    {"exponential_distribution", kDraws},
    {"poisson_distribution", kDraws},
    {"bernoulli_distribution", kDraws},
    {"discrete_distribution", kDraws},
    {"std::shuffle", kDraws},
    {"system_clock", kTime},
    {"steady_clock", kTime},
    {"high_resolution_clock", kTime},
    {"gettimeofday", kTime},
    {"clock_gettime", kTime},
    {"localtime", kTime},
    {"getenv", "the environment must not matter: pass an option"},
    {"std::thread", kThreads},
    {"std::jthread", kThreads},
    {"std::mutex", kThreads},
    {"std::async", kThreads},
    {"unordered_map", kOrdered},
    {"unordered_set", kOrdered},
    {"unordered_multimap", kOrdered},
    {"unordered_multiset", kOrdered},
    {"setlocale", kLocale},
    {"std::locale", kLocale},
    {"uintptr_t", kPointers},
    {"intptr_t", kPointers},
    {"std::hash", "it differs between libraries: use the engine's hash"},
    {"std::function", "a template or a plain function: no allocation per event", "sim"},
};

constexpr const char* kLibmNames[] = {
    "acos",   "asin",  "atan",      "atan2",   "cbrt",      "ceil",  "cos",   "cosh",
    "erf",    "exp",   "exp2",      "expm1",   "floor",     "fma",   "fmod",  "frexp",
    "hypot",  "ldexp", "lgamma",    "llround", "log",       "log10", "log1p", "log2",
    "lround", "modf",  "nearbyint", "pow",     "remainder", "rint",  "round", "sin",
    "sinh",   "sqrt",  "tan",       "tanh",    "tgamma",    "trunc"};

constexpr BannedName kBannedHeaders[] = {
    {"random", kDraws},
    {"ctime", kTime},
    {"time.h", kTime},
    {"sys/time.h", kTime},
    {"thread", kThreads},
    {"mutex", kThreads},
    {"shared_mutex", kThreads},
    {"condition_variable", kThreads},
    {"future", kThreads},
    {"execution", kThreads},
    {"unordered_map", kOrdered},
    {"unordered_set", kOrdered},
    {"locale", kLocale},
    {"clocale", kLocale},
    {"cmath", kLibm},
    {"math.h", kLibm},
};

// Whether the name at `at` is a free function's, not a member's or another namespace's, and not
// being declared.
bool is_free_call(std::string_view code, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && std::isspace(static_cast<unsigned char>(code[before - 1])) != 0) --before;
  const std::string_view left = code.substr(0, before);
  if (left.ends_with("std::")) return true;
  if (left.ends_with("::")) {
    return left.size() == 2 || !is_identifier_character(left[left.size() - 3]);
  }
  if (left.ends_with("return") || left.ends_with("co_return")) return true;
  if (left.empty()) return true;
  const char last = left.back();
  return !is_identifier_character(last) && last != '.' && last != '>' && last != '&' &&
         last != '*' && last != '~';
}

// time(nullptr) and clock(): C's functions, told from members and locals of the same name by the
// arguments that C's take.
void check_c_clocks(const std::string& path, const SourceText& source, Violations& violations) {
  const std::string_view code = source.code();
  for (const std::string_view name : {"time", "clock"}) {
    for (const std::size_t at : find_word(code, name)) {
      const std::size_t open = code.find_first_not_of(' ', at + name.size());
      if (open == code.npos || code[open] != '(' || !is_free_call(code, at)) continue;
      const std::size_t first = code.find_first_not_of(" \n", open + 1);
      if (first == code.npos) continue;
      const std::string_view argument = code.substr(first);
      const bool of_c = name == "clock"
                            ? argument.starts_with(")")
                            : argument.starts_with("nullptr") || argument.starts_with("NULL") ||
                                  argument.starts_with("0)") || argument.starts_with("&");
      if (!of_c) continue;
      violations.push_back(
          {path, source.line_of(at), "banned name", std::string(name) + "(): " + kTime});
    }
  }
}

void check_banned(const std::string& path, const SourceText& source, Violations& violations) {
  if (!is_simulated(path)) return;
  const auto check = [&](const std::string& name, const char* advice) {
    for (const std::size_t at : find_word(source.code(), name)) {
      violations.push_back({path, source.line_of(at), "banned name", name + ": " + advice});
    }
  };
  for (const BannedName& banned : kBannedNames) {
    if (*banned.folder == '\0' || is_under(path, banned.folder)) check(banned.name, banned.advice);
  }
  for (const char* name : kLibmNames) check(std::string("std::") + name, kLibm);
  check_c_clocks(path, source, violations);
  for (const Include& include : source.includes()) {
    if (include.quoted) continue;
    for (const BannedName& banned : kBannedHeaders) {
      if (include.name != banned.name) continue;
      violations.push_back(
          {path, include.line, "banned header", "<" + include.name + ">: " + banned.advice});
    }
  }
}

// ---- which house sees which --------------------------------------------------------------------

// The first row whose folder holds the including file decides. A target ending in '/' is a folder,
// any other is a prefix of a file's path.
struct Sight {
  std::string folder;
  std::vector<std::string> sees;
  std::vector<std::string> never;
};

const std::vector<Sight>& sights() {
  static const std::vector<Sight> kSights = {
      {"sim", {"sim/"}, {}},
      {"controller/api", {"sim/", "controller/api/"}, {}},
      {"controller/live", {"sim/", "controller/"}, {}},
      {"controller", {"sim/", "controller/"}, {"controller/live/"}},
      {"model/trace", {"sim/", "controller/api/", "model/trace/"}, {}},
      {"model",
       {"sim/", "controller/api/", "controller/ports", "controller/operator.h", "model/"},
       {}},
      {"scenarios", {"sim/", "controller/", "model/", "scenarios/"}, {}},
      {"viz",
       {"sim/", "controller/api/", "model/trace/", "viz/", "scenarios/runner/live_session.h",
        "scenarios/training/exam.h"},
       {}},
      {"cli", {"sim/", "controller/", "model/", "scenarios/", "cli/", "viz/"}, {}},
      {"tests", {"sim/", "controller/", "model/", "scenarios/", "cli/", "viz/", "tests/"}, {}},
      {"bench", {"sim/", "controller/", "model/", "scenarios/", "cli/", "viz/", "bench/"}, {}},
  };
  return kSights;
}

bool starts_with_any(std::string_view name, const std::vector<std::string>& prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](const auto& prefix) { return name.starts_with(prefix); });
}

void check_includes(const std::string& path, const SourceText& source, Violations& violations) {
  const auto sight =
      std::ranges::find_if(sights(), [&](const Sight& row) { return is_under(path, row.folder); });
  if (sight == sights().end()) return;
  for (const Include& include : source.includes()) {
    const std::string first = include.name.substr(0, include.name.find('/'));
    const bool ours = include.name.find('/') != std::string::npos &&
                      std::ranges::find(houses(), first) != houses().end();
    if (!include.quoted && !ours) continue;
    if (!ours || !include.quoted) {
      violations.push_back({path, include.line, "include path",
                            "\"" + include.name +
                                "\": quote the path from the repository's root, " +
                                "or use <> for a package's header"});
    } else if (starts_with_any(include.name, sight->never) ||
               !starts_with_any(include.name, sight->sees)) {
      std::string allowed;
      for (const std::string& target : sight->sees) allowed += " " + target;
      for (const std::string& target : sight->never) allowed += " but not " + target;
      violations.push_back({path, include.line, "include direction",
                            sight->folder + "/ must not see " + include.name + ", only" + allowed});
    }
  }
}

// The words of a CMakeLists.txt, comments left out.
std::set<std::string> words_of(std::string_view cmake_lists) {
  std::set<std::string> words;
  std::string word;
  bool comment = false;
  for (const char c : cmake_lists) {
    if (c == '\n') comment = false;
    if (c == '#') comment = true;
    const bool part = !comment && std::string_view(" \t\r\n()\";").find(c) == std::string::npos;
    if (part) {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.insert(word);
  return words;
}

}  // namespace

std::string Violation::to_string() const {
  return path + ":" + std::to_string(line) + ": " + rule + ": " + advice;
}

const std::vector<std::string>& houses() {
  static const std::vector<std::string> kHouses = {"sim", "controller", "model", "scenarios",
                                                   "cli", "viz",        "tests", "bench"};
  return kHouses;
}

std::vector<Violation> check_source(const std::string& path, const SourceText& source) {
  Violations violations;
  check_form(path, source, violations);
  check_banned(path, source, violations);
  check_includes(path, source, violations);
  return violations;
}

std::vector<Violation> check_registration(const std::vector<std::string>& paths,
                                          const std::map<std::string, std::string>& cmake_lists) {
  std::map<std::string, std::set<std::string>> words_by_folder;
  for (const auto& [path, text] : cmake_lists) {
    const auto slash = path.rfind('/');
    words_by_folder[slash == path.npos ? "" : path.substr(0, slash)] = words_of(text);
  }
  Violations violations;
  for (const std::string& path : paths) {
    if (!path.ends_with(".cpp")) continue;
    bool named = false;
    for (auto slash = path.rfind('/'); slash != path.npos && !named;) {
      const auto words = words_by_folder.find(path.substr(0, slash));
      named = words != words_by_folder.end() && words->second.contains(path.substr(slash + 1));
      slash = slash == 0 ? path.npos : path.rfind('/', slash - 1);
    }
    if (named) continue;
    violations.push_back({path, 1, "not registered",
                          "name it in the CMakeLists.txt of its folder or house, or delete it"});
  }
  return violations;
}

std::vector<Violation> check_machine_paths(const std::string& path, std::string_view text) {
  Violations violations;
  // Spelt in two parts, so that this file keeps its own rule.
  for (const std::string_view root : {"/wo"
                                      "rk/",
                                      "/fa"
                                      "rm/",
                                      "/tmp/bu"
                                      "ild"}) {
    for (std::size_t at = text.find(root); at != text.npos; at = text.find(root, at + 1)) {
      const char before = at == 0 ? ' ' : text[at - 1];
      const bool inside = is_identifier_character(before) || before == '.' || before == '-' ||
                          before == '}' || before == '/' || before == '>';
      if (inside) continue;  // part of a longer path or an address
      const auto line = std::ranges::count(text.substr(0, at), '\n') + 1;
      violations.push_back({path, static_cast<int>(line), "machine path",
                            std::string(root) + ": name a path from the repository's root"});
    }
  }
  return violations;
}

}  // namespace twin::tidy
