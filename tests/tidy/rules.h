// The one page of rules that a test enforces on every source of the project: its form (line,
// function and file length, ASCII), what keeps a run deterministic (no clock, no thread, no
// library's randomness, no unordered iteration, no libm below cli/), which house may include
// which, and that every source is named in a CMakeLists.txt. A violation says where it is and what
// would be right.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source_text.h"

namespace twin::tidy {

inline constexpr int kLineColumnsMax = 100;
inline constexpr int kFunctionLinesMax = 70;
inline constexpr int kFileLinesMax = 800;

struct Violation {
  std::string path;  // from the repository's root
  int line;          // 1-based
  std::string rule;
  std::string advice;

  std::string to_string() const;  // path:line: rule: advice
};

// The houses whose C++ the rules are about.
const std::vector<std::string>& houses();

// All rules that one source decides by itself. `path` is from the repository's root: it says which
// house the source stands in.
std::vector<Violation> check_source(const std::string& path, const SourceText& source);

// Every .cpp among `paths` must be named, relative to it, in a CMakeLists.txt of one of its parent
// folders. `cmake_lists` maps the path of each CMakeLists.txt to its text.
std::vector<Violation> check_registration(const std::vector<std::string>& paths,
                                          const std::map<std::string, std::string>& cmake_lists);

// No file may name an absolute path of the machine it was written on.
std::vector<Violation> check_machine_paths(const std::string& path, std::string_view text);

}  // namespace twin::tidy
