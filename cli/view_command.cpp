// kafka-twin view TRACE|SCENARIO
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/view.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "sim/trace_file.h"

namespace twin::cli {

namespace {

bool is_scenario(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

// A scenario is played first: what is seen is its trace.
sim::Expected<std::vector<std::byte>> trace_of(const std::string& input,
                                               const std::string& profile) {
  if (!is_scenario(input)) return sim::read_file_bytes(input);
  auto scenario = scenario::load_scenario(input, {});
  if (!scenario) return scenario.error();
  sim::MemorySink sink;
  scenario::RunOptions options;
  options.profile = profile;
  options.trace = &sink;
  options.interrupt = &interrupted;
  scenario::run_scenario(*scenario, options);
  return sink.contents();
}

int run_view(const ViewArguments& arguments) {
  catch_interrupts();
  if (!arguments.profile.empty() && !is_scenario(arguments.input)) {
    complain("--operator: a trace was made under its own operator already; give the scenario");
    return kBadInput;
  }
  if (arguments.live) {
    if (is_scenario(arguments.input) && arguments.compare.empty() && arguments.frames.empty()) {
      return show_live(arguments);
    }
    complain(
        is_scenario(arguments.input)
            ? "--live: one run, in a window or as one picture; leave out --compare and --frames"
            : "--live: a trace is over; give the scenario");
    return kBadInput;
  }
  const auto trace = [&] { return trace_of(arguments.input, arguments.profile); };
  if (arguments.compare.empty()) return show(arguments, trace, {});
  // Another operator for the same scenario, or another file.
  if (!known_profile(arguments.compare).empty()) {
    return show(arguments, trace, [&] { return trace_of(arguments.compare, {}); });
  }
  if (!is_scenario(arguments.input)) {
    complain("--compare: a trace was made under its own operator already; give another trace");
    return kBadInput;
  }
  return show(arguments, trace, [&] { return trace_of(arguments.input, arguments.compare); });
}

void add_picture_options(CLI::App& command, ViewArguments& arguments) {
  command
      .add_option("--screenshot", arguments.screenshot,
                  "write one picture, PNG, and end; needs no\ndisplay")
      ->type_name("FILE");
  command
      .add_option("--frames", arguments.frames,
                  "write numbered pictures of the run into DIR,\nand end")
      ->type_name("DIR");
  command.add_option("--fps", arguments.fps, "pictures a second of --frames (30)")
      ->type_name("N")
      ->check(CLI::Range(1, 120));
  command.add_option("--speed", arguments.speed, "simulated seconds a second: 10")
      ->type_name("N")
      ->check(CLI::Range(0.1, 10000.0));
  command.add_option("--size", arguments.size, "of pictures and window: 1600x900")
      ->type_name("WxH");
}

}  // namespace

void add_view_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<ViewArguments>();
  CLI::App* command =
      program.add_subcommand("view", "Watch a run: in a window, or as pictures without one");
  command
      ->add_option("TRACE", arguments->input, "a trace, or a scenario (.yaml), which is run first")
      ->type_name("FILE")
      ->required();
  command->add_option("--at", arguments->at, "the moment: 0:12:03.250, 12m3s, or seconds")
      ->type_name("TIME");
  command->add_option("--from", arguments->from, "timeline and charts, and frames, begin there")
      ->type_name("TIME");
  command->add_option("--to", arguments->to, "and end there")->type_name("TIME");
  command
      ->add_option("--panel", arguments->panel,
                   "one alone: cluster, partitions, charts,\ndecisions or timeline")
      ->type_name("PANEL")
      ->check(one_of({"all", "cluster", "partitions", "charts", "decisions", "timeline"}));
  command->add_option("--theme", arguments->theme, "dark (default) or light")
      ->type_name("THEME")
      ->check(one_of({"dark", "light"}));
  add_picture_options(*command, *arguments);
  command->add_option("--operator", arguments->profile, "of a scenario: play it under this one")
      ->type_name("PROFILE")
      ->check(known_profile);
  command
      ->add_option("--compare", arguments->compare,
                   "a second run beside it: a trace, or another\noperator of the same scenario")
      ->type_name("FILE");
  command->add_flag("--live", arguments->live,
                    "play a scenario while watching: act on it, go\nback, save; a lesson asks its "
                    "questions");
  command->callback(
      [arguments, &chosen] { chosen = [arguments] { return run_view(*arguments); }; });
}

}  // namespace twin::cli
