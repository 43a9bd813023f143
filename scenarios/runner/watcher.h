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
  // `recorder` has seen each record already.
  explicit Watcher(const Recorder& recorder) : recorder_(recorder) {}
  void on_record(const sim::Record& record) override;

  // The clock's zero: counts begin.
  void start_counting();
  int64_t restarts_begun() const { return begun_; }
  int64_t restarts_done() const { return done_; }
  // How often such a decision was made, about that node or, for -1, any.
  int64_t decisions(const std::string& code, int64_t node) const;
  // True once after the Kafka resource was written.
  bool take_kafka_written() { return std::exchange(kafka_written_, false); }
  // How often that operator died.
  int64_t kills(int64_t operator_index) const;
  sim::Time last_kill() const { return last_kill_; }
  // The last record that says that something moved.
  sim::Time last_move() const { return last_move_; }

 private:
  void count_restarts();
  const Recorder& recorder_;
  bool kafka_written_ = false;
  sim::Time last_kill_ = sim::kNever;
  std::map<int64_t, int64_t> kills_;
  size_t restarts_before_ = 0;
  int64_t begun_ = 0, done_ = 0;
  std::map<std::pair<std::string, int64_t>, int64_t> decisions_;
  sim::Time last_move_{};
};

}  // namespace twin::scenario
