// kafka-twin check [SCENARIO]: thousands of runs, and of what breaks the smallest file that does.
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/check_log.h"
#include "cli/check_report.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/workers.h"
#include "controller/bugs/bugs.h"
#include "controller/operator.h"
#include "scenarios/campaign/shrink_text.h"
#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace {

using Clock = std::chrono::steady_clock;

// A run is milliseconds; the longest that were seen take seconds.
constexpr std::chrono::seconds kPatience{300};

struct CheckArguments {
  std::string scenario;
  std::vector<std::string> profiles, merge;
  uint64_t runs = 1000, seed = 1;
  int64_t faults = 4;
  int jobs = 0;
  int shrink_runs = 400;
  std::string budget, shard;
  std::string out = "kafka-twin-check";
  std::string report = "text";
  bool crash_sweep = false, stale_sweep = false, keep_going = false, list_bugs = false;
};

// Which runs are of this machine: "2/8", counted from 0.
struct Shard {
  uint64_t index = 0, count = 1;
};
sim::Expected<Shard> parse_shard(const std::string& text) {
  Shard shard;
  if (text.empty()) return shard;
  const sim::Error bad{"--shard", fmt::format("`{}` is no shard", text),
                       "INDEX/COUNT from 0, for example 2/8"};
  const size_t slash = text.find('/');
  if (slash == text.npos) return bad;
  std::string index = text.substr(0, slash);
  if (index.empty()) {  // of a Kubernetes Indexed Job
    const char* from_job = std::getenv("JOB_COMPLETION_INDEX");
    if (from_job == nullptr) return bad;
    index = from_job;
  }
  try {
    shard.index = std::stoull(index);
    shard.count = std::stoull(text.substr(slash + 1));
  } catch (const std::exception&) {
    return bad;
  }
  if (shard.count == 0 || shard.index >= shard.count) return bad;
  return shard;
}

sim::Expected<campaign::Plan> plan_of(const CheckArguments& arguments) {
  campaign::Plan plan;
  if (!arguments.profiles.empty()) plan.profiles = arguments.profiles;
  plan.runs = arguments.runs;
  plan.seed = arguments.seed;
  plan.faults_max = arguments.faults;
  plan.crash_sweep = arguments.crash_sweep;
  plan.stale_sweep = arguments.stale_sweep;
  if (arguments.scenario.empty()) {
    if (!arguments.crash_sweep && !arguments.stale_sweep) {
      if (const auto chosen = campaign::choose_eras(plan); !chosen) return chosen.error();
      return plan;
    }
    const std::string sweep = arguments.crash_sweep ? "--crash-sweep" : "--stale-sweep";
    return sim::Error{sweep, "needs a scenario whose operator is swept",
                      "kafka-twin check SCENARIO " + sweep};
  }
  auto base = campaign::ScenarioText::read(arguments.scenario);
  if (!base) return base.error();
  const auto scenario = base->load();
  if (!scenario) return scenario.error();
  if (arguments.profiles.empty()) plan.profiles = {scenario->operators.front().profile};
  plan.base = std::move(*base);
  plan.baseline = campaign::play_baseline(*scenario);
  return plan;
}

// What makes two campaigns the same.
std::string identity_of(const CheckArguments& arguments, const campaign::Plan& plan) {
  std::string text = fmt::format("{} {} seed={} faults={}", TWIN_VERSION,
                                 arguments.scenario.empty() ? "generated" : arguments.scenario,
                                 plan.seed, plan.faults_max);
  text += plan.crash_sweep   ? " crash-sweep"
          : plan.stale_sweep ? " stale-sweep"
                             : fmt::format(" runs={}", plan.runs);
  for (const std::string& profile : plan.profiles) text += " " + profile;
  return arguments.shard.empty() ? text : text + " shard=" + arguments.shard;
}

class Check {
 public:
  Check(const CheckArguments& arguments, campaign::Plan plan, CheckLog log, Shard shard,
        sim::Duration budget)
      : arguments_(arguments),
        plan_(std::move(plan)),
        log_(std::move(log)),
        shard_(shard),
        terminal_(detect_terminal()),
        began_(Clock::now()),
        budget_(budget.ns) {
    report_.what = arguments.scenario.empty() ? "generated cases"
                   : plan_.crash_sweep        ? "crash sweep of " + arguments.scenario
                   : plan_.stale_sweep        ? "stale sweep of " + arguments.scenario
                                              : "schedules against " + arguments.scenario;
    for (const std::string& profile : plan_.profiles) report_.profiles.push_back({profile, {}});
    for (uint64_t item = shard.index; item < plan_.items(); item += shard.count) ++report_.planned;
  }

  int run();

 private:
  std::optional<uint64_t> next();
  bool told(const WorkResult& result);
  bool account(uint64_t item, const std::string& line);
  void progress(bool last);
  void write_counterexamples();
  bool time_is_up() const { return budget_.count() > 0 && Clock::now() - began_ >= budget_; }

  const CheckArguments& arguments_;
  campaign::Plan plan_;
  CheckLog log_;
  Shard shard_;
  Terminal terminal_;
  Clock::time_point began_, shown_ = began_;
  std::chrono::nanoseconds budget_;  // 0: none
  CheckReport report_;
  uint64_t item_ = 0;  // to be handed out next
  uint64_t done_ = 0, done_before_ = 0;
  std::map<std::pair<std::string, std::string>, uint64_t> first_;  // profile, property -> run
  std::string problem_;
};

std::optional<uint64_t> Check::next() {
  if (time_is_up()) return std::nullopt;
  while (item_ < plan_.items() && log_.done().contains(item_)) item_ += shard_.count;
  if (item_ >= plan_.items()) return std::nullopt;
  return std::exchange(item_, item_ + shard_.count);
}

// False: the campaign is over.
bool Check::account(uint64_t item, const std::string& line) {
  const auto outcome = campaign::from_line(line);
  if (!outcome) {
    report_.failures.push_back({campaign::name_of(plan_, item), line});
    return arguments_.keep_going;
  }
  ++done_;
  const auto which = static_cast<size_t>(item / plan_.runs_each());
  report_.profiles[which].tally.add(*outcome, report_.profiles[which].profile);
  if (outcome->violated.empty()) return true;
  for (const std::string& property : outcome->violated) {
    const auto [first, fresh] = first_.try_emplace({plan_.profile_of(item), property}, item);
    if (!fresh) first->second = std::min(first->second, item);
  }
  return arguments_.keep_going || plan_.profiles.size() > 1;
}

bool Check::told(const WorkResult& result) {
  if (!result.failed.empty()) {
    report_.failures.push_back({campaign::name_of(plan_, result.item), result.failed});
    return arguments_.keep_going;
  }
  if (const auto kept = log_.add(result.item, result.line); !kept) {
    problem_ = kept.error().to_string();
    return false;
  }
  return account(result.item, result.line);
}

// A bar that is drawn over itself on a terminal, else a line now and then.
void Check::progress(bool last) {
  if (arguments_.report != "text") return;
  const auto now = Clock::now();
  const auto every =
      terminal_.interactive ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10'000);
  if (!last && now - shown_ < every) return;
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const uint64_t fresh = done_ - done_before_;
  const double rate = seconds > 0 ? static_cast<double>(fresh) / seconds : 0;
  std::string left;
  if (budget_.count() > 0) {
    const double rest = std::chrono::duration<double>(budget_).count() - seconds;
    left = fmt::format(", {:.0f} s left", rest > 0 ? rest : 0);
  } else if (rate > 0 && report_.planned > done_) {
    left = fmt::format(", {:.0f} s left", static_cast<double>(report_.planned - done_) / rate);
  }
  uint64_t violating = 0;
  std::set<std::string> marks;
  for (const CheckedProfile& each : report_.profiles) {
    violating += each.tally.violating;
    for (const auto& [mark, runs] : each.tally.marks) marks.insert(mark);
  }
  std::string line = fmt::format("{} of {} runs, {:.0f} a second, {} violating, {} marks{}", done_,
                                 report_.planned, rate, violating, marks.size(), left);
  if (!terminal_.interactive) {
    if (!last) print(line + "\n");
    return;
  }
  constexpr size_t kBar = 20;
  const size_t filled = report_.planned == 0 ? kBar : kBar * done_ / report_.planned;
  line = "[" + std::string(filled, '#') + std::string(kBar - std::min(filled, kBar), ' ') + "] " +
         line;
  line.resize(std::min(line.size(), static_cast<size_t>(terminal_.width - 1)), ' ');
  print("\r\033[K" + (last ? std::string() : line));
}

void Check::write_counterexamples() {
  for (const auto& [what, item] : first_) {
    if (interrupted) return;
    // One for each run: another property of the same one has the same cause more often than not.
    const std::string run = campaign::name_of(plan_, item);
    bool known = false;
    for (const auto& each : report_.counterexamples) known |= each.run == run;
    if (known) continue;
    WrittenCounterexample made;
    made.run = run;
    made.found = campaign::shrink_item(
        plan_, item, {arguments_.shrink_runs, [] { return static_cast<bool>(interrupted); }});
    made.file = fmt::format("{}/counterexample-{}.yaml", log_.folder(), item);
    if (const auto free = not_an_input(made.file, {arguments_.scenario}); !free) {
      problem_ = free.error().to_string();
      return;
    }
    if (const auto written = write_file(made.file, made.found.text); !written) {
      problem_ = written.error().to_string();
    }
    report_.counterexamples.push_back(std::move(made));
  }
}

int Check::run() {
  bool goes_on = true;
  for (const auto& [item, line] : log_.done()) goes_on = account(item, line) && goes_on;
  done_before_ = done_;
  if (plan_.stale_sweep && arguments_.report == "text") {
    print(fmt::format("{} views, and {} that are alike to one of them\n",
                      plan_.baseline.views.size(), plan_.baseline.views_alike));
  }
  if (done_before_ > 0 && arguments_.report == "text") {
    print(fmt::format("{} runs are in {}/runs.log already\n", done_before_, log_.folder()));
  }
  item_ = shard_.index;
  if (goes_on) {
    const int jobs = arguments_.jobs > 0
                         ? arguments_.jobs
                         : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    Workers workers(
        jobs,
        [this](uint64_t item) {
          try {
            const auto outcome = campaign::play_item(plan_, item);
            return outcome ? campaign::to_line(*outcome) : outcome.error().to_string();
          } catch (const std::runtime_error& error) {  // of a program, exec:CMD
            return std::string(error.what());
          }
        },
        kPatience);
    workers.run([this] { return next(); }, [this](const WorkResult& r) { return told(r); },
                [this] {
                  progress(false);
                  return !interrupted;
                });
  }
  progress(true);
  report_.search_seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  if (!interrupted) write_counterexamples();
  report_.wall_seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  print(arguments_.report == "json"    ? check_json(report_)
        : arguments_.report == "junit" ? check_junit(report_)
                                       : check_text(report_, terminal_.width));
  if (!problem_.empty()) {
    complain(problem_);
    return kBadInput;
  }
  if (interrupted) {
    complain(fmt::format("interrupted; the same command goes on from {}/runs.log", log_.folder()));
    return interrupted_status();
  }
  return report_.held() ? kHolds : kDoesNotHold;
}

// For scripts/seeded-bugs.py.
int list_bugs() {
  for (const controller::Bug& bug : controller::all_bugs()) {
    print(fmt::format("{}\t{}\t{}\n", bug.profile.name, bug.reference, bug.profile.claim));
  }
  return kHolds;
}

int check(const CheckArguments& arguments) {
  if (arguments.list_bugs) return list_bugs();
  sim::Duration budget{};
  if (!arguments.budget.empty()) {
    const auto parsed = scenario::parse_duration(arguments.budget);
    if (!parsed) return bad_input(parsed.error());
    budget = *parsed;
  }
  const auto shard = parse_shard(arguments.shard);
  if (!shard) return bad_input(shard.error());
  auto plan = plan_of(arguments);
  if (!plan) return bad_input(plan.error());
  auto log = CheckLog::open(arguments.out, identity_of(arguments, *plan));
  if (!log) return bad_input(log.error());
  for (const std::string& folder : arguments.merge) {
    if (const auto taken = log->take_over(folder); !taken) return bad_input(taken.error());
  }
  catch_interrupts();
  Check campaign(arguments, std::move(*plan), std::move(*log), *shard, budget);
  return campaign.run();
}

}  // namespace

void add_check_command(CLI::App& program, Action& chosen) {
  auto a = std::make_shared<CheckArguments>();
  CLI::App* command = program.add_subcommand(
      "check", "Thousands of hostile runs; what breaks is made small and written as a scenario");
  command->add_option("SCENARIO", a->scenario, "break this one (default: generated clusters)")
      ->type_name("FILE");
  command->add_option("--runs", a->runs, "of each operator (default 1000)")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000}));
  command->add_option("--for", a->budget, "begin no run after this time: 10m")
      ->type_name("DURATION");
  command->add_option("--jobs", a->jobs, "processes (default: one for each core)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command->add_option("--seed", a->seed, "of the first run; the next has the next (default 1)")
      ->type_name("N")
      ->check(whole_number);
  command->add_option("--faults", a->faults, "at most so many in a run (default 4)")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, int64_t{1000}));
  command->add_option("--operator", a->profiles, "repeatable: each gets the same runs")
      ->type_name("PROFILE")
      ->allow_extra_args(false)
      ->check(known_profile);
  command->add_flag("--crash-sweep", a->crash_sweep,
                    "kill the operator before and after each of\nits port calls, one run each");
  command
      ->add_flag(
          "--stale-sweep", a->stale_sweep,
          "let what the operator sees be old, with a gap, or\nhalf-way, from each of its views "
          "on, one run each")
      ->excludes("--crash-sweep");
  command->add_flag("--list-bugs", a->list_bugs,
                    "print the operators that are broken on purpose\n(bug:NAME, reference, what it "
                    "does) and end");
  command->add_flag("--keep-going", a->keep_going, "do not stop at the first violation");
  command
      ->add_option("--shrink-runs", a->shrink_runs,
                   "at most so many to make a violation small\n(default 400)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--shard", a->shard,
                   "of several machines, INDEX/COUNT from 0;\n\"/8\" takes the index from "
                   "JOB_COMPLETION_INDEX")
      ->type_name("I/N");
  command
      ->add_option("--merge", a->merge,
                   "repeatable: take over the runs of that folder, of\nthe same campaign or a "
                   "shard of it, then go on")
      ->type_name("FOLDER")
      ->allow_extra_args(false);
  command
      ->add_option("--out", a->out,
                   "runs.log and counterexamples; the same command\ngoes on from there "
                   "(default kafka-twin-check)")
      ->type_name("FOLDER");
  command->add_option("--report", a->report, "text (default), json or junit")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json", "junit"}));
  command->callback([a, &chosen] { chosen = [a] { return check(*a); }; });
}

}  // namespace twin::cli
