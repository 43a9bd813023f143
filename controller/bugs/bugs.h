// Operators that are broken on purpose, each in one way that real operators were: `twin` with one
// of its rules switched off (controller/broken.h). They show that the properties bite and that a
// campaign finds what breaks them. For the simulator only: whoever plays scenarios plugs them in,
// and what does not link this library has none.
#pragma once

#include <string>
#include <vector>

#include "controller/profile.h"

namespace twin::controller {

struct Bug {
  Profile profile;        // "bug:NAME"
  std::string reference;  // an issue of strimzi-kafka-operator, or where it was read; "-": our own
  bool zookeeper = true, kraft = true;  // eras in which it can show
};
// In the order of docs/CAMPAIGNS.md.
const std::vector<Bug>& all_bugs();

// From now on find_profile knows them. Any number of times.
void plug_in_bugs();

}  // namespace twin::controller
