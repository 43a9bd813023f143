// Pseudonyms for the names of a cluster: the same name gets the same one everywhere.
#pragma once

#include <map>
#include <string>

#include "controller/api/value.h"

namespace twin::import {

class Names {
 public:
  // "topic", "orders" -> "topic-1". Made up at the first call.
  std::string of(const std::string& sort, const std::string& name);

 private:
  std::map<std::string, std::map<std::string, std::string>> made_;
};

}  // namespace twin::import
