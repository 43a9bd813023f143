// A run that somebody steers while it goes: advance it, act on it, go back and try again. What is
// done is data: an act is a step as scenario files write them, taken at a time, and is added to the
// scenario. A rewind plays the scenario again from zero, with the acts up to there; so does an act,
// which makes "what was done" and "what kafka-twin run plays" one thing. Times are on the
// scenario's clock: zero is when the cluster was first Ready.
//
// An act comes in the first whole millisecond after now, before which nothing of that moment has
// happened: the past stays as it was seen. (With tieOrder: shuffled the order of events at one
// instant is drawn anew, so it may not.)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/runner/report.h"
#include "scenarios/runner/scenario_file.h"
#include "sim/expected.h"
#include "sim/trace.h"

namespace twin::scenario {

class Session;

struct LiveOptions {
  std::string profile;                       // instead of the scenario's own; "" keeps it
  const volatile bool* interrupt = nullptr;  // ends whatever is being played; may be null
};

class LiveSession {
 public:
  struct Act {
    std::string id;  // "live-1"; `heal: live-1` ends a fault
    sim::Duration at{};
    std::string what;  // as written: "fault: {kind: zone-loss, target: zone-b}"
  };

  // Loads the file and deploys the cluster. Error: the file's mistakes, or why the cluster never
  // became Ready.
  static sim::Expected<std::unique_ptr<LiveSession>> open(const std::string& path,
                                                          const LiveOptions& options);
  static sim::Expected<std::unique_ptr<LiveSession>> open_text(std::string_view text,
                                                               const std::string& file,
                                                               const LiveOptions& options);
  ~LiveSession();

  sim::Duration now() const { return now_; }
  // Of the trace's clock, which begins before the cluster was deployed.
  sim::Time zero() const;
  // The scenario as it stands, acts included.
  const Scenario& scenario() const { return scenario_; }
  const std::vector<Act>& acts() const { return acts_; }
  // "" or why the run cannot go on: a step of the file that failed, or its timeMax was reached.
  std::string stopped() const;

  // To a later moment; an earlier one is none of its business. Cut off at the scenario's timeMax.
  void advance(sim::Duration to);
  // `act` is a step without a trigger, in YAML: "{throttle: 60M}", "{fault: {kind: pod-delete,
  // target: my-cluster-broker-0}}". When it comes back, the act was taken and now() is its time.
  // Error: it is no step, or the world refuses it; then nothing has changed.
  sim::Expected<void> act(const std::string& act);
  // Back to an earlier moment (or on to a later one); acts after it are forgotten.
  void rewind(sim::Duration to);

  // What `kafka-twin run` says of saved_text(): the run from here to its own end, untouched.
  Report finish() const;
  // The scenario with what was done, as a file in `folder`: paths in it are made to fit.
  std::string saved_text(const std::string& folder) const;
  // The run up to now, whole: what a viewer opens.
  std::vector<std::byte> trace();
  uint64_t fingerprint() const;  // of the run up to now
  uint64_t records() const;

 private:
  LiveSession(ScenarioFile file, const LiveOptions& options);
  sim::Expected<void> add_act(sim::Duration at, const std::string& act);
  void drop_acts(size_t keep);
  std::string free_id() const;
  // Plays the file from zero to `to`.
  sim::Expected<void> replay(sim::Duration to);

  ScenarioFile file_;  // acts included
  LiveOptions options_;
  std::vector<Act> acts_;
  Scenario scenario_;
  std::unique_ptr<sim::MemorySink> sink_;
  std::unique_ptr<Session> session_;
  sim::Duration now_{};
};

}  // namespace twin::scenario
