#include "controller/roll/roller.h"
#include "controller/roll/statefulset_roller.h"
#include "controller/roll/strimzi_roller.h"
#include "controller/roll/twin_roller.h"
#include "sim/assert.h"

namespace twin::controller {

namespace {

MakeRoller plugged_in = nullptr;

}  // namespace

void plug_in_roller(MakeRoller make) { plugged_in = make; }

std::unique_ptr<Roller> make_roller(const std::string& profile, RollRequest request) {
  if (profile == "twin") return std::make_unique<TwinRoller>(std::move(request));
  if (plugged_in != nullptr && profile.starts_with("exec:")) {
    return plugged_in(profile, std::move(request));
  }
  if (profile == "strimzi@0.11") return std::make_unique<StatefulSetRoller>(std::move(request));
  const StrimziBehaviour* behaviour = find_behaviour(profile);
  TWIN_ASSERT_MSG(behaviour != nullptr, profile);
  return std::make_unique<StrimziRoller>(std::move(request), *behaviour);
}

}  // namespace twin::controller
