// kafka-twin whatif throttle SCENARIO: the reassignment of a scenario under a range of throttles.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/whatif_throttle.h"

namespace twin::cli {

namespace {

struct WhatifArguments {
  std::string scenario;
  std::string rates = "10M..200M";
  std::string window;
  std::string report = "text";
  std::vector<std::string> overrides;
};

int run(const WhatifArguments& arguments) {
  const auto rates = scenario::parse_rates(arguments.rates);
  if (!rates) return bad_input(rates.error());
  std::optional<sim::Duration> window;
  if (!arguments.window.empty()) {
    const auto parsed = scenario::parse_duration(arguments.window);
    if (!parsed) return bad_input(parsed.error());
    window = *parsed;
  }
  const auto loaded = scenario::load_scenario(arguments.scenario, arguments.overrides);
  if (!loaded) return bad_input(loaded.error());
  if (!scenario::has_reassignment(*loaded)) {
    return bad_input({arguments.scenario, "no step reassigns anything",
                      "a step with `reassign`, as in scenarios/rebalance/replace-broker.yaml"});
  }
  catch_interrupts();
  std::vector<scenario::ThrottleRun> runs;
  for (const int64_t rate : *rates) {
    scenario::ThrottleRun run = scenario::run_with_throttle(*loaded, rate, &interrupted);
    if (interrupted) break;
    runs.push_back(std::move(run));
  }
  const auto best = scenario::recommend(runs, window);
  if (arguments.report == "json") {
    print(scenario::throttle_json(runs, best));
  } else if (arguments.report == "csv") {
    print(scenario::throttle_csv(runs));
  } else {
    print(scenario::throttle_table(runs, detect_terminal().width));
    if (best) {
      print(fmt::format("\nTake {}: {}.\n", scenario::rate_text(runs[best->run].rate), best->why));
    } else if (!runs.empty()) {
      print("\nNone of these ends.\n");
    }
  }
  if (interrupted) {
    complain("interrupted: rates that were not played to their end are left out");
    return interrupted_status();
  }
  return best ? kHolds : kDoesNotHold;
}

}  // namespace

void add_whatif_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<WhatifArguments>();
  CLI::App* command =
      program.add_subcommand("whatif", "Which throttle, how long, and what it does to clients");
  command->require_subcommand(1);
  CLI::App* throttle =
      command->add_subcommand("throttle", "The scenario's reassignment, once for each rate");
  throttle->add_option("SCENARIO", arguments->scenario, "a scenario with a `reassign` step")
      ->type_name("FILE")
      ->required();
  throttle
      ->add_option("--rate", arguments->rates,
                   "5M..200M, or 5M,20M,60M (bytes per second;\ndefault 10M..200M)")
      ->type_name("RATES");
  throttle->add_option("--window", arguments->window, "does it fit? 4h, 90min")
      ->type_name("DURATION");
  throttle->add_option("--report", arguments->report, "text (default), json or csv")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json", "csv"}));
  throttle->add_option("--set", arguments->overrides, "change a value before the runs, repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  throttle->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace twin::cli
