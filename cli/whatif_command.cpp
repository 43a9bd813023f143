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
  std::vector<std::string> varied;
};

// The scenario with those values, and whether anything moves in it.
sim::Expected<scenario::Scenario> load_varied(const WhatifArguments& arguments,
                                              const scenario::Variation& variation) {
  std::vector<std::string> overrides = arguments.overrides;
  for (std::string& each : variation.overrides()) overrides.push_back(std::move(each));
  auto loaded = scenario::load_scenario(arguments.scenario, overrides);
  if (loaded && !scenario::has_reassignment(*loaded)) {
    return sim::Error{arguments.scenario, "no step reassigns anything",
                      "a step with `reassign`, as in scenarios/rebalance/replace-broker.yaml, or a "
                      "KafkaRebalance, as in scenarios/rebalance/scale-up.yaml"};
  }
  return loaded;
}

void print_runs(const std::vector<scenario::VariedRuns>& all, const std::string& report) {
  const bool varied = all.size() > 1 || (all.size() == 1 && !all[0].variation.values.empty());
  if (report == "json") {
    print(varied ? scenario::varied_json(all)
                 : scenario::throttle_json(all.front().runs, all.front().best));
    return;
  }
  if (report == "csv") return print(scenario::varied_csv(all));
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& [variation, runs, best] = all[i];
    if (varied) print((i > 0 ? "\n" : "") + variation.text() + "\n");
    print(scenario::throttle_table(runs, detect_terminal().width));
    if (best) {
      print(fmt::format("\nTake {}: {}.\n", scenario::rate_text(runs[best->run].rate), best->why));
    } else if (!runs.empty()) {
      print("\nNone of these ends.\n");
    }
  }
}

int run(const WhatifArguments& arguments) {
  const auto rates = scenario::parse_rates(arguments.rates);
  if (!rates) return bad_input(rates.error());
  const auto variations = scenario::parse_variations(arguments.varied);
  if (!variations) return bad_input(variations.error());
  std::optional<sim::Duration> window;
  if (!arguments.window.empty()) {
    const auto parsed = scenario::parse_duration(arguments.window);
    if (!parsed) return bad_input(parsed.error());
    window = *parsed;
  }
  // Every combination is read before the first is played: what is wrong is said at once.
  std::vector<scenario::Scenario> scenarios;
  for (const scenario::Variation& variation : *variations) {
    auto loaded = load_varied(arguments, variation);
    if (!loaded) return bad_input(loaded.error());
    scenarios.push_back(std::move(*loaded));
  }
  catch_interrupts();
  std::vector<scenario::VariedRuns> all;
  bool every_one_ends = true;
  for (size_t i = 0; i < scenarios.size() && !interrupted; ++i) {
    scenario::VariedRuns& runs = all.emplace_back();
    runs.variation = (*variations)[i];
    for (const int64_t rate : *rates) {
      scenario::ThrottleRun run = scenario::run_with_throttle(scenarios[i], rate, &interrupted);
      if (interrupted) break;
      runs.runs.push_back(std::move(run));
    }
    runs.best = scenario::recommend(runs.runs, window);
    every_one_ends &= runs.best.has_value();
  }
  print_runs(all, arguments.report);
  if (interrupted) {
    complain("interrupted: rates that were not played to their end are left out");
    return interrupted_status();
  }
  return every_one_ends ? kHolds : kDoesNotHold;
}

}  // namespace

void add_whatif_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<WhatifArguments>();
  CLI::App* command =
      program.add_subcommand("whatif", "Which throttle, how long, and what it does to clients");
  command->require_subcommand(1);
  CLI::App* throttle =
      command->add_subcommand("throttle", "The scenario's reassignment, once for each rate");
  throttle
      ->add_option("SCENARIO", arguments->scenario,
                   "a scenario that reassigns: a `reassign`\nstep or a KafkaRebalance")
      ->type_name("FILE")
      ->required();
  throttle
      ->add_option("--rate", arguments->rates,
                   "5M..200M, or 5M,20M,60M (bytes per second;\ndefault 10M..200M)")
      ->type_name("RATES");
  throttle
      ->add_option("--vary", arguments->varied,
                   "PATH=a,b,c: the same for each value, two PATHs at\nmost in every combination")
      ->type_name("PATH=VALUES")
      ->allow_extra_args(false);
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
