// What would happen if a change were applied to a cluster: played once as the cluster's file says
// it is, then as often as asked with other measured figures of its hardware, then once for each
// moment at which somebody might turn back. The runs are made here one by one; who has several
// processors hands out tasks and takes their lines (cli/preview_command.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/preview/change.h"
#include "scenarios/preview/fail_on.h"
#include "scenarios/preview/outcome.h"
#include "scenarios/runner/report.h"
#include "scenarios/runner/scenario.h"

namespace twin::preview {

// Of simulated time, from the moment when the cluster is Ready and its clients run.
inline constexpr sim::Duration kApplyAt{60 * int64_t{1'000'000'000}};

struct Request {
  scenario::Scenario cluster;  // scenario::load_cluster: without steps and expectations
  Change change;
  std::optional<sim::Duration> window;
  std::vector<FailCondition> fail_on;
};

// The cluster, and the change as its steps.
scenario::Scenario scenario_of(const Request& request);

// Something that the operator or the API server does not do, and why; not what it did not do before
// the change either. It lasts when it is refused to the end: a metadata.version that waits for the
// last broker's binaries does not.
struct Refusal {
  sim::Duration at;  // the first, since the change
  std::string code, why;
  bool lasts = true;
  bool operator==(const Refusal&) const = default;
};

enum class Verdict : uint8_t { holds, does_not_hold, unknown };
std::string_view verdict_name(Verdict verdict);

struct Preview {
  std::vector<std::string> files;  // all that were read
  Change change;
  scenario::Report report;               // of the change
  std::vector<std::string> restart_why;  // of report.restarts, a sentence each
  std::vector<Refusal> refusals;
  Findings findings;
  std::optional<sim::Duration> window;
  std::vector<FailResult> fail_on;
  Verdict verdict = Verdict::unknown;
  std::vector<std::string> reasons;

  Outcome outcome() const { return outcome_of(report); }
  bool interrupted() const { return report.end == "interrupted"; }
};

// The cluster as it is, and the change. Error: the cluster is not Ready without the change.
sim::Expected<Preview> play(const Request& request, const volatile bool* interrupt);
// Verdict, conditions and window, from all that was played.
void judge(const Request& request, Preview& preview);

std::string to_text(const Preview& preview, int width, bool colour);
std::string to_json(const Preview& preview);

}  // namespace twin::preview
