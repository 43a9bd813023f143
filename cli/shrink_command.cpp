// kafka-twin shrink FILE: the smallest scenario that violates what this one does.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "scenarios/campaign/shrink_text.h"

namespace twin::cli {

namespace {

struct ShrinkArguments {
  std::string scenario, property, output, profile;
  int runs = 1000;
};

int shrink(const ShrinkArguments& arguments) {
  auto text = campaign::ScenarioText::read(arguments.scenario);
  if (!text) return bad_input(text.error());
  if (!arguments.profile.empty()) text->set_profile(arguments.profile);
  text->expect_no_violation();
  const auto scenario = text->load();
  if (!scenario) return bad_input(scenario.error());
  std::vector<std::string> inputs = scenario->files;
  inputs.push_back(arguments.scenario);
  if (const auto free = not_an_input(arguments.output, inputs); !free) {
    return bad_input(free.error());
  }
  const campaign::Outcome outcome = campaign::play(*scenario);
  if (outcome.violated.empty()) {
    complain(
        fmt::format("{}: no property is violated, there is nothing to shrink", arguments.scenario));
    return kDoesNotHold;
  }
  const std::string property =
      arguments.property.empty() ? outcome.violated.front() : arguments.property;
  if (!outcome.violates(property)) {
    std::string violated;
    for (const std::string& each : outcome.violated) {
      violated += (violated.empty() ? "" : "; ") + each;
    }
    return bad_input(
        {arguments.scenario, fmt::format("does not violate `{}`", property), violated});
  }
  catch_interrupts();
  const auto small = campaign::shrink_text(
      *text, property, {arguments.runs, [] { return static_cast<bool>(interrupted); }});
  const int faults = campaign::faults_of(small.smallest);
  const std::string file = small.smallest.write(
      "counterexample", fmt::format("{}: {}\nFrom {}, made small in {} runs.", property,
                                    small.outcome.how, arguments.scenario, small.runs));
  if (arguments.output.empty()) {
    print(file);
  } else {
    if (const auto written = write_file(arguments.output, file); !written) {
      return bad_input(written.error());
    }
    print(fmt::format("{}: {}\n{} {} left after {} runs: kafka-twin run {}\n", property,
                      small.outcome.how, faults, faults == 1 ? "fault" : "faults", small.runs,
                      arguments.output));
  }
  if (!interrupted) return kHolds;
  complain("interrupted: it violates the property, but may not be as small as it can be made");
  return interrupted_status();
}

}  // namespace

void add_shrink_command(CLI::App& program, Action& chosen) {
  auto a = std::make_shared<ShrinkArguments>();
  CLI::App* command = program.add_subcommand(
      "shrink", "A scenario that violates a property, as small as it can be made");
  command->add_option("SCENARIO", a->scenario, "one whose run violates something")
      ->type_name("FILE")
      ->required();
  command->add_option("--property", a->property, "which (default: the first that is violated)")
      ->type_name("NAME");
  command->add_option("--operator", a->profile, "play it under this one")
      ->type_name("PROFILE")
      ->check(known_profile);
  command->add_option("--runs", a->runs, "at most so many (default 1000)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--output", a->output, "write it there (default: print it)")
      ->type_name("FILE");
  command->callback([a, &chosen] { chosen = [a] { return shrink(*a); }; });
}

}  // namespace twin::cli
