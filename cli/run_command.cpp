// kafka-twin run SCENARIO
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "controller/operator.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/preflight.h"
#include "scenarios/runner/run.h"
#include "scenarios/runner/text_layout.h"
#include "sim/trace_file.h"

namespace twin::cli {

namespace {

struct RunArguments {
  std::string scenario;
  std::string report = "text";
  std::string trace;
  std::string profile;
  std::vector<std::string> overrides;
  uint64_t seed = 0;
  bool seed_given = false;
  bool quiet = false;
  bool list_operators = false;
};

// Prints lines as they come.
class Printer : public scenario::TimelineSink {
 public:
  explicit Printer(const Terminal& terminal) : terminal_(terminal) {}
  void on_line(const scenario::TimelineLine& line) override {
    print(scenario::format_line(line, terminal_.width, terminal_.colour));
  }

 private:
  Terminal terminal_;
};

int exit_status_of(const std::vector<scenario::Report>& reports) {
  int status = kHolds;
  if (interrupted) return interrupted_status();
  for (const scenario::Report& report : reports) {
    // A scenario may say that it expects to be violated: that is what it shows.
    if (report.as_expected) continue;
    if (report.verdict == scenario::Verdict::violated) status = kDoesNotHold;
    if (report.verdict == scenario::Verdict::unknown && status == kHolds) status = kUnknown;
  }
  return status;
}

void print_reports(const RunArguments& arguments, const std::vector<scenario::Report>& reports,
                   const Terminal& terminal, const std::vector<std::string>* told) {
  std::string text;
  if (arguments.report == "json") {
    text = scenario::to_json(reports);
  } else if (arguments.report == "junit") {
    text = scenario::to_junit(reports);
  } else if (arguments.report == "markdown") {
    text = scenario::to_markdown(reports);
  } else {
    for (const scenario::Report& report : reports) {
      text += "\n" + scenario::to_text(report, terminal.width, terminal.colour, told);
    }
    if (reports.size() > 1)
      text += scenario::comparison_text(reports, terminal.width, terminal.colour);
  }
  print(text);
}

// What a person who pressed Ctrl-C wants to know.
void say_interrupted(const RunArguments& arguments, size_t runs) {
  std::string text = "interrupted: ";
  text += runs == 0 ? "nothing was played" : "the report is of what was played until then";
  if (runs > 0 && !arguments.trace.empty()) {
    text += fmt::format("; {} is whole and ends there", arguments.trace);
  }
  complain(text);
}

int run(const RunArguments& arguments) {
  if (arguments.list_operators) {
    for (const std::string& name : controller::known_profiles()) print(name + "\n");
    return kHolds;
  }
  if (arguments.scenario.empty()) {
    complain("SCENARIO is required; see kafka-twin run --help");
    return kBadInput;
  }
  auto loaded = scenario::load_scenario(arguments.scenario, arguments.overrides);
  if (!loaded) return bad_input(loaded.error());
  scenario::Scenario scenario = std::move(*loaded);
  if (arguments.seed_given) scenario.seed = arguments.seed;
  const Terminal terminal = detect_terminal();
  std::unique_ptr<sim::FileSink> sink;
  if (!arguments.trace.empty()) {
    if (const auto free = not_an_input(arguments.trace, scenario.files); !free) {
      return bad_input(free.error());
    }
    auto opened = sim::FileSink::open(arguments.trace);
    if (!opened) return bad_input(opened.error());
    sink = std::move(*opened);
  }
  catch_interrupts();
  Printer printer(terminal);
  // Programs read the report alone.
  const bool show_timeline = !arguments.quiet && arguments.report == "text";
  std::vector<scenario::Report> reports;
  std::vector<std::string> profiles{arguments.profile};
  if (arguments.profile.empty()) {
    profiles.insert(profiles.end(), scenario.compare_with.begin(), scenario.compare_with.end());
  }
  for (size_t i = 0; i < profiles.size() && !interrupted; ++i) {
    scenario::RunOptions options;
    options.profile = profiles[i];
    options.comparison = i > 0;
    options.interrupt = &interrupted;
    if (i == 0) options.trace = sink.get();
    if (show_timeline) {
      options.timeline = &printer;
      const std::string& own = scenario.operators.front().profile;
      const std::string opening = scenario::opening_text(
          scenario, profiles[i].empty() ? own : profiles[i], terminal.width, terminal.colour);
      print((i > 0 ? "\n" : "") + opening);
    }
    reports.push_back(scenario::run_scenario(scenario, options));
  }
  const std::vector<std::string> told = scenario::preflight(scenario);
  print_reports(arguments, reports, terminal, show_timeline ? &told : nullptr);
  if (interrupted) say_interrupted(arguments, reports.size());
  // A run of which nothing was recorded leaves no file.
  if (sink && !reports.empty()) {
    const auto finished = sink->finish();
    if (!finished) return bad_input(finished.error());
  }
  return exit_status_of(reports);
}

}  // namespace

void add_run_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command =
      program.add_subcommand("run", "Play a scenario: timeline, report, and an exit status for CI");
  command
      ->add_option("SCENARIO", arguments->scenario, "a scenario, or manifests alone (Kafka, pools)")
      ->type_name("FILE");
  command->add_option("--report", arguments->report, "text (default), json, junit or markdown")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json", "junit", "markdown"}));
  command->add_option("--trace", arguments->trace, "write every record of the run to FILE")
      ->type_name("FILE");
  CLI::Option* seed = command->add_option("--seed", arguments->seed, "instead of the scenario's");
  seed->type_name("N")->check(whole_number);
  command
      ->add_option("--operator", arguments->profile,
                   "play it under this one instead of the\nscenario's: twin, strimzi@0.11, "
                   "strimzi@0.47\nor strimzi@1.2")
      ->type_name("PROFILE")
      ->check(known_profile);
  command
      ->add_option("--set", arguments->overrides,
                   "change a value before the run, repeatable:\nscenario.seed=7, "
                   "Kafka/my-cluster.spec.kafka.version=4.3.1")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_flag("--quiet", arguments->quiet, "the report only, no timeline");
  command->add_flag("--list-operators", arguments->list_operators,
                    "print the operator profiles and end");
  command->callback([arguments, seed, &chosen] {
    arguments->seed_given = seed->count() > 0;
    chosen = [arguments] { return run(*arguments); };
  });
}

}  // namespace twin::cli
