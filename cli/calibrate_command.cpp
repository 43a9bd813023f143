// kafka-twin calibrate [SCENARIO]: the most that one partition carries, and what binds.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "controller/api/units.h"
#include "scenarios/runner/calibrate.h"
#include "scenarios/runner/environment.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace {

struct CalibrateArguments {
  std::string scenario, hardware, record, batch, fetch, round_trip, output;
  int in_flight = 0, producers = 1, consumers = 1;
  std::string report = "text";
  std::vector<std::string> overrides;
};

// The scenario's hardware and records, or Kafka's defaults on a profile.
sim::Expected<scenario::Scenario> base_of(const CalibrateArguments& arguments) {
  if (!arguments.scenario.empty() && !arguments.hardware.empty()) {
    return sim::Error{"--hardware", "a scenario has its own hardware",
                      "one of them; --set scenario.environment.hardware=NAME changes a scenario's"};
  }
  if (!arguments.scenario.empty()) {
    return scenario::load_scenario(arguments.scenario, arguments.overrides);
  }
  scenario::Scenario made;
  if (arguments.hardware.empty()) return made;
  const model::Hardware* found = scenario::find_hardware(arguments.hardware);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const model::Hardware& each : scenario::hardware_profiles()) known.push_back(each.name);
    return sim::Error{"--hardware", fmt::format("no profile `{}`", arguments.hardware),
                      scenario::did_you_mean(arguments.hardware, known) +
                          "; a file of one goes with a scenario that names it"};
  }
  made.environment.hardware = *found;
  return made;
}

sim::Expected<void> take_size(const char* option, const std::string& text, int64_t& out) {
  if (text.empty()) return {};
  const auto bytes = api::parse_quantity(text);
  if (!bytes) return sim::Error{option, bytes.error().what, "a size: 1000, 16Ki, 1Mi"};
  if (bytes->value < 1) return sim::Error{option, "it holds no byte", "a size: 1000, 16Ki, 1Mi"};
  out = bytes->value;
  return {};
}

sim::Expected<model::BitrateQuestion> question_of(const CalibrateArguments& arguments,
                                                  const scenario::Scenario& scenario) {
  model::BitrateQuestion question = scenario::bitrate_question(scenario);
  for (const auto& taken : {take_size("--record", arguments.record, question.producer.record_bytes),
                            take_size("--batch", arguments.batch, question.producer.batch_bytes),
                            take_size("--fetch", arguments.fetch, question.fetch_bytes)}) {
    if (!taken) return taken.error();
  }
  if (arguments.in_flight > 0) question.producer.max_in_flight = arguments.in_flight;
  question.producer.clients = arguments.producers;
  question.consumers = arguments.consumers;
  if (!arguments.round_trip.empty()) {
    const auto trip = scenario::parse_duration(arguments.round_trip);
    if (!trip) return sim::Error{"--rtt", trip.error().what, trip.error().hint};
    question.round_trip = *trip;
  }
  if (question.round_trip.ns <= 0) {
    return sim::Error{"--rtt", "a way of no time", "for example 200us or 1ms"};
  }
  return question;
}

int run_calibrate(const CalibrateArguments& arguments) {
  const auto scenario = base_of(arguments);
  if (!scenario) return bad_input(scenario.error());
  const auto question = question_of(arguments, *scenario);
  if (!question) return bad_input(question.error());
  if (const auto free = not_an_input(arguments.output, scenario->files); !free) {
    return bad_input(free.error());
  }
  const scenario::Environment& on = scenario->environment;
  const model::Bitrate found = model::partition_bitrate(on.hardware, *question);
  print(arguments.report == "json"
            ? scenario::calibration_json(on, *question, found)
            : scenario::calibration_text(on, *question, found, detect_terminal().width));
  if (arguments.output.empty()) return kHolds;
  const auto written =
      write_file(arguments.output, scenario::calibrated_profile(on, *question, found));
  return written ? kHolds : bad_input(written.error());
}

}  // namespace

void add_calibrate_command(CLI::App& program, Action& chosen) {
  auto a = std::make_shared<CalibrateArguments>();
  CLI::App* command = program.add_subcommand(
      "calibrate", "The most that one partition carries: where a throttle begins");
  command
      ->add_option("SCENARIO", a->scenario,
                   "its hardware, and the records of its busiest\nproducers (default: Kafka's)")
      ->type_name("FILE");
  command->add_option("--hardware", a->hardware, "a profile instead: loopback, cloud or metal")
      ->type_name("NAME");
  const auto size = [&](const char* name, std::string& value, const char* what) {
    command->add_option(name, value, what)->type_name("SIZE");
  };
  size("--record", a->record, "of a record (default 1000)");
  size("--batch", a->batch, "batch.size (default 16Ki)");
  size("--fetch", a->fetch, "max.partition.fetch.bytes (default 1Mi)");
  const auto number = [&](const char* name, int& value, const char* what) {
    command->add_option(name, value, what)->type_name("N")->check(whole_number_up_to(1000));
  };
  number("--in-flight", a->in_flight, "max.in.flight.requests.per.connection (default 5)");
  number("--producers", a->producers, "clients that produce (default 1)");
  number("--consumers", a->consumers, "clients that each read all of it (default 1)");
  command->add_option("--rtt", a->round_trip, "clients to broker and back (default: in a zone)")
      ->type_name("DURATION");
  command->add_option("--report", a->report, "text (default) or json")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json"}));
  command
      ->add_option("--output", a->output,
                   "write a hardware profile with it, for scenarios\nto name and whatif throttle "
                   "--fraction to use")
      ->type_name("FILE");
  command->add_option("--set", a->overrides, "change a value of the scenario, repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->callback([a, &chosen] { chosen = [a] { return run_calibrate(*a); }; });
}

}  // namespace twin::cli
