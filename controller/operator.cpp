#include "controller/operator.h"

#include "controller/driver.h"

namespace twin::controller {

namespace {

MakeProcess plugged_in = nullptr;

}  // namespace

void plug_in_process(MakeProcess make) { plugged_in = make; }

sim::Expected<std::unique_ptr<Process>> make_operator(const OperatorOptions& options,
                                                      Ports& ports) {
  const Profile* profile = find_profile(options.profile);
  if (profile == nullptr) {
    std::string known;
    for (const Profile& each : all_profiles()) known += (known.empty() ? "" : ", ") + each.name;
    return sim::Error{"", "unknown operator profile `" + options.profile + "`", "one of " + known};
  }
  if (plugged_in != nullptr) {
    if (auto made = plugged_in(options, *profile, ports)) return made;
  }
  return std::unique_ptr<Process>(std::make_unique<Driver>(options, *profile, ports));
}

std::vector<std::string> known_profiles() {
  std::vector<std::string> names;
  for (const Profile& profile : all_profiles()) names.push_back(profile.name);
  return names;
}

std::string profile_claim(const std::string& profile) {
  const Profile* found = find_profile(profile);
  return found == nullptr ? std::string() : found->claim;
}

}  // namespace twin::controller
