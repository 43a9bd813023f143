// kafka-twin explain TRACE --at TIME --broker N
#include <charconv>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
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
  std::string broker;
};

// "2", or a pod's name as the timeline prints it, whose end is the id.
sim::Expected<int64_t> parse_node(const std::string& text) {
  const size_t dash = text.rfind('-');
  const std::string number = dash == text.npos ? text : text.substr(dash + 1);
  int64_t id = 0;
  const char* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, id);
  const bool good = read.ec == std::errc{} && read.ptr == end && dash != 0;
  if (good) return id;
  return sim::Error{"--broker", "`" + text + "` is no Kafka node", "its id, 2, or its pod's name"};
}

int run_explain(const ExplainArguments& arguments) {
  const auto at = parse_clock(arguments.at);
  if (!at) return bad_input(at.error());
  const auto broker = parse_node(arguments.broker);
  if (!broker) return bad_input(broker.error());
  const auto bytes = sim::read_file_bytes(arguments.trace);
  if (!bytes) return bad_input(bytes.error());
  const Terminal terminal = detect_terminal();
  const auto answer = scenario::explain(*bytes, {*at, *broker, terminal.width, terminal.colour});
  if (!answer) {
    complain(arguments.trace + ": " + scenario::format_error(answer.error()));
    return kBadInput;
  }
  print(*answer);
  return kHolds;
}

}  // namespace

void add_explain_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command =
      program.add_subcommand("explain", "Why the operator did, or didn't, restart a node then");
  command->add_option("TRACE", arguments->trace, "written by kafka-twin run ... --trace FILE")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--at", arguments->at,
                   "simulated time as the timeline prints it,\n0:12:03.250, or 12m3s, or seconds")
      ->type_name("TIME")
      ->required();
  command->add_option("--broker,--node", arguments->broker, "id of a broker or controller: 2")
      ->type_name("N")
      ->required();
  command->callback(
      [arguments, &chosen] { chosen = [arguments] { return run_explain(*arguments); }; });
}

}  // namespace twin::cli
