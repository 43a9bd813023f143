// kafka-twin whatif throttle SCENARIO: the reassignment of a scenario under a range of throttles.
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
#include "scenarios/runner/calibrate.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/whatif_plot.h"
#include "scenarios/runner/whatif_throttle.h"

namespace twin::cli {

namespace {

// A run is seconds; of a hundred brokers and days of moves minutes.
constexpr std::chrono::seconds kPatience{3600};

struct WhatifArguments {
  std::string scenario;
  std::string rates = "10M..200M";
  std::string fractions;
  std::string window, latency;
  std::string plot;
  std::string report = "text";
  int jobs = 0;
  bool automatic = false;
  std::vector<std::string> overrides;
  std::vector<std::string> varied;
};

// What is asked, read and checked before anything is played.
struct Question {
  std::vector<scenario::Scenario> scenarios;  // one for each of `all`
  std::vector<std::vector<int64_t>> rates;    // of each
  std::vector<scenario::KnownBitrate> bitrates;
  std::vector<scenario::VariedRuns> all;
  scenario::Aim aim;
  // Runs are numbered through: which variation, which rate.
  std::vector<std::pair<size_t, size_t>> items;
};

// The scenario with those values, and whether anything moves in it.
sim::Expected<scenario::Scenario> load_varied(const WhatifArguments& arguments,
                                              const scenario::Variation& variation) {
  std::vector<std::string> overrides = arguments.overrides;
  for (std::string& each : variation.overrides()) overrides.push_back(std::move(each));
  auto loaded = scenario::load_scenario(arguments.scenario, overrides);
  if (loaded && !scenario::has_reassignment(*loaded)) {
    return sim::Error{arguments.scenario, "no step reassigns anything",
                      "a step with `reassign`, as in scenarios/rebalance/replace-broker.yaml, or a "
                      "KafkaRebalance, as in scenarios/rebalance/scale-up.yaml"};
  }
  if (loaded && arguments.automatic && !scenario::has_rebalance(*loaded)) {
    return sim::Error{"--auto", "nobody chooses: a `reassign` step is the tool's, which cannot",
                      "a scenario whose operator moves, by a KafkaRebalance"};
  }
  return loaded;
}

sim::Expected<void> check_plot(const WhatifArguments& arguments, size_t variations) {
  if (arguments.plot.empty()) return {};
  if (!arguments.plot.ends_with(".svg")) {
    return sim::Error{"--plot", fmt::format("`{}` is no SVG", arguments.plot),
                      "FILE.svg, which browsers, slides and documents show; PNG is not drawn here"};
  }
  if (variations > scenario::kPlottedMax) {
    return sim::Error{"--plot", fmt::format("{} variations in one picture", variations),
                      fmt::format("{} at most", scenario::kPlottedMax)};
  }
  return {};
}

sim::Expected<Question> read_question(const WhatifArguments& arguments) {
  Question asked;
  std::vector<int64_t> fractions;
  auto rates = scenario::parse_rates(arguments.rates);
  if (!rates) return rates.error();
  if (!arguments.fractions.empty()) {
    auto parsed = scenario::parse_fractions(arguments.fractions);
    if (!parsed) return parsed.error();
    fractions = std::move(*parsed);
  }
  const auto variations = scenario::parse_variations(arguments.varied);
  if (!variations) return variations.error();
  const std::pair<const std::string&, std::optional<sim::Duration>&> times[] = {
      {arguments.window, asked.aim.window}, {arguments.latency, asked.aim.latency}};
  for (const auto& [text, time] : times) {
    if (text.empty()) continue;
    const auto parsed = scenario::parse_duration(text);
    if (!parsed) return parsed.error();
    time = *parsed;
  }
  if (const auto good = check_plot(arguments, variations->size()); !good) return good.error();
  // Every combination is read before the first is played: what is wrong is said at once.
  for (const scenario::Variation& variation : *variations) {
    auto loaded = load_varied(arguments, variation);
    if (!loaded) return loaded.error();
    if (const auto free = not_an_input(arguments.plot, loaded->files); !free) return free.error();
    asked.bitrates.push_back(scenario::known_bitrate(*loaded));
    asked.rates.push_back(fractions.empty()
                              ? *rates
                              : scenario::rates_of(fractions, asked.bitrates.back().bytes_per_s));
    asked.scenarios.push_back(std::move(*loaded));
    asked.all.emplace_back().variation = variation;
  }
  for (size_t i = 0; i < asked.all.size(); ++i) {
    // Behind the rates, where it is asked for: the operator's own choice.
    const size_t runs = asked.rates[i].size() + (arguments.automatic ? 1 : 0);
    for (size_t k = 0; k < runs; ++k) asked.items.emplace_back(i, k);
  }
  return asked;
}

scenario::ThrottleRun play(const Question& asked, uint64_t item) {
  const auto [variation, rate] = asked.items[item];
  const std::vector<int64_t>& rates = asked.rates[variation];
  if (rate == rates.size()) {
    return scenario::run_with_auto(asked.scenarios[variation], rates.back(), &interrupted);
  }
  return scenario::run_with_throttle(asked.scenarios[variation], rates[rate], &interrupted);
}

// Every run, in the order of the question whoever was ready first. Runs that were not played to
// their end are left out. Error: one failed, as an assertion does.
sim::Expected<void> play_all(const WhatifArguments& arguments, Question& asked) {
  std::vector<std::optional<scenario::ThrottleRun>> runs(asked.items.size());
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int jobs = std::min<int>(arguments.jobs > 0 ? arguments.jobs : cores,
                                 static_cast<int>(asked.items.size()));
  std::optional<sim::Error> problem;
  if (jobs <= 1) {
    for (uint64_t item = 0; item < runs.size() && !interrupted; ++item) {
      scenario::ThrottleRun run = play(asked, item);
      if (!interrupted) runs[item] = std::move(run);
    }
  } else {
    uint64_t given = 0;
    Workers workers(
        jobs, [&asked](uint64_t item) { return scenario::to_line(play(asked, item)); }, kPatience);
    workers.run(
        [&]() -> std::optional<uint64_t> {
          if (given == runs.size()) return std::nullopt;
          return given++;
        },
        [&](const WorkResult& result) {
          runs[result.item] = scenario::from_line(result.line);
          if (runs[result.item]) return true;
          const auto [variation, rate] = asked.items[result.item];
          const std::vector<int64_t>& rates = asked.rates[variation];
          const std::string at = rate == rates.size() ? "auto" : scenario::rate_text(rates[rate]);
          problem = {arguments.scenario, fmt::format("the run at {} {}", at, result.failed),
                     "the same with --jobs 1 shows where"};
          return false;
        },
        [] { return !interrupted; });
  }
  if (problem) return *problem;
  for (size_t item = 0; item < runs.size(); ++item) {
    if (runs[item]) asked.all[asked.items[item].first].runs.push_back(std::move(*runs[item]));
  }
  for (scenario::VariedRuns& each : asked.all) {
    each.best = scenario::recommend(each.runs, asked.aim);
  }
  return {};
}

void print_runs(const WhatifArguments& arguments, const Question& asked) {
  const std::vector<scenario::VariedRuns>& all = asked.all;
  const bool varied = !arguments.varied.empty();
  if (arguments.report == "json") {
    return print(varied ? scenario::varied_json(all)
                        : scenario::throttle_json(all.front().runs, all.front().best));
  }
  if (arguments.report == "csv") return print(scenario::varied_csv(all));
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& [variation, runs, best] = all[i];
    if (runs.empty()) continue;  // interrupted
    if (varied) print((i > 0 ? "\n" : "") + variation.text() + "\n");
    if (!arguments.fractions.empty()) {
      print(fmt::format("parts of {}, {}\n", scenario::rate_text(asked.bitrates[i].bytes_per_s),
                        asked.bitrates[i].why));
    }
    print(scenario::throttle_table(runs, detect_terminal().width));
    if (best) {
      print(fmt::format("\nTake {}: {}.\n", scenario::rate_text(runs[best->run].rate), best->why));
    } else {
      print("\nNone of these ends.\n");
    }
  }
}

int run(const WhatifArguments& arguments) {
  auto asked = read_question(arguments);
  if (!asked) return bad_input(asked.error());
  catch_interrupts();
  const size_t variations = asked->all.size();
  if (const auto played = play_all(arguments, *asked); !played) return bad_input(played.error());
  print_runs(arguments, *asked);
  if (interrupted) {
    complain("interrupted: rates that were not played to their end are left out");
    return interrupted_status();
  }
  if (!arguments.plot.empty()) {
    const std::string title = "Throttle of " + asked->scenarios.front().name + ", on hardware " +
                              asked->scenarios.front().environment.hardware.name;
    const auto written = write_file(arguments.plot, scenario::throttle_svg(asked->all, title));
    if (!written) return bad_input(written.error());
  }
  size_t ends = 0;
  for (const scenario::VariedRuns& each : asked->all) ends += each.best ? 1 : 0;
  return ends == variations ? kHolds : kDoesNotHold;
}

void add_rates(CLI::App& throttle, WhatifArguments& arguments) {
  CLI::Option* rate = throttle.add_option(
      "--rate", arguments.rates, "5M..200M, or 5M,20M,60M (bytes per second;\ndefault 10M..200M)");
  rate->type_name("RATES");
  throttle
      .add_option("--fraction", arguments.fractions,
                  "0.5..1.0, or 0.75,0.8: of the bitrate of one\npartition (kafka-twin calibrate)")
      ->type_name("PARTS")
      ->excludes(rate);
  throttle.add_flag("--auto", arguments.automatic,
                    "also the operator's own choice, up to the highest\nof these rates");
}

}  // namespace

void add_whatif_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<WhatifArguments>();
  CLI::App* command =
      program.add_subcommand("whatif", "Which throttle, how long, and what it does to clients");
  command->require_subcommand(1);
  CLI::App* throttle =
      command->add_subcommand("throttle", "The scenario's reassignment, once for each rate");
  throttle
      ->add_option("SCENARIO", arguments->scenario,
                   "a scenario that reassigns: a `reassign`\nstep or a KafkaRebalance")
      ->type_name("FILE")
      ->required();
  add_rates(*throttle, *arguments);
  throttle
      ->add_option("--vary", arguments->varied,
                   "PATH=a,b,c: the same for each value, two PATHs at\nmost in every combination")
      ->type_name("PATH=VALUES")
      ->allow_extra_args(false);
  throttle->add_option("--window", arguments->window, "does it fit? 4h, 90min")
      ->type_name("DURATION");
  throttle
      ->add_option("--latency", arguments->latency,
                   "that 99 % of what producers send with acks=all\nmay take: 50ms")
      ->type_name("DURATION");
  throttle->add_option("--plot", arguments->plot, "write a picture of it: FILE.svg")
      ->type_name("FILE");
  throttle->add_option("--jobs", arguments->jobs, "processes (default: one for each core)")
      ->type_name("N")
      ->check(whole_number_up_to(1000));
  throttle->add_option("--report", arguments->report, "text (default), json or csv")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json", "csv"}));
  throttle->add_option("--set", arguments->overrides, "change a value before the runs, repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  throttle->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace twin::cli
