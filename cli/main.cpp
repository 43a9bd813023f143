// kafka-twin: parses the command line and hands over to the command.
#include <exception>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "controller/bugs/bugs.h"
#include "scenarios/exec/exec_roller.h"
#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace {

constexpr const char* kDescription =
    "Kafka Twin: a digital twin of Apache Kafka on Kubernetes, operated the Strimzi way.\n"
    "Rehearses upgrades, config rolls and failures of a cluster from its own manifests.";

constexpr const char* kFooter =
    "Exit status: 0 every expectation and property held, 1 one did not (the report says\n"
    "which, when and why), 2 bad input, 3 unknown (something that touches safety is not\n"
    "modelled), 130 ended by Ctrl-C.";

constexpr const char* kPlanFooter =
    "Exit status: 0 planned, 1 it cannot be done, in whole or in part (said which and\n"
    "why), 2 bad input.";

constexpr const char* kWhatifFooter =
    "Exit status: 0 a rate ends, 1 none does, 2 bad input, 130 ended by Ctrl-C.";

constexpr const char* kPreviewFooter =
    "Exit status: 0 holds, 1 it does not: refused, unsafe, outside the window, or a\n"
    "condition of --fail-on, 2 bad input, 3 unknown (something that touches safety is not\n"
    "modelled), 130 ended by Ctrl-C.";

constexpr const char* kRootFooter = "\n\nTry: kafka-twin run scenarios/rolling/first-roll.yaml";

constexpr const char* kCheckFooter =
    "Exit status: 0 held, 1 violated, or a run did not end as runs do, 2 bad input, 130\n"
    "ended by Ctrl-C.";
constexpr const char* kShrinkFooter =
    "Exit status: 0 made small, 1 it violates nothing, 2 bad input.";

constexpr const char* kAuditFooter = "Exit status: 0 no danger, 1 one or more, 2 bad input.";

constexpr const char* kOperateFooter =
    "Exit status: 0 every Kafka resource is as desired, 1 one is not, or was not decided\n"
    "in time, 2 bad input or an API server that does not answer, 130 ended by Ctrl-C.";

constexpr const char* kLessonFooter =
    "Exit status: 0 listed, shown, or passed, 1 not passed, 2 bad input, 130 ended by\n"
    "Ctrl-C.";

const char* footer_of(const std::string& command) {
  if (command == "operate") return kOperateFooter;
  if (command == "lesson") return kLessonFooter;
  if (command == "run") return kFooter;
  if (command == "plan") return kPlanFooter;
  if (command == "preview") return kPreviewFooter;
  if (command == "whatif") return kWhatifFooter;
  if (command == "check") return kCheckFooter;
  if (command == "audit") return kAuditFooter;
  if (command == "shrink") return kShrinkFooter;
  return "Exit status: 0 answered, 2 bad input.";
}

// A first word that is no command gets an answer of its own: CLI11 only says that one is missing.
std::string wrong_command(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-' || !program.get_subcommands().empty()) return {};
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
  return fmt::format("there is no command `{}`; {}", argv[1],
                     scenario::did_you_mean(argv[1], names));
}

// Help and version go to standard output, mistakes in one line to standard error.
int not_parsed(const CLI::App& program, const CLI::ParseError& error, int argc, char** argv) {
  std::ostringstream out, err;
  if (program.exit(error, out, err) == 0) {
    print(out.str());
    return kHolds;
  }
  const auto chosen = program.get_subcommands();
  const std::string help =
      fmt::format("see kafka-twin{} --help", chosen.empty() ? "" : " " + chosen[0]->get_name());
  const std::string command = wrong_command(program, argc, argv);
  complain(command.empty() ? fmt::format("{}; {}", error.what(), help) : command);
  return kBadInput;
}

int run_program(int argc, char** argv) {
  CLI::App program(kDescription, "kafka-twin");
  program.formatter(std::make_shared<HelpFormatter>(detect_terminal().width));
  program.footer(std::string(kFooter) + kRootFooter);
  program.set_version_flag("--version", "kafka-twin " TWIN_VERSION);
  program.require_subcommand(1);
  Action chosen;
  add_run_command(program, chosen);
  add_explain_command(program, chosen);
  add_export_command(program, chosen);
  add_audit_command(program, chosen);
  add_operate_command(program, chosen);
  add_path_command(program, chosen);
  add_plan_command(program, chosen);
  add_calibrate_command(program, chosen);
  add_whatif_command(program, chosen);
  add_preview_command(program, chosen);
  add_import_command(program, chosen);
  add_check_command(program, chosen);
  add_shrink_command(program, chosen);
  add_lesson_command(program, chosen);
  add_view_command(program, chosen);
  add_completion_command(program, chosen);
  for (CLI::App* command : program.get_subcommands({})) {
    command->get_formatter()->column_width(26);
    for (CLI::App* part : command->get_subcommands({})) {
      part->get_formatter()->column_width(26);
      part->footer(footer_of(command->get_name()));
    }
    const std::string& name = command->get_name();
    command->footer(footer_of(name));
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return not_parsed(program, error, argc, argv);
  }
  try {
    return chosen();
  } catch (const std::exception& error) {
    complain(error.what());
    return kBadInput;
  }
}

}  // namespace

}  // namespace twin::cli

int main(int argc, char** argv) {
  twin::controller::plug_in_bugs();  // this program plays; it operates nothing
  twin::exec::plug_in_programs();
  twin::cli::prepare_streams();
  return twin::cli::close_output(twin::cli::run_program(argc, argv));
}
