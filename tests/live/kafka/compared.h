// compare.py's rows: what real brokers took for a move beside what the twin says.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace twin::live {

struct Compared {
  int status = -1;      // of compare.py; 4: Java or Kafka's jars are missing
  std::string printed;  // its reason then
  nlohmann::json rows;  // one a case
};

// compare.py with these arguments, against the kafka-twin of this build.
Compared compare(const std::string& arguments);

}  // namespace twin::live
