// kafka-twin explain TRACE --at TIME --broker N
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/terminal.h"
#include "cli/time_text.h"
#include "scenarios/runner/explain.h"
#include "scenarios/runner/load.h"
#include "sim/trace_file.h"

namespace twin::cli {

namespace {

struct ExplainArguments {
  std::string trace;
  std::string at;
  int64_t broker = 0;
};

int run_explain(const ExplainArguments& arguments) {
  const auto at = parse_clock(arguments.at);
  if (!at) {
    std::fprintf(stderr, "kafka-twin: %s\n", scenario::format_error(at.error()).c_str());
    return kBadInput;
  }
  const auto bytes = sim::read_file_bytes(arguments.trace);
  if (!bytes) {
    std::fprintf(stderr, "kafka-twin: %s\n", scenario::format_error(bytes.error()).c_str());
    return kBadInput;
  }
  const Terminal terminal = detect_terminal();
  const auto answer =
      scenario::explain(*bytes, {*at, arguments.broker, terminal.width, terminal.colour});
  if (!answer) {
    std::fprintf(stderr, "kafka-twin: %s: %s\n", arguments.trace.c_str(),
                 scenario::format_error(answer.error()).c_str());
    return kBadInput;
  }
  std::fputs(answer->c_str(), stdout);
  return kHolds;
}

}  // namespace

void add_explain_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = program.add_subcommand(
      "explain", "Why the operator did, or did not, restart a broker at a moment of a run");
  command->add_option("TRACE", arguments->trace, "file written by: kafka-twin run ... --trace FILE")
      ->required();
  command
      ->add_option("--at", arguments->at,
                   "simulated time as the timeline prints it: 0:12:03.250, 12m3s or seconds")
      ->required();
  command->add_option("--broker,--node", arguments->broker, "id of the Kafka node")->required();
  command->callback([arguments, &chosen] {
    chosen = [arguments] { return run_explain(*arguments); };
  });
}

}  // namespace twin::cli
