// The profiles of programs: `exec:CMD` is twin's operator with the rolls of the program,
// `exec-operator:CMD` the program alone.
#include <map>

#include "controller/operator.h"
#include "scenarios/exec/exec_operator.h"
#include "scenarios/exec/exec_roller.h"
#include "sim/assert.h"

namespace twin::exec {

namespace {

constexpr std::string_view kRoller = "exec:";
constexpr std::string_view kOperator = "exec-operator:";

std::string command_of(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? std::string(name.substr(prefix.size())) : std::string();
}

std::unique_ptr<controller::Roller> make_roller(const std::string& profile,
                                                controller::RollRequest request) {
  return std::make_unique<ExecRoller>(command_of(profile, kRoller), std::move(request));
}

std::unique_ptr<controller::Process> make_process(const controller::OperatorOptions& options,
                                                  const controller::Profile& profile,
                                                  controller::Ports& ports) {
  const std::string command = command_of(profile.name, kOperator);
  if (command.empty()) return nullptr;
  return std::make_unique<ExecOperator>(options, profile, command, ports);
}

// Profiles stay where they are once they are made.
const controller::Profile* find(std::string_view name) {
  const bool whole = !command_of(name, kOperator).empty();
  if (!whole && command_of(name, kRoller).empty()) return nullptr;
  static std::map<std::string, controller::Profile, std::less<>> known;
  const auto found = known.find(name);
  if (found != known.end()) return &found->second;
  const controller::Profile* ours = controller::find_profile("twin");
  TWIN_ASSERT(ours != nullptr);
  controller::Profile profile = *ours;
  profile.name = std::string(name);
  if (whole) {
    profile.zookeeper = false;  // StatefulSets are not told
    profile.claim = profile.name + ": this program";
  } else {
    profile.roller = profile.name;
    profile.claim = profile.name + ": twin's operator, with the rolls of this program";
  }
  return &known.emplace(profile.name, std::move(profile)).first->second;
}

}  // namespace

void plug_in_programs() {
  controller::plug_in_profiles(find);
  controller::plug_in_roller(make_roller);
  controller::plug_in_process(make_process);
}

}  // namespace twin::exec
