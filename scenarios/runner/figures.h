// The figures of a report that a scenario may expect something of: every number and name that is
// printed has one. Their values come from the report; here are their names, units and meaning, so
// that a misspelt expectation is an error of the file and not a figure that is never compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twin::scenario {

enum class FigureUnit : uint8_t { count, duration, bytes, text, list };

struct FigureInfo {
  std::string_view name;
  FigureUnit unit;
  std::string_view of;       // what stands in brackets: "node", "code"; "" = the whole run
  std::string_view example;  // of what stands there
  std::string_view help;
};

const std::vector<FigureInfo>& all_figures();
const FigureInfo* find_figure(std::string_view name);

// "restartAt[4#2]" -> restartAt, "4", the second time. Without "#" it is the first.
struct FigureName {
  std::string name;
  std::string of;
  int nth = 1;
};
FigureName split_figure(std::string_view text);

}  // namespace twin::scenario
