// kafka-twin path FROM TO: the upgrades, conversions and rolls between two Kafka versions.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "controller/upgrade/upgrade_path.h"
#include "scenarios/runner/text_layout.h"

namespace twin::cli {

namespace {

using controller::upgrade::MetadataSource;

int run_path(const controller::upgrade::PathRequest& request) {
  const auto path = controller::upgrade::find_upgrade_path(request);
  if (!path) {
    complain(path.error());
    return kBadInput;
  }
  const int width = detect_terminal().width;
  std::string out = fmt::format("From Kafka {} with {}, under Strimzi {}\n", request.from,
                                path->start_source == MetadataSource::kraft ? "KRaft" : "ZooKeeper",
                                path->start_operator);
  if (path->steps.empty()) {
    print(out + "\nnothing to do: it runs Kafka " + request.to + " already\n");
    return kHolds;
  }
  constexpr int kWhat = 30;  // the column in which a step is described
  out +=
      fmt::format("\n{:>4}  {:<8} {:<7} {:>5}  {}\n", "step", "Strimzi", "Kafka", "rolls", "what");
  int number = 0;
  for (const auto& step : path->steps) {
    out += fmt::format("{:>4}  {:<8} {:<7} {:>5}", ++number, step.strimzi, step.kafka, step.rolls);
    bool first = true;
    for (const std::string& line : scenario::wrap(step.what, width - kWhat)) {
      out += (first ? "  " : std::string(kWhat, ' ')) + line + "\n";
      first = false;
    }
  }
  const auto counted = [](size_t n, std::string_view one) {
    return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
  };
  out += fmt::format("\n{}, {} of all brokers\n", counted(path->steps.size(), "step"),
                     counted(static_cast<size_t>(path->rolls()), "roll"));
  print(out);
  return kHolds;
}

}  // namespace

void add_path_command(CLI::App& program, Action& chosen) {
  auto request = std::make_shared<controller::upgrade::PathRequest>();
  CLI::App* command = program.add_subcommand(
      "path", "The way from one Kafka version to another with the fewest rolls");
  command->add_option("FROM", request->from, "Kafka version that runs, 2.0.1")
      ->type_name("VERSION")
      ->required();
  command->add_option("TO", request->to, "Kafka version to reach, 4.3.1")
      ->type_name("VERSION")
      ->required();
  command
      ->add_option("--from-operator", request->from_operator,
                   "Strimzi release that runs (default: the\nnewest that ships FROM)")
      ->type_name("RELEASE");
  command
      ->add_option("--to-operator", request->to_operator,
                   "Strimzi release to end with (default: any\nthat ships TO)")
      ->type_name("RELEASE");
  command->add_flag("--kraft", request->from_kraft, "the cluster is in KRaft already");
  command->callback([request, &chosen] { chosen = [request] { return run_path(*request); }; });
}

}  // namespace twin::cli
