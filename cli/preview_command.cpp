// kafka-twin preview NEW.yaml --against CLUSTER: what would happen if this were applied.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/workers.h"
#include "scenarios/preview/preview.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace {

struct PreviewArguments {
  std::string change;
  std::string against;
  std::string report = "text";
  std::string profile;
  std::string operator_from, operator_to;
  std::string drain_nodes, node_away;
  bool drain_cleaner = false;
  std::string rotate_ca;
  std::string window;
  std::string fail_on;
  std::vector<std::string> overrides;
  uint64_t seed = 0;
  int runs = 50, aborts = 12, jobs = 0;
  bool seed_given = false;
};

// "0.47" is strimzi@0.47.
std::string profile_of(const std::string& name) {
  const bool release = !name.empty() && name.front() >= '0' && name.front() <= '9';
  return release ? "strimzi@" + name : name;
}

std::string known_release(const std::string& name) { return known_profile(profile_of(name)); }

sim::Expected<void> read_drain(const PreviewArguments& arguments, preview::Request& request) {
  if (arguments.drain_nodes.empty()) return {};
  auto nodes = preview::select_nodes(arguments.drain_nodes, request.cluster.environment);
  if (!nodes) return nodes.error();
  request.drain.nodes = std::move(*nodes);
  request.drain.cleaner = arguments.drain_cleaner;
  if (arguments.node_away.empty()) return {};
  const auto away = scenario::parse_duration(arguments.node_away);
  if (!away) return sim::Error{"--node-away", away.error().what, away.error().hint};
  request.drain.away = *away;
  return {};
}

sim::Expected<preview::Request> read_request(const PreviewArguments& arguments) {
  preview::Request request;
  if (!arguments.window.empty()) {
    const auto window = scenario::parse_duration(arguments.window);
    if (!window) return sim::Error{"--window", window.error().what, window.error().hint};
    request.window = *window;
  }
  if (!arguments.fail_on.empty()) {
    auto conditions = preview::parse_fail_on(arguments.fail_on);
    if (!conditions) return conditions.error();
    request.fail_on = std::move(*conditions);
  }
  auto cluster = scenario::load_cluster(arguments.against, arguments.overrides);
  if (!cluster) return cluster.error();
  request.cluster = std::move(*cluster);
  if (arguments.seed_given) request.cluster.seed = arguments.seed;
  const std::string& now =
      arguments.operator_from.empty() ? arguments.profile : arguments.operator_from;
  if (!now.empty()) {
    for (auto& each : request.cluster.operators) each.profile = profile_of(now);
  }
  if (!arguments.operator_to.empty()) request.operator_to = profile_of(arguments.operator_to);
  if (auto good = read_drain(arguments, request); !good) return good.error();
  if (!arguments.rotate_ca.empty()) {
    auto rotations = preview::parse_rotations(arguments.rotate_ca);
    if (!rotations) return rotations.error();
    request.rotations = std::move(*rotations);
  }
  request.runs = arguments.runs;
  request.aborts = arguments.aborts;
  if (arguments.change.empty()) {
    const bool other = !request.operator_to.empty() || !request.drain.nodes.empty();
    if (other || !request.rotations.empty()) return request;
    return sim::Error{"NEW", "there is nothing to preview",
                      "manifests, --operator-to, --drain-nodes or --rotate-ca"};
  }
  auto change = preview::read_change(arguments.change, request.cluster);
  if (!change) return change.error();
  request.change = std::move(*change);
  return request;
}

void print_preview(const preview::Preview& preview, const std::string& report) {
  if (report == "json") return print(preview::to_json(preview));
  if (report == "markdown") return print(preview::to_markdown(preview));
  const Terminal terminal = detect_terminal();
  print(preview::to_text(preview, terminal.width, terminal.colour));
}

int status_of(const preview::Preview& preview) {
  switch (preview.verdict) {
    case preview::Verdict::holds:
      return kHolds;
    case preview::Verdict::does_not_hold:
      return kDoesNotHold;
    case preview::Verdict::unknown:
      return kUnknown;
  }
  return kUnknown;
}

// The further runs, in processes of their own. False: one did not end as runs do; it was said why.
bool play_tasks(const preview::Request& request, int jobs, preview::Preview& preview) {
  constexpr std::chrono::seconds kPatience{3600};
  const std::vector<preview::Task> tasks = preview::tasks_of(request, preview);
  std::vector<std::string> lines(tasks.size());
  uint64_t next = 0;
  std::string problem;
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  Workers workers(
      jobs > 0 ? jobs : cores,
      [&](uint64_t item) { return preview::play_task(request, preview, tasks[item], nullptr); },
      kPatience);
  workers.run(
      [&]() -> std::optional<uint64_t> {
        if (next == tasks.size()) return std::nullopt;
        return next++;
      },
      [&](const WorkResult& result) {
        if (!result.failed.empty()) problem = "a run " + result.failed;
        lines[result.item] = result.line;
        return problem.empty();
      },
      [] { return !interrupted; });
  if (interrupted) return true;
  if (problem.empty()) {
    const auto taken = preview::take(tasks, lines, preview);
    if (!taken) problem = taken.error().what;
  }
  if (!problem.empty()) complain(problem);
  return problem.empty();
}

int run(const PreviewArguments& arguments) {
  const auto request = read_request(arguments);
  if (!request) return bad_input(request.error());
  catch_interrupts();
  auto preview = preview::play(*request, &interrupted);
  if (!preview) return bad_input(preview.error());
  if (!preview->interrupted() && !play_tasks(*request, arguments.jobs, *preview)) {
    return kDoesNotHold;
  }
  if (interrupted) {
    complain("interrupted: what was played until then says too little for an answer");
    return interrupted_status();
  }
  preview::judge(*request, *preview);
  print_preview(*preview, arguments.report);
  return status_of(*preview);
}

std::string known_conditions(const std::string& text) {
  const auto conditions = preview::parse_fail_on(text);
  if (conditions) return {};
  const sim::Error& error = conditions.error();
  return error.what + "; " + error.hint;
}

// Who operates it, what takes the operator's place, and which machines go.
void add_change_options(CLI::App& command, PreviewArguments& a) {
  CLI::Option* profile =
      command.add_option("--operator", a.profile,
                         "play it under this one instead of the\nscenario's: twin, strimzi@0.11, "
                         "strimzi@0.47\nor strimzi@1.2");
  profile->type_name("PROFILE")->check(known_profile);
  command.add_option("--operator-from", a.operator_from, "what operates the cluster now: 0.47")
      ->type_name("RELEASE")
      ->check(known_release)
      ->excludes(profile);
  command
      .add_option("--operator-to", a.operator_to, "and what takes its place, with the change: 1.2")
      ->type_name("RELEASE")
      ->check(known_release);
  command
      .add_option("--drain-nodes", a.drain_nodes,
                  "drain machines, one after the other:\ntopology.kubernetes.io/zone=zone-a")
      ->type_name("SELECTOR");
  command.add_flag("--drain-cleaner", a.drain_cleaner, "Strimzi's Drain Cleaner is installed");
  command
      .add_option("--node-away", a.node_away, "a drained machine comes back after (default 5min)")
      ->type_name("DURATION");
  command
      .add_option("--rotate-ca", a.rotate_ca,
                  "certificate authorities by hand: cluster-cert,\ncluster-key, clients-cert, "
                  "clients-key")
      ->type_name("WHAT");
}

void add_condition_options(CLI::App& command, PreviewArguments& a) {
  command.add_option("--window", a.window, "does it fit? 4h, 90min")->type_name("DURATION");
  std::string figures;
  for (const preview::FailFigure& figure : preview::fail_figures()) {
    figures += (figures.empty() ? "" : ", ") + std::string(figure.name);
  }
  command
      .add_option(
          "--fail-on", a.fail_on,
          "conditions that fail it, as in\nunder-min-isr,unavailable>5s; figures: " + figures)
      ->type_name("CONDITIONS")
      ->check(known_conditions);
}

void add_run_options(CLI::App& command, PreviewArguments& a) {
  const auto count = [&](const char* name, int& value, const char* help, int least) {
    command.add_option(name, value, help)->type_name("N")->check([least](const std::string& text) {
      int number = -1;
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, number);
      const bool good = read.ec == std::errc{} && read.ptr == end && number >= least;
      return good ? std::string()
                  : fmt::format("`{}` is not a whole number, {} or more", text, least);
    });
  };
  count("--runs", a.runs, "over values drawn from measured figures of the\nhardware (default 50)",
        0);
  count("--aborts", a.aborts, "moments at which to turn back, at most\n(default 12; 0: none)", 0);
  count("--jobs", a.jobs, "processes (default: one for each core)", 1);
}

}  // namespace

void add_preview_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<PreviewArguments>();
  CLI::App* command = program.add_subcommand(
      "preview", "What would happen if these manifests were applied: for a pull request");
  command
      ->add_option("NEW", arguments->change,
                   "manifests as they would be applied: Kafka, pools, ...")
      ->type_name("FILE");
  command
      ->add_option("--against", arguments->against,
                   "the cluster: a scenario or manifests; its steps\nand expectations do not count")
      ->type_name("FILE")
      ->required();
  add_change_options(*command, *arguments);
  add_condition_options(*command, *arguments);
  command->add_option("--report", arguments->report, "text (default), json or markdown")
      ->type_name("TEXT|JSON|MARKDOWN")
      ->check(one_of({"text", "json", "markdown"}));
  CLI::Option* seed = command->add_option("--seed", arguments->seed, "instead of the scenario's");
  seed->type_name("N")->check(whole_number);
  add_run_options(*command, *arguments);
  command->add_option("--set", arguments->overrides, "change a value of the cluster, repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->callback([arguments, seed, &chosen] {
    arguments->seed_given = seed->count() > 0;
    chosen = [arguments] { return run(*arguments); };
  });
}

}  // namespace twin::cli
