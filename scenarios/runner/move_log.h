// What became of reassignments, from the trace: how many partitions started and ended a move, how
// long that took, and which throttles stand when nobody needs them any more.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "model/kernel.h"
#include "model/trace/names.h"

namespace twin::scenario {

class MoveLog : public model::TraceListener {
 public:
  // `names` has seen each record already.
  explicit MoveLog(const trace::Names& names) : names_(names) {}
  void on_record(const sim::Record& record) override;

  int64_t started() const { return started_; }
  int64_t ended() const { return ended_; }
  bool moving() const { return !moving_.empty(); }
  // In which anything moved, up to the last end.
  sim::Duration took() const { return took_; }
  // Brokers and topics with a replication throttle.
  int64_t throttled() const { return static_cast<int64_t>(throttled_.size()); }

 private:
  const trace::Names& names_;
  std::set<int64_t> moving_;                         // partitions
  std::set<std::pair<int64_t, int64_t>> throttled_;  // node and topic; -1: not of one
  int64_t started_ = 0, ended_ = 0;
  sim::Time since_{};  // when the present spell of moves began
  sim::Duration took_{};
};

}  // namespace twin::scenario
