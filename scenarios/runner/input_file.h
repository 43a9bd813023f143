// Files that a user names as input: texts of a size that somebody could have written. A device
// never ends (/dev/zero, /dev/full) and a pipe cannot be read twice, so only regular files are
// taken.
#pragma once

#include <string>

#include "sim/expected.h"

namespace twin::scenario {

constexpr size_t kInputBytesMax = size_t{64} << 20;

// Error: a folder, no regular file, larger than kInputBytesMax, not readable. `what_it_should_be`
// says what would be right.
sim::Expected<std::string> read_input_file(const std::string& path,
                                           const std::string& what_it_should_be);
// A path that stands in `file`: from the folder of that file on.
std::string beside(const std::string& file, const std::string& path);

}  // namespace twin::scenario
