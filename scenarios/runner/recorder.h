// Takes down, while a run goes on, what the report lists one by one: restarts with the decision
// that led to each, decisions, failed reconciles, when the resource became Ready. A listener on the
// trace, like the timeline: nothing is asked of the world.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/ports.h"
#include "model/kernel.h"
#include "model/trace/names.h"
#include "sim/time.h"

namespace twin::scenario {

// A pod that an operator deleted because it had decided to restart it. A pod deleted by a user, an
// eviction or a pod set that shrinks is not one.
struct RecordedRestart {
  sim::Time decided;
  sim::Time deleted;
  std::optional<sim::Time> ready;  // of the pod's next incarnation
  int64_t node = -1;
  int64_t pod_string = -1;
  std::string pod, code, reason;
  int64_t operator_index = 0;
  uint64_t reconcile = 0;                 // counts reconciles begun, over all operators
  std::vector<controller::CallId> cites;  // of the decision
  model::RecordId record = 0;             // of the decision
};

struct RecordedDecision {
  sim::Time at;
  controller::DecisionKind kind = controller::DecisionKind::note;
  int64_t node = -1;
  std::string subject, code, reason;
};

// What a reply said about itself.
struct RecordedReply {
  controller::Outcome outcome = controller::Outcome::unknown;
  sim::Time as_of;
};

// Sees each restart at the moment its pod is deleted.
class RestartObserver {
 public:
  virtual ~RestartObserver() = default;
  virtual void on_restart(const RecordedRestart& restart) = 0;
};

class Recorder : public model::TraceListener {
 public:
  void on_record(const sim::Record& record) override;
  void observe(RestartObserver& observer) { observer_ = &observer; }

  const std::vector<RecordedRestart>& restarts() const { return restarts_; }
  const std::vector<RecordedDecision>& decisions() const { return decisions_; }
  const trace::Names& names() const { return names_; }
  // Replies of the last minutes; nullptr for one that never came or is older.
  const RecordedReply* reply(controller::CallId call) const;
  std::vector<sim::Time> operator_starts() const { return operator_starts_; }
  uint64_t last_call() const { return last_call_; }

 private:
  void decision(const sim::Record& record);
  void pod(const sim::Record& record);
  void forget_old_replies(sim::Time now);

  trace::Names names_;
  RestartObserver* observer_ = nullptr;
  std::vector<RecordedRestart> restarts_;
  std::vector<RecordedDecision> decisions_;
  std::vector<sim::Time> operator_starts_;
  std::map<std::string, RecordedRestart> intended_;   // decided, not deleted yet, by pod name
  std::map<int64_t, size_t> waiting_ready_;           // pod string -> restart
  std::map<int64_t, int64_t> deleted_uid_;            // pod string -> uid that is going away
  std::map<controller::CallId, RecordedReply> replies_;
  uint64_t reconciles_ = 0;
  uint64_t last_call_ = 0;
};

}  // namespace twin::scenario
