// kafka-twin audit SCENARIO|MANIFESTS: is this cluster safe on Kubernetes?
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "scenarios/audit/audit.h"
#include "scenarios/runner/load.h"

namespace twin::cli {

namespace {

struct AuditArguments {
  std::string input;
  std::string report = "text";
  std::string scenarios;
  std::vector<std::string> overrides;
};

// A file for each finding that a fault shows, in the order of the report.
sim::Expected<void> write_scenarios(const audit::Audit& made, const std::string& folder,
                                    const std::vector<std::string>& inputs) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return sim::Error{folder, failed.message(), "a folder that can be made"};
  int number = 0;
  for (const audit::Finding& finding : made.findings) {
    if (finding.faults.empty()) continue;
    const auto text = audit::shown_as_scenario(made, finding);
    if (!text) return text.error();
    const std::string path = fmt::format("{}/{:02}-{}.yaml", folder, ++number, finding.code);
    if (const auto free = not_an_input(path, inputs); !free) return free.error();
    if (const auto written = write_file(path, *text); !written) return written.error();
  }
  return {};
}

int run(const AuditArguments& arguments) {
  if (!arguments.scenarios.empty() && !arguments.overrides.empty()) {
    return bad_input({"--scenarios", "what --set changes would not be in the scenarios",
                      "make the change in the file"});
  }
  auto scenario = scenario::load_scenario(arguments.input, arguments.overrides);
  if (!scenario) return bad_input(scenario.error());
  const std::vector<std::string> inputs = scenario->files;
  const auto made = audit::audit(std::move(*scenario));
  if (!made) return bad_input(made.error());
  if (!arguments.scenarios.empty()) {
    if (const auto written = write_scenarios(*made, arguments.scenarios, inputs); !written) {
      return bad_input(written.error());
    }
  }
  const Terminal terminal = detect_terminal();
  print(arguments.report == "json"       ? audit::to_json(*made)
        : arguments.report == "markdown" ? audit::to_markdown(*made)
                                         : audit::to_text(*made, terminal.width, terminal.colour));
  return made->count(audit::Severity::danger) == 0 ? kHolds : kDoesNotHold;
}

}  // namespace

void add_audit_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<AuditArguments>();
  CLI::App* command = program.add_subcommand(
      "audit", "Is this cluster safe on Kubernetes? Single points of failure and other risks");
  command->add_option("SCENARIO", arguments->input, "a scenario, or manifests alone (Kafka, pools)")
      ->type_name("FILE")
      ->required();
  command->add_option("--report", arguments->report, "text (default), json or markdown")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json", "markdown"}));
  command
      ->add_option("--scenarios", arguments->scenarios,
                   "write a scenario for each finding that a\nfault shows; kafka-twin run plays it")
      ->type_name("FOLDER");
  command->add_option("--set", arguments->overrides, "change a value before, repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace twin::cli
