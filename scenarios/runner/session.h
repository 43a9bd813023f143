// Plays a scenario: builds the world, applies the manifests, starts the operators, waits until the
// cluster is Ready for the first time (the clock's zero), starts the workload, takes the steps, and
// ends when everything is at rest or time is up. One session is one run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/world.h"
#include "scenarios/runner/move_log.h"
#include "scenarios/runner/reassign_tool.h"
#include "scenarios/runner/recorder.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

enum class EndReason : uint8_t { settled, time_max, deploy_failed, bad_step, interrupted };
std::string_view end_name(EndReason reason);

struct SessionOptions {
  sim::TraceSink* trace = nullptr;
  std::vector<model::TraceListener*> listeners;  // besides the session's own
  // Checked now and then; ends the run when it becomes true. May be null.
  const volatile bool* interrupt = nullptr;
  uint64_t instant_events_max = 0;  // a run with more at one instant asserts; 0: as in engine.h
};

struct SessionEnd {
  EndReason reason = EndReason::settled;
  std::string detail;
  bool started = false;      // the cluster was Ready once and the workload ran
  sim::Time zero{};          // the clock's zero; of a failed deployment the end
  sim::Time first_change{};  // the first step that changed something; zero when there is none
  sim::Time last_busy{};     // when the world came to rest
  sim::Time ended{};
};

class Session : public model::Director {
 public:
  Session(const Scenario& scenario, const SessionOptions& options);
  ~Session() override;

  // The whole run, to its end. REQUIRES: called once, and without begin().
  SessionEnd run();
  // The same in pieces, for who acts on a run while it goes (live_session.h). begin() deploys the
  // cluster and starts the workload at the clock's zero; false: it never became Ready, or a step
  // failed. advance() has everything up to and including `until` happen; false: a step failed, or
  // the user interrupts. How a run is cut in pieces changes nothing in it.
  bool begin();
  bool advance(sim::Time until);
  sim::Time zero() const { return zero_; }  // REQUIRES: begin() said true
  // What stopped it: a step that the world refuses. "" while nothing did.
  const std::string& bad_step() const { return bad_step_; }
  // Steps that could not be taken and were left out.
  const std::vector<size_t>& steps_left_out() const { return left_out_; }
  model::World& world() { return *world_; }
  const model::World& world() const { return *world_; }
  // What was recorded so far; it sees each record before listeners that are added.
  Recorder& recorder() { return recorder_; }
  const MoveLog& moves() const { return moves_; }
  void add_listener(model::TraceListener& listener) { world_->kernel.add_listener(listener); }
  // What is not as desired yet, a line each; empty at rest.
  std::vector<std::string> pending() const;
  // Of these, what the operator has to bring to rest: not the moves and steps of users.
  std::vector<std::string> unrest() const;
  // Steps that were not taken, and what each waits for.
  std::vector<std::string> steps_pending() const;
  // Last time at which the Kafka resource became Ready; kNever before.
  sim::Time last_ready() const { return last_ready_; }
  // The Kafka resource as it is now; null when the scenario has none.
  std::shared_ptr<const api::Kafka> kafka() const;

  void on_event(const sim::Event& event) override;

 private:
  enum class Local : uint8_t { step_due = 1 };
  // armed: a crash that strikes inside a call of the operator, which has not come yet.
  enum class StepState : uint8_t { waiting, delayed, armed, taken };
  class Watcher;

  void build();
  void deploy();
  void begin_workload();
  void create_topic(const TopicWorkload& topic, bool internal);
  TopicWorkload offsets_topic() const;
  bool drive(sim::Time until);
  void look();
  void look_at_steps();
  void schedule_timed_steps();
  void take(size_t step);
  void arm_crash(size_t step);
  bool call_made(const Step& step) const;
  bool armed_crash_struck(const Step& step) const;
  std::string act(const Step& step);
  std::string inject(size_t step);
  std::string heal(const Step& step);
  std::string create_while_it_runs(const TopicWorkload& topic);
  std::string undo(const Step& step);
  std::string remove(const Step& step);
  std::string switch_operator(const Step& step);
  std::string upgrade_operators(const std::string& profile);
  std::string set_fields(const Step& step);
  std::string annotate(const Step& step);
  std::string scale(const Step& step);
  bool holds(const Condition& condition) const;
  bool resource_condition_holds(const Condition& condition) const;
  sim::Duration settle() const;
  bool all_steps_taken() const;
  bool ready(const api::Kafka& kafka) const;
  bool at_rest() const;
  // Partitions that lack a replica, but for those that lack only what nobody is to run.
  int64_t under_replicated() const;
  std::vector<std::string> missing_pods() const;
  std::vector<std::string> rebalances_under_way() const;
  std::string bad_step_;
  std::vector<size_t> left_out_;

  const Scenario& scenario_;
  SessionOptions options_;
  std::unique_ptr<model::World> world_;
  Recorder recorder_;
  MoveLog moves_;
  std::unique_ptr<ReassignTool> reassign_tool_;
  std::unique_ptr<Watcher> watcher_;
  std::unique_ptr<model::TraceListener> stops_;  // when the run can be interrupted
  std::vector<StepState> states_;
  std::vector<model::FaultIndex> faults_of_step_;
  bool zero_set_ = false;
  sim::Time zero_{};
  sim::Time first_change_ = sim::kNever;
  sim::Time last_ready_ = sim::kNever;
  bool was_ready_ = false;
  std::vector<uint64_t> calls_at_zero_;  // of each operator
};

}  // namespace twin::scenario
