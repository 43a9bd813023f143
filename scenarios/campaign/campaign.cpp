#include "scenarios/campaign/campaign.h"

#include <fmt/format.h>

#include "controller/profile.h"
#include "scenarios/campaign/known.h"
#include "scenarios/campaign/shrink.h"
#include "scenarios/campaign/shrink_text.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "sim/assert.h"

namespace twin::campaign {

namespace {

constexpr sim::Duration kDown{5'000'000'000};  // of an operator that a sweep kills

Case case_of(const Plan& plan, uint64_t item) {
  GenerateOptions options;
  options.profile = plan.profile_of(item);
  options.faults_max = plan.faults_max;
  options.kraft = plan.kraft;
  options.zookeeper = plan.zookeeper;
  return generate(plan.seed + item % plan.runs_each(), options);
}

constexpr const char* kStale[] = {"is old", "has a gap", "is half-way"};

// Sieve's patterns of what a controller sees: stale, unobserved and intermediate states.
void make_stale(ScenarioText& text, uint64_t call, uint64_t pattern) {
  constexpr sim::Duration kStill{30'000'000'000};
  constexpr sim::Duration kCut{40'000'000'000};  // above the 30 s after which a watch is dead
  using model::FaultKind;
  switch (pattern) {
    case 0:
      return text.add_at_call(call, {FaultKind::stale_cache, "0", "", kStill, 0, ""});
    case 1:
      return text.add_at_call(call,
                              {FaultKind::network_cut, "operator", "api-server", kCut, 0, ""});
    default:
      text.add_crash(call, false, kDown);
      return text.add_behind(kDown, {FaultKind::stale_cache, "0", "", kStill, 0, ""});
  }
}

ScenarioText variant_of(const Plan& plan, uint64_t item) {
  ScenarioText text = *plan.base;
  text.set_profile(plan.profile_of(item));
  text.expect_no_violation();
  const uint64_t number = item % plan.runs_each();
  if (plan.crash_sweep) {
    text.add_crash(1 + number / 2, number % 2 == 0, kDown);
    return text;
  }
  if (plan.stale_sweep) {
    make_stale(text, plan.baseline.views[static_cast<size_t>(number / 3)], number % 3);
    return text;
  }
  text.set_seed(plan.seed + number);
  ScheduleOptions options;
  options.faults_max = plan.faults_max;
  for (const CaseFault& fault : draw_schedule(plan.baseline, plan.seed + number, options)) {
    text.add_fault(fault);
  }
  return text;
}

// What the operator decided up to the first violation.
std::vector<std::string> decisions_before(const scenario::Report& report) {
  constexpr size_t kShown = 6;
  std::vector<std::string> lines;
  if (report.violations.empty()) return lines;
  for (const scenario::DecisionEntry& each : report.decisions) {
    if (each.at > report.violations.front().at) break;
    lines.push_back(fmt::format("{}  {} [{}]: {}", sim::format_duration(each.at), each.subject,
                                each.code, each.reason));
  }
  if (lines.size() > kShown) lines.erase(lines.begin(), lines.end() - kShown);
  return lines;
}

}  // namespace

sim::Expected<void> choose_eras(Plan& plan) {
  for (const std::string& name : plan.profiles) {
    const controller::Profile* profile = controller::find_profile(name);
    if (profile == nullptr) continue;
    plan.kraft &= profile->kraft;
    plan.zookeeper &= profile->zookeeper;
  }
  if (plan.kraft || plan.zookeeper) return {};
  return sim::Error{"--operator", "no cluster is taken by all of these operators",
                    "operators of one era, KRaft or ZooKeeper, or a scenario of your own"};
}

std::string text_of(const Plan& plan, uint64_t item) {
  TWIN_ASSERT_LT(item, plan.items());
  if (!plan.base) return write_case(case_of(plan, item), "generated", "");
  return variant_of(plan, item).write("generated", "");
}

std::string name_of(const Plan& plan, uint64_t item) {
  const uint64_t number = item % plan.runs_each();
  const std::string under =
      plan.profiles.size() > 1 ? " under " + plan.profile_of(item) : std::string();
  if (plan.stale_sweep) {
    return fmt::format("the view {} from call {} on{}", kStale[number % 3],
                       plan.baseline.views[static_cast<size_t>(number / 3)], under);
  }
  if (!plan.crash_sweep) return fmt::format("seed {}{}", plan.seed + number, under);
  return fmt::format("the operator dies {} its call {}{}", number % 2 == 0 ? "before" : "after",
                     1 + number / 2, under);
}

sim::Expected<Outcome> play_item(const Plan& plan, uint64_t item) {
  scenario::LoadResult loaded = scenario::load_text(text_of(plan, item), "generated");
  if (!loaded.scenario) return loaded.errors.front();
  return play(*loaded.scenario);
}

Counterexample shrink_item(const Plan& plan, uint64_t item, const ShrinkLimits& limits) {
  Counterexample found;
  const auto first = play_item(plan, item);
  TWIN_ASSERT_MSG(first && !first->violated.empty(), "only a violation is shrunk");
  found.property = first->violated.front();
  const std::string what = name_of(plan, item);
  const auto why = [&](const std::string& how, int runs) {
    return fmt::format("{}: {}\nFound by kafka-twin check ({}), made small in {} runs.",
                       found.property, how, what, runs);
  };
  if (plan.base) {
    const auto small = shrink_text(variant_of(plan, item), found.property, limits);
    found.runs = small.runs;
    found.faults = faults_of(small.smallest);
    found.text = small.smallest.write("counterexample", why(small.outcome.how, small.runs));
  } else {
    const auto small = shrink(case_of(plan, item), found.property, limits);
    found.runs = small.runs;
    found.faults = static_cast<int>(small.smallest.faults.size());
    found.text = write_case(small.smallest, "counterexample", why(small.outcome.how, small.runs));
  }
  // What is told is what the file does.
  scenario::LoadResult loaded = scenario::load_text(found.text, "counterexample");
  TWIN_ASSERT_MSG(loaded.scenario.has_value(), "what was played can be written");
  const scenario::Report report = scenario::run_scenario(*loaded.scenario, {});
  found.outcome = outcome_of(*loaded.scenario, report);
  found.last_decisions = decisions_before(report);
  return found;
}

void Tally::add(const Outcome& o, const std::string& profile) {
  ++runs;
  if (!o.judged) return;
  ++judged;
  violating += o.violated.empty() ? 0 : 1;
  known += all_known(profile, o) ? 1 : 0;
  for (const std::string& property : o.violated) {
    ++violations[property];
    const KnownViolation* found = known_violation(profile, property, o);
    if (found != nullptr) ++references[property][std::string(found->reference)];
  }
  rolled += o.restarts > 0 ? 1 : 0;
  fault_in_roll += o.fault_in_roll ? 1 : 0;
  waited += o.waited ? 1 : 0;
  unlucky += o.unlucky;
  leader_moves += o.leader_moves;
  duration += o.duration;
  under_min_isr += o.under_min_isr;
  events += o.events;
  for (const std::string& mark : o.marks) ++marks[mark];
}

}  // namespace twin::campaign
