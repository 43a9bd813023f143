// kafka-twin import FILE...: a cluster's file from what kubectl and Kafka's tools printed.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "scenarios/import/import.h"
#include "scenarios/runner/input_file.h"

namespace twin::cli {

namespace {

struct ImportArguments {
  std::vector<std::string> files;
  std::string output;
  import::Options options;
};

int run(const ImportArguments& arguments) {
  std::vector<import::Input> inputs;
  for (const std::string& file : arguments.files) {
    auto text = scenario::read_input_file(file, "what kubectl or one of Kafka's tools printed");
    if (!text) return bad_input(text.error());
    inputs.push_back({file, std::move(*text)});
  }
  if (!arguments.output.empty()) {
    const auto free = not_an_input(arguments.output, arguments.files);
    if (!free) return bad_input(free.error());
  }
  const auto imported = import::import_cluster(inputs, arguments.options);
  if (!imported) return bad_input(imported.error());
  if (arguments.output.empty()) {
    print(imported->yaml);
    return kHolds;
  }
  const auto written = write_file(arguments.output, imported->yaml);
  if (!written) return bad_input(written.error());
  for (const import::Missing& each : imported->missing) {
    print(fmt::format("missing: {}: {}\n", each.what, each.costs));
  }
  for (const std::string& note : imported->notes) print("note: " + note + "\n");
  return kHolds;
}

}  // namespace

void add_import_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command = program.add_subcommand(
      "import", "Make a cluster's file from what kubectl and Kafka's tools print");
  command
      ->add_option("FILES", arguments->files,
                   "kubectl get kafka,kafkanodepool,kafkatopic,node,pod,\npvc -o yaml (or json); "
                   "kafka-topics, kafka-log-dirs\nand kafka-consumer-groups --describe")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("-o,--output", arguments->output,
                   "write it there, and say what is missing\n(default: print it)")
      ->type_name("FILE");
  command->add_flag("--anonymize", arguments->options.anonymize,
                    "no name of the cluster is left in it");
  command
      ->add_option("--hardware", arguments->options.hardware,
                   "a profile to assume: cloud (default), metal,\nloopback")
      ->type_name("NAME");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace twin::cli
