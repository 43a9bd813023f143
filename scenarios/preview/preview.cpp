#include "scenarios/preview/preview.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "scenarios/preview/spread.h"
#include "scenarios/runner/run.h"

namespace twin::preview {

namespace {

using scenario::Report;
using scenario::Step;

// The sentence of the decision that led to each restart.
std::vector<std::string> sentences_of(const Report& report) {
  std::vector<std::string> all;
  for (const scenario::RestartEntry& restart : report.restarts) {
    std::string& why = all.emplace_back();
    for (const scenario::DecisionEntry& decision : report.decisions) {
      if (decision.at > restart.deleted) break;
      if (decision.kind != controller::DecisionKind::restart) continue;
      if (decision.code == restart.reason && decision.subject == restart.pod) why = decision.reason;
    }
  }
  return all;
}

Step applying(const ChangedObject& object) {
  Step step;
  step.id = "apply " + object.name;
  step.trigger.at = kApplyAt;
  step.kind = Step::Kind::apply;
  step.object = object.after;
  step.target_kind = std::string(api::kind_name(object.after->kind));
  step.target = object.after->metadata.name;
  return step;
}

// Of the brokers, for a topic that does not say; Kafka's own default is 1 for both.
int32_t broker_default(const scenario::Scenario& cluster, std::string_view key) {
  for (const auto& object : cluster.objects) {
    const auto* kafka = api::as<api::Kafka>(api::ObjectPtr(object));
    const std::string* text = kafka != nullptr ? api::find_config(kafka->config, key) : nullptr;
    if (text != nullptr) return std::max(1, std::atoi(text->c_str()));
  }
  return 1;
}

// Without a topic operator: somebody creates it.
Step creating(const ChangedObject& object, const scenario::Scenario& cluster) {
  const auto& topic = api::as<api::KafkaTopic>(*object.after);
  Step step = applying(object);
  step.id = "create " + object.name;
  step.kind = Step::Kind::create_topic;
  step.object = nullptr;
  step.topic.name = topic.topic_name.empty() ? topic.metadata.name : topic.topic_name;
  step.topic.partitions =
      topic.partitions > 0 ? topic.partitions : broker_default(cluster, "num.partitions");
  step.topic.replication_factor =
      topic.replicas > 0 ? topic.replicas : broker_default(cluster, "default.replication.factor");
  step.topic.config = topic.config;
  return step;
}

// The pod whose restart is the nth to end.
std::string restarted(const Report& report, int64_t nth) {
  std::vector<std::pair<sim::Duration, std::string>> ended;
  for (const scenario::RestartEntry& each : report.restarts) {
    if (each.ready) ended.emplace_back(*each.ready, each.pod);
  }
  std::ranges::sort(ended);
  const auto index = static_cast<size_t>(nth - 1);
  return index < ended.size() ? ended[index].second : std::string();
}

Findings findings_of(const Preview& preview) {
  Findings findings;
  findings.blocked = static_cast<int64_t>(preview.report.preflight.size());
  for (const Refusal& each : preview.refusals) findings.refusals += each.lasts ? 1 : 0;
  for (const scenario::FieldNote& note : preview.report.not_modelled) {
    findings.not_modelled += note.touches_safety ? 1 : 0;
  }
  findings.no_way_back = preview.report.point_of_no_return.starts_with("passed") ? 1 : 0;
  return findings;
}

class Judge {
 public:
  explicit Judge(Preview& preview) : preview_(preview) {
    preview_.verdict = Verdict::holds;
    preview_.reasons.clear();
  }
  void fails(std::string why) {
    if (preview_.verdict == Verdict::unknown) preview_.reasons.clear();
    preview_.verdict = Verdict::does_not_hold;
    preview_.reasons.push_back(std::move(why));
  }
  void unknown(std::string why) {
    if (preview_.verdict == Verdict::does_not_hold) return;
    preview_.verdict = Verdict::unknown;
    preview_.reasons.push_back(std::move(why));
  }

 private:
  Preview& preview_;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::does_not_hold:
      return "does not hold";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

scenario::Step operator_step(const std::string& profile) {
  Step step;
  step.id = "operator " + profile;
  step.kind = Step::Kind::upgrade_operator;
  step.text = profile;
  step.trigger.at = kApplyAt;
  return step;
}

scenario::Scenario scenario_of(const Request& request) {
  scenario::Scenario scenario = request.cluster;
  if (!request.operator_to.empty()) scenario.steps.push_back(operator_step(request.operator_to));
  for (const ChangedObject& object : request.change.objects) {
    if (object.after->kind != api::Kind::kafka_topic || has_topic_operator(request.cluster)) {
      scenario.steps.push_back(applying(object));
    } else if (object.before == nullptr) {
      scenario.steps.push_back(creating(object, request.cluster));
    }
  }
  const auto append = [](const auto& from, auto& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(draining(request.drain, kApplyAt), scenario.steps);
  for (const Rotation& each : request.rotations) {
    scenario.steps.push_back(rotating(each, request.cluster, kApplyAt));
  }
  append(request.change.without_effect, scenario.without_effect);
  append(request.change.not_modelled, scenario.not_modelled);
  return scenario;
}

sim::Expected<Preview> play(const Request& request, const volatile bool* interrupt) {
  Preview preview;
  preview.change = request.change;
  preview.window = request.window;
  preview.has_producers = !request.cluster.workload.producers.empty();
  preview.operator_to = request.operator_to;
  preview.drain = request.drain;
  preview.rotations = request.rotations;
  preview.files = request.cluster.files;
  preview.files.insert(preview.files.end(), request.change.files.begin(),
                       request.change.files.end());
  scenario::RunOptions options;
  options.interrupt = interrupt;
  preview.measured = measured_inputs(request.cluster.environment);
  preview.before = scenario::run_scenario(request.cluster, options);
  const Report& before = preview.before;
  if (before.end == "interrupted") {
    preview.report = before;
    return preview;
  }
  if (!before.started || before.end != "settled" || !outcome_of(before).ready) {
    return sim::Error{request.cluster.file,
                      "the cluster does not come to rest even without the change: " +
                          (before.end_detail.empty() ? before.end : before.end_detail),
                      "a cluster that is Ready; kafka-twin run shows what happens"};
  }
  Evictions evictions;
  options.listeners.push_back(&evictions);
  preview.report = scenario::run_scenario(scenario_of(request), options);
  if (!request.drain.nodes.empty()) preview.evictions = evictions.of(preview.report);
  preview.restart_why = sentences_of(preview.report);
  preview.refusals = refusals_of(preview.report, before);
  preview.findings = findings_of(preview);
  return preview;
}

std::vector<Task> tasks_of(const Request& request, const Preview& preview) {
  std::vector<Task> tasks;
  const int64_t samples = preview.measured.empty() ? 0 : request.runs;
  for (int64_t i = 0; i < samples; ++i) tasks.push_back({Task::Kind::sample, i});
  for (const int64_t after : abort_moments(request, preview)) {
    tasks.push_back({Task::Kind::abort, after});
  }
  return tasks;
}

std::string play_task(const Request& request, const Preview& preview, const Task& task,
                      const volatile bool* interrupt) {
  if (task.kind == Task::Kind::abort) {
    return to_line(play_abort(request, preview, task.nth, interrupt));
  }
  scenario::Scenario scenario = scenario_of(request);
  resample(scenario.environment, scenario.seed, static_cast<uint64_t>(task.nth));
  scenario::RunOptions options;
  options.interrupt = interrupt;
  return to_line(
      outcome_of(scenario::run_scenario(scenario, options), !request.drain.nodes.empty()));
}

sim::Expected<void> take(const std::vector<Task>& tasks, const std::vector<std::string>& lines,
                         Preview& preview) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].kind == Task::Kind::sample) {
      auto outcome = outcome_from_line(lines.at(i));
      if (!outcome) return outcome.error();
      preview.spread.push_back(*outcome);
      continue;
    }
    auto outcome = abort_from_line(lines.at(i));
    if (!outcome) return outcome.error();
    AbortPoint point{tasks[i].nth, "", std::move(*outcome)};
    if (point.after != kWhenDone) point.pod = restarted(preview.report, point.after);
    preview.aborts.push_back(std::move(point));
  }
  return {};
}

std::optional<sim::Duration> finish(const Preview& preview, int64_t percent) {
  const Outcome outcome = preview.outcome();
  return percentile(preview.spread.empty() ? std::vector{outcome} : preview.spread, &Outcome::took,
                    percent);
}

bool fits(const Preview& preview) {
  const auto latest = finish(preview, 90);
  return latest && preview.outcome().done() && *latest <= *preview.window;
}

void judge(const Request& request, Preview& preview) {
  Judge judge(preview);
  preview.window = request.window;
  const Report& report = preview.report;
  std::vector<Outcome> runs{preview.outcome()};
  runs.insert(runs.end(), preview.spread.begin(), preview.spread.end());
  if (report.verdict == scenario::Verdict::violated) {
    for (const std::string& reason : report.verdict_reasons) judge.fails(reason);
  }
  if (!runs.front().ready && report.end == "settled") {
    std::string why = "the change is refused";
    for (const Refusal& each : preview.refusals) why += each.lasts ? ": " + each.why : "";
    judge.fails(why);
  }
  if (request.window && !fits(preview)) {
    judge.fails(
        fmt::format("it does not fit the window of {}", sim::format_duration(*request.window)));
  }
  preview.fail_on.clear();
  for (const FailCondition& condition : request.fail_on) {
    preview.fail_on.push_back(check(condition, runs, preview.findings));
    const FailResult& result = preview.fail_on.back();
    if (result.met) judge.fails(fmt::format("{}: it is {}", result.text, result.value));
  }
  for (const scenario::FieldNote& note : report.not_modelled) {
    if (note.touches_safety) judge.unknown(note.where + ": " + note.path + " " + note.why);
  }
}

}  // namespace twin::preview
