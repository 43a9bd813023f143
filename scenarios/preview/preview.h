// What would happen if a change were applied to a cluster: played once as the cluster's file says
// it is, then as often as asked with other measured figures of its hardware, then once for each
// moment at which somebody might turn back. The runs are made here one by one; who has several
// processors hands out tasks and takes their lines (cli/preview_command.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/preview/abort.h"
#include "scenarios/preview/change.h"
#include "scenarios/preview/drain.h"
#include "scenarios/preview/fail_on.h"
#include "scenarios/preview/outcome.h"
#include "scenarios/preview/refusals.h"
#include "scenarios/preview/rotation.h"
#include "scenarios/runner/report.h"
#include "scenarios/runner/scenario.h"

namespace twin::preview {

// Of simulated time, from the moment when the cluster is Ready and its clients run.
inline constexpr sim::Duration kApplyAt{60 * int64_t{1'000'000'000}};

struct Request {
  scenario::Scenario cluster;  // scenario::load_cluster: without steps and expectations
  Change change;               // may have no objects, where there is something of the next three
  std::string operator_to;     // the profile that takes the operator's place; "" = it stays
  Drain drain;                 // machines that go
  std::vector<Rotation> rotations;
  std::optional<sim::Duration> window;
  std::vector<FailCondition> fail_on;
  int64_t runs = 50;    // over resampled measured figures, where the cluster has some
  int64_t aborts = 12;  // moments to turn back at, at most, beside the end
};

// Another release in the operator's place, when the change is made.
scenario::Step operator_step(const std::string& profile);
// The cluster, and the change as its steps.
scenario::Scenario scenario_of(const Request& request);

enum class Verdict : uint8_t { holds, does_not_hold, unknown };
std::string_view verdict_name(Verdict verdict);

struct Preview {
  std::vector<std::string> files;  // all that were read
  Change change;
  bool has_producers = false;  // in the cluster's workload
  std::string operator_to;
  Drain drain;
  std::vector<Rotation> rotations;
  std::vector<Eviction> evictions;       // while machines are drained
  scenario::Report before;               // the cluster without the change
  scenario::Report report;               // of the change
  std::vector<std::string> restart_why;  // of report.restarts, a sentence each
  std::vector<Refusal> refusals;
  Findings findings;
  std::string measured;         // inputs with a spread; "" = there is none to draw from
  std::vector<Outcome> spread;  // of runs over it
  std::vector<AbortPoint> aborts;
  std::optional<sim::Duration> window;
  std::vector<FailResult> fail_on;
  Verdict verdict = Verdict::unknown;
  std::vector<std::string> reasons;

  Outcome outcome() const { return outcome_of(report, !drain.nodes.empty()); }
  bool interrupted() const { return report.end == "interrupted"; }
};

// The cluster as it is, and the change. Error: the cluster is not Ready without the change.
sim::Expected<Preview> play(const Request& request, const volatile bool* interrupt);
// A further run, of which nothing hangs on another. `nth` counts draws of the measured figures, or
// is the AbortPoint's `after`.
struct Task {
  enum class Kind : uint8_t { sample, abort };
  Kind kind = Kind::sample;
  int64_t nth = 0;
  bool operator==(const Task&) const = default;
};
// REQUIRES: `preview` is what play() gave, to its end.
std::vector<Task> tasks_of(const Request& request, const Preview& preview);
std::string play_task(const Request& request, const Preview& preview, const Task& task,
                      const volatile bool* interrupt);
// The lines of all tasks, in their order. Error: a line that is none.
sim::Expected<void> take(const std::vector<Task>& tasks, const std::vector<std::string>& lines,
                         Preview& preview);
// Verdict, conditions and window, from all that was played.
void judge(const Request& request, Preview& preview);

// From the change until nothing moves any more, as so many percent of the runs do not exceed it; of
// the one run where there is no spread. nullopt: that many never came to rest.
std::optional<sim::Duration> finish(const Preview& preview, int64_t percent);
// Does nine in ten runs' finish lie within the window? REQUIRES: there is one.
bool fits(const Preview& preview);

std::string to_text(const Preview& preview, int width, bool colour);
std::string to_json(const Preview& preview);
// For a comment on a pull request.
std::string to_markdown(const Preview& preview);

}  // namespace twin::preview
