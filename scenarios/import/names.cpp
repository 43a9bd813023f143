#include "scenarios/import/names.h"

namespace twin::import {

std::string Names::of(const std::string& sort, const std::string& name) {
  std::map<std::string, std::string>& known = made_[sort];
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  std::string made = sort + "-" + std::to_string(known.size() + 1);
  known.emplace(name, made);
  return made;
}

}  // namespace twin::import
