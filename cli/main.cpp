// kafka-twin: parses the command line and hands over to the command.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/commands.h"
#include "cli/exit_status.h"

namespace {

constexpr const char* kDescription =
    "Kafka Twin: a digital twin of Apache Kafka on Kubernetes, operated the Strimzi way.\n"
    "Rehearses upgrades, config rolls and failures of a cluster from its own manifests.";

constexpr const char* kFooter =
    "Exit status: 0 every expectation and property held, 1 one did not, 2 bad input,\n"
    "3 unknown (something that touches safety is not modelled).";

}  // namespace

int main(int argc, char** argv) {
  CLI::App program(kDescription, "kafka-twin");
  program.footer(kFooter);
  program.set_version_flag("--version", "kafka-twin " TWIN_VERSION);
  program.require_subcommand(1);
  twin::cli::Action chosen;
  twin::cli::add_run_command(program, chosen);
  twin::cli::add_explain_command(program, chosen);
  twin::cli::add_path_command(program, chosen);
  twin::cli::add_completion_command(program, chosen);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 prints help and version on stdout, mistakes on stderr.
    return program.exit(error) == 0 ? twin::cli::kHolds : twin::cli::kBadInput;
  }
  try {
    return chosen();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kafka-twin: %s\n", error.what());
    return twin::cli::kBadInput;
  }
}
