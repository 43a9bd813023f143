// What the options of several commands accept. Each is a check for CLI11: the complaint, or
// nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace twin::cli {

// "text, json or csv"; the complaint names them all.
std::function<std::string(const std::string&)> one_of(std::vector<std::string> formats);
// An operator to play; deliberately broken ones are not listed, but known.
std::string known_profile(const std::string& name);
// For an option that is a uint64_t: CLI11 would take -1 for a large number, and a number that is
// too large for the largest.
std::string whole_number(const std::string& text);
// CLI11's own ranges write themselves into the help.
std::function<std::string(const std::string&)> whole_number_up_to(int32_t most);

}  // namespace twin::cli
