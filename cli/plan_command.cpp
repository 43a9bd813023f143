// kafka-twin plan SCENARIO|CLUSTER: where replicas should be, and in which order they get there.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "controller/rebalance/plan.h"
#include "controller/rebalance/reassignment_json.h"
#include "scenarios/planning/fast_rolls.h"
#include "scenarios/planning/plan_report.h"
#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace {

namespace rebalance = controller::rebalance;

struct PlanArguments {
  std::string input;
  std::vector<std::string> overrides;
  std::string strategy = "minimal";
  std::string plan_file, topics_file, broker_list, brokers;
  std::vector<std::string> replacements;
  bool rack_unaware = false;
  std::string report = "text";
  std::string output, rollback;
  std::string goal;
  int spare_failures = -1, max_unavailable = 0;
  rebalance::PlanRequest request;
};

// "2=7": broker 7 comes for broker 2.
sim::Expected<std::pair<api::NodeId, api::NodeId>> replacement(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals != text.npos) {
    const auto from = rebalance::parse_broker_list(text.substr(0, equals), "--replace");
    const auto to = rebalance::parse_broker_list(text.substr(equals + 1), "--replace");
    if (from && to && from->size() == 1 && to->size() == 1) {
      return std::pair{from->front(), to->front()};
    }
  }
  return sim::Error{"--replace", "`" + text + "` is not OLD=NEW", "two broker ids, 2=7"};
}

// What stands in files and lists, into the request.
sim::Expected<void> complete(PlanArguments& arguments) {
  rebalance::PlanRequest& request = arguments.request;
  request.strategy = *rebalance::strategy_from_name(arguments.strategy);
  request.rack_aware = !arguments.rack_unaware;
  if (!arguments.topics_file.empty()) {
    const auto text = scenario::read_whole_file(
        arguments.topics_file, "{\"version\":1,\"topics\":[{\"topic\":\"orders\"}]}");
    if (!text) return text.error();
    auto topics = rebalance::parse_topics_to_move(*text, arguments.topics_file);
    if (!topics) return topics.error();
    request.topics = std::move(*topics);
  }
  if (!arguments.broker_list.empty()) {
    auto ids = rebalance::parse_broker_list(arguments.broker_list, "--broker-list");
    if (!ids) return ids.error();
    request.brokers = std::move(*ids);
  }
  for (const std::string& text : arguments.replacements) {
    auto pair = replacement(text);
    if (!pair) return pair.error();
    request.replacements.push_back(*pair);
  }
  if (!arguments.brokers.empty()) {
    auto ids = rebalance::parse_broker_list(arguments.brokers, "--brokers");
    if (!ids) return ids.error();
    request.subjects = std::move(*ids);
  }
  return {};
}

// Of the scenario's operator, where it rolls in batches; else the defaults of `roll: batch`.
controller::BatchRules rules_of(const PlanArguments& arguments, const scenario::PlanInput& input) {
  controller::BatchRules rules;
  if (input.scenario && !input.scenario->operators.empty() &&
      input.scenario->operators.front().batch.batch) {
    rules = input.scenario->operators.front().batch;
  }
  if (arguments.spare_failures >= 0) rules.spare_failures = arguments.spare_failures;
  if (arguments.max_unavailable > 0) rules.max_unavailable = arguments.max_unavailable;
  return rules;
}

int write_plan(const PlanArguments& arguments, const scenario::PlanReport& report) {
  const std::pair<std::string, std::string> files[] = {
      {arguments.output, scenario::plan_json(report)},
      {arguments.rollback, scenario::rollback_json(report)}};
  for (const auto& [path, text] : files) {
    if (path.empty()) continue;
    if (const auto written = write_file(path, text); !written) return bad_input(written.error());
  }
  return report.schedule.held.empty() ? kHolds : kDoesNotHold;
}

int run_fast_rolls(const PlanArguments& arguments, const scenario::PlanInput& input) {
  auto fast = scenario::plan_fast_rolls(input, arguments.request, rules_of(arguments, input));
  if (!fast) return bad_input(fast.error());
  if (fast->plan.impossible) {
    complain(*fast->plan.impossible);
    return kDoesNotHold;
  }
  if (input.scenario) scenario::play_rolls(*input.scenario, input, *fast);
  const scenario::FastRolls rolls = std::move(fast->rolls);
  const scenario::PlanReport report =
      scenario::make_plan_report(input, arguments.request, std::move(fast->plan), "fast-rolls");
  const Terminal terminal = detect_terminal();
  if (arguments.report == "json") {
    print(scenario::to_json(report, rolls));
  } else {
    print(scenario::fast_rolls_text(rolls, terminal.width, terminal.colour));
    print(scenario::to_text(report, terminal.width, terminal.colour));
  }
  const int status = write_plan(arguments, report);
  return status == kHolds && !rolls.helps() ? kDoesNotHold : status;
}

int run_plan(PlanArguments arguments) {
  if (auto good = complete(arguments); !good) return bad_input(good.error());
  const auto input = scenario::read_plan_input(arguments.input, arguments.overrides);
  if (!input) return bad_input(input.error());
  const bool given = !arguments.plan_file.empty();
  for (const std::string& output : {arguments.output, arguments.rollback}) {
    std::vector<std::string> read{arguments.input, arguments.plan_file, arguments.topics_file};
    read.insert(read.end(), input->files.begin(), input->files.end());
    if (const auto free = not_an_input(output, read); !free) return bad_input(free.error());
  }
  if (!arguments.goal.empty()) return run_fast_rolls(arguments, *input);
  auto plan = given ? scenario::read_plan(*input, arguments.plan_file)
                    : rebalance::make_plan(input->view, arguments.request);
  if (!plan) return bad_input(plan.error());
  if (plan->impossible) {
    complain(*plan->impossible);
    return kDoesNotHold;
  }
  const scenario::PlanReport report =
      scenario::make_plan_report(*input, arguments.request, std::move(*plan),
                                 given ? arguments.plan_file : arguments.strategy);
  const Terminal terminal = detect_terminal();
  print(arguments.report == "json" ? scenario::to_json(report)
                                   : scenario::to_text(report, terminal.width, terminal.colour));
  return write_plan(arguments, report);
}

std::string known_strategy(const std::string& name) {
  if (rebalance::strategy_from_name(name)) return {};
  return "no strategy `" + name + "`; " + scenario::did_you_mean(name, rebalance::strategy_names());
}

std::string small_number(const std::string& text) {
  return text == "0" ? std::string() : whole_number_up_to(100)(text);
}

void add_limits(CLI::App& command, rebalance::Limits& limits) {
  const auto percent = [&](const char* name, int32_t& value, const char* what) {
    command.add_option(name, value, fmt::format("{} (default {})", what, value))
        ->type_name("PERCENT")
        ->check(whole_number_up_to(100));
  };
  percent("--disk-limit", limits.disk_percent, "of a disk, once all is moved");
  percent("--peak-limit", limits.peak_percent, "of a disk, while both copies exist");
  percent("--nic-limit", limits.nic_percent, "of a network card");
  percent("--balance", limits.balance_percent, "that a broker may be off its share");
  command
      .add_option("--fetchers", limits.fetchers, "num.replica.fetchers of the brokers\n(default 1)")
      ->type_name("N")
      ->check(whole_number_up_to(1000));
}

void add_goal(CLI::App& command, PlanArguments& arguments, CLI::Option& strategy) {
  CLI::Option* goal =
      command
          .add_option("--goal", arguments.goal,
                      "fast-rolls: the placement that lets `roll: batch`\ntake brokers down "
                      "together, and what a roll then takes")
          ->type_name("GOAL")
          ->check(one_of({"fast-rolls"}))
          ->excludes(&strategy);
  command
      .add_option("--spare-failures", arguments.spare_failures,
                  "fast-rolls: crashes to spare during a batch\n(default: the scenario's, or 1)")
      ->type_name("N")
      ->check(small_number)
      ->needs(goal);
  command
      .add_option("--max-unavailable", arguments.max_unavailable,
                  "fast-rolls: brokers at once (default: the\nscenario's, or a third)")
      ->type_name("N")
      ->check(whole_number_up_to(1000))
      ->needs(goal);
}

}  // namespace

void add_plan_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command = program.add_subcommand(
      "plan", "Plan a reassignment: moves, batches, peaks, and the way back");
  command
      ->add_option("CLUSTER", arguments->input,
                   "a scenario or manifests (their cluster once it is\nReady), or a "
                   "ClusterDescription")
      ->type_name("FILE")
      ->required();
  std::string names;
  for (const std::string& name : rebalance::strategy_names()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  CLI::Option* strategy = command->add_option("--strategy", arguments->strategy,
                                              "minimal (default), or one of:\n" + names);
  strategy->type_name("STRATEGY")->check(known_strategy);
  command
      ->add_option("--reassignment-json-file", arguments->plan_file,
                   "no strategy: cut this plan into batches, also the\noutput of --generate")
      ->type_name("FILE")
      ->excludes(strategy);
  add_goal(*command, *arguments, *strategy);
  command
      ->add_option("--topics-to-move-json-file", arguments->topics_file,
                   "only these, as kafka-reassign-partitions\ntakes them")
      ->type_name("FILE");
  command
      ->add_option("--broker-list", arguments->broker_list,
                   "who may hold their replicas: 0,1,2\n(default: every live broker)")
      ->type_name("IDS");
  command->add_option("--brokers", arguments->brokers, "drain: to empty; add: to fill")
      ->type_name("IDS");
  command
      ->add_option("--replace", arguments->replacements,
                   "replace: 2=7, broker 7 comes for broker 2;\nrepeatable")
      ->type_name("OLD=NEW")
      ->allow_extra_args(false);
  command->add_flag("--disable-rack-aware", arguments->rack_unaware, "racks do not count");
  command->add_option("--seed", arguments->request.seed, "kafka: of its random start (default 1)")
      ->type_name("N")
      ->check(whole_number);
  add_limits(*command, arguments->request.limits);
  command->add_option("--report", arguments->report, "text (default) or json")
      ->type_name("TEXT|JSON")
      ->check(one_of({"text", "json"}));
  command
      ->add_option("--output", arguments->output,
                   "write the plan for kafka-reassign-partitions\n--reassignment-json-file")
      ->type_name("FILE");
  command->add_option("--rollback", arguments->rollback, "write the way back, in the same form")
      ->type_name("FILE");
  command->add_option("--set", arguments->overrides, "change a value of the scenario, repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->callback(
      [arguments, &chosen] { chosen = [arguments] { return run_plan(*arguments); }; });
}

}  // namespace twin::cli
