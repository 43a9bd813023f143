// What a session keeps of a run to know when conditions hold and when the world is at rest.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "model/trace/names.h"
#include "scenarios/runner/recorder.h"
#include "scenarios/runner/session.h"

namespace twin::scenario {

class Session::Watcher : public model::TraceListener {
 public:
  void on_record(const sim::Record& record) override;

  // The clock's zero: counts begin.
  void start_counting();
  int64_t restarts_begun() const { return begun_; }
  int64_t restarts_done() const { return done_; }
  // How often such a decision was made, about that node or, for -1, any.
  int64_t decisions(const std::string& code, int64_t node) const;
  // The last record that says that something moved.
  sim::Time last_move() const { return last_move_; }

 private:
  Recorder recorder_;
  size_t restarts_before_ = 0;
  int64_t begun_ = 0, done_ = 0;
  std::map<std::pair<std::string, int64_t>, int64_t> decisions_;
  sim::Time last_move_{};
};

}  // namespace twin::scenario
