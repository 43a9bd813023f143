#include "scenarios/preview/table.h"

#include <algorithm>

#include "scenarios/runner/text_layout.h"
#include "sim/assert.h"

namespace twin::preview {

namespace {

constexpr size_t kGap = 2;

}  // namespace

std::vector<std::string> table(const std::vector<std::string>& heading,
                               const std::vector<std::vector<std::string>>& rows, int width) {
  const size_t last = heading.size() - 1;
  std::vector<size_t> widths(last, 0);
  size_t used = 0;
  for (size_t column = 0; column < last; ++column) {
    widths[column] = heading[column].size();
    for (const auto& row : rows) {
      TWIN_ASSERT(row.size() == heading.size());
      widths[column] = std::max(widths[column], row[column].size());
    }
    used += widths[column] + kGap;
  }
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string head;
    for (size_t column = 0; column < last; ++column) {
      head += row[column] + std::string(widths[column] + kGap - row[column].size(), ' ');
    }
    for (const std::string& part : scenario::wrap(row[last], width - static_cast<int>(used))) {
      lines.push_back(head + part);
      head.assign(used, ' ');
    }
  };
  add(heading);
  for (const auto& row : rows) add(row);
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  return lines;
}

}  // namespace twin::preview
