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
// eviction or a pod set that shrinks is not one: the deletion's cause is the call that asked for
// it.
struct RecordedRestart {
  sim::Time decided;
  sim::Time deleted;
  std::optional<sim::Time> ready;  // of the pod's next incarnation
  int64_t node = -1;               // of a ZooKeeper server its ordinal
  bool zookeeper = false;
  int64_t pod_string = -1;
  std::string pod, code, reason;
  int64_t operator_index = 0;
  uint64_t reconcile = 0;                 // counts reconciles begun, over all operators
  std::vector<controller::CallId> cites;  // of the decision
  model::RecordId record = 0;             // of the decision
  int64_t leader_moves_before = 0;        // elections of the run when the pod was deleted
};

struct RecordedDecision {
  sim::Time at;
  controller::DecisionKind kind = controller::DecisionKind::note;
  int64_t node = -1;
  std::string subject, code, reason;
  std::vector<controller::CallId> cites;
  model::RecordId record = 0;
};

// A call of an operator and what its reply said about itself.
struct RecordedCall {
  model::RecordId record = 0;
  int64_t operator_index = 0;
  bool kube = false;
  int64_t what = 0;  // controller::Verb, or the index in api::KafkaBody
  int64_t kind = 0;  // api::Kind, of Kubernetes calls
  int64_t name_string = -1;
  sim::Time asked;
  bool answered = false;
  controller::Outcome outcome = controller::Outcome::unknown;
  sim::Time as_of;

  // Does it ask for the Kafka request R?
  template <class R>
  bool asks() const {
    return !kube && what == static_cast<int64_t>(api::KafkaBody(R{}).index());
  }
  bool removes(api::Kind of) const {
    const auto verb = static_cast<controller::Verb>(what);
    return kube && kind == static_cast<int64_t>(of) &&
           (verb == controller::Verb::remove || verb == controller::Verb::evict);
  }
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
  // Calls of the last minutes; nullptr for one that was never made or is older than `kCallsKept`.
  const RecordedCall* call(controller::CallId call) const;
  // The operator's call that a record was caused by directly; nullptr when it was none.
  const RecordedCall* call_behind(const sim::Record& record) const;
  // Calls older than this are cited by nobody who means a restart.
  static constexpr sim::Duration kCallsKept{120'000'000'000};
  std::vector<sim::Time> operator_starts() const { return operator_starts_; }
  uint64_t last_call() const { return last_call_; }
  // Elections of new leaders, those of new topics left out.
  int64_t leader_moves() const { return leader_moves_; }

 private:
  // A decision that no deletion followed yet.
  struct Intention {
    RecordedRestart restart;
    model::RecordId orphaned = 0;  // the record of its operator's death; calls after it are others'
  };
  void decision(const sim::Record& record);
  void more_cites(const sim::Record& record);
  void call_made(const sim::Record& record);
  void deletion(const sim::Record& record, int64_t pod_string, int64_t uid);
  void ready(const sim::Record& record);
  void forget_old_calls(sim::Time now);

  trace::Names names_;
  RestartObserver* observer_ = nullptr;
  std::vector<RecordedRestart> restarts_;
  std::vector<RecordedDecision> decisions_;
  std::vector<sim::Time> operator_starts_;
  std::map<std::pair<int64_t, std::string>, Intention> intended_;  // by operator and pod name
  std::map<int64_t, size_t> waiting_ready_;                        // pod string -> restart
  std::map<int64_t, int64_t> deleted_uid_;  // pod string -> uid that is going away
  std::map<controller::CallId, RecordedCall> calls_;
  std::map<model::RecordId, controller::CallId> call_of_record_;
  uint64_t reconciles_ = 0;
  uint64_t last_call_ = 0;
  int64_t leader_moves_ = 0;
};

}  // namespace twin::scenario
