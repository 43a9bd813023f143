// A table for a terminal: columns as wide as what is in them, the last one wrapped to what is left.
#pragma once

#include <string>
#include <vector>

namespace twin::preview {

// Lines without their line ends, the heading's first. REQUIRES: rows as long as the heading.
std::vector<std::string> table(const std::vector<std::string>& heading,
                               const std::vector<std::vector<std::string>>& rows, int width);

}  // namespace twin::preview
