// kafka-twin export TRACE --format FORMAT
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "sim/trace_file.h"
#include "viz/export/export.h"

namespace twin::cli {

namespace {

struct ExportArguments {
  std::string trace;
  std::string format = "perfetto";
  std::string out;
};

int run_export(const ExportArguments& arguments) {
  if (const auto free = not_an_input(arguments.out, {arguments.trace}); !free) {
    return bad_input(free.error());
  }
  auto bytes = sim::read_file_bytes(arguments.trace);
  if (!bytes) return bad_input(bytes.error());
  const auto recording = viz::Recording::open(std::move(*bytes), arguments.trace);
  if (!recording) return bad_input(recording.error());
  const std::string text = viz::export_trace(*recording, arguments.format);
  if (arguments.out.empty()) {
    print(text);
    return kHolds;
  }
  const auto written = write_file(arguments.out, text);
  return written ? kHolds : bad_input(written.error());
}

}  // namespace

void add_export_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command =
      program.add_subcommand("export", "A trace for Perfetto, a spreadsheet, ShiViz or Prometheus");
  command->add_option("TRACE", arguments->trace, "written by kafka-twin run ... --trace FILE")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--format", arguments->format,
                   "perfetto (default; JSON for ui.perfetto.dev),\nchrome (the same), csv, shiviz, "
                   "openmetrics")
      ->type_name("EXPORT")
      ->check(one_of(viz::export_formats()));
  command->add_option("--out", arguments->out, "write it there instead of standard output")
      ->type_name("FILE");
  command->callback(
      [arguments, &chosen] { chosen = [arguments] { return run_export(*arguments); }; });
}

}  // namespace twin::cli
