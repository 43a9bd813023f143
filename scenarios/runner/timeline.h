// The run as a person follows it: one line per thing worth knowing, in fixed columns (simulated
// time, who, what and why). Changes of many partitions at one instant are one line. It is a
// listener on the trace, so the same lines come from a live run and from a file.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/kernel.h"
#include "model/trace/names.h"
#include "sim/time.h"

namespace twin::scenario {

struct TimelineLine {
  sim::Time at;
  std::string who;
  std::string what;
  enum class Tone : uint8_t { plain, decision, good, warning, bad, faint } tone = Tone::plain;
  // What the line is to the ones around it (timeline_fold.h): something that happened in the world,
  // the beginning and end of a reconcile, a node that the operator passes over, a note of it about
  // nothing that it does, or its other words.
  enum class Role : uint8_t { world, begins, ends, skip, note, said } role = Role::world;
  // The node that an operator's words are about; of a skip `what` is what follows its name, and of
  // a note this is its code.
  std::string subject;
  int64_t joined = 0;  // ISRs: a broker that comes back joins them within some seconds
};

class TimelineSink {
 public:
  virtual ~TimelineSink() = default;
  virtual void on_line(const TimelineLine& line) = 0;
};

class Timeline : public model::TraceListener {
 public:
  explicit Timeline(TimelineSink& sink) : sink_(sink) {}
  void on_record(const sim::Record& record) override;
  // Prints what is still being gathered; call at the end.
  void finish();
  const trace::Names& names() const { return names_; }

 private:
  // Partition-level changes of one instant, by the broker they are about and why.
  struct Burst {
    sim::Time at{};
    std::map<std::pair<int64_t, int64_t>, int64_t> left_isr;  // (broker, reason) -> partitions
    std::map<int64_t, int64_t> joined_isr;                    // broker -> partitions
    std::map<std::pair<int64_t, int64_t>, int64_t> elected;   // (leader, reason) -> partitions
    std::vector<int64_t> offline, under_min_isr, back_at_min_isr;
    int64_t resumed = 0;
    int64_t awaited = 0;  // of them, those whose high watermark waited for a replica
    int64_t stalled_longest_ns = 0;
    int64_t lost_bytes = 0;
    int64_t lost_partitions = 0;
    bool empty = true;
  };
  bool gather(const sim::Record& record);
  void flush();
  void flush_isr();
  void flush_availability();
  bool kubernetes(const sim::Record& record);
  bool machines(const sim::Record& record);
  void moved(std::map<int64_t, int64_t>& where, int64_t thing, int64_t machine,
             std::string_view verb);
  bool kafka(const sim::Record& record);
  bool registration(const sim::Record& record);
  bool quorum(const sim::Record& record);
  bool scenario(const sim::Record& record);
  void decision(const sim::Record& record);
  void say(std::string who, std::string what, TimelineLine::Tone tone = TimelineLine::Tone::plain,
           TimelineLine::Role role = TimelineLine::Role::world);
  std::string pod(int64_t string) const { return std::string(names_.string(string)); }
  std::string partitions(const std::vector<int64_t>& list) const;

  TimelineSink& sink_;
  trace::Names names_;
  Burst burst_;
  std::map<int64_t, std::string> faults_;  // fault -> what it was
  std::map<int64_t, int64_t> machine_of_pod_, machine_of_volume_;
  std::set<int64_t> awaiting_;  // partitions whose high watermark waits for a replica
  int64_t rejected_ = 0;        // records given up since producers last resumed
  bool zookeeper_ = false;      // brokers have sessions with an ensemble
  std::set<int64_t> refused_;   // nodes whose registration is refused again and again
  sim::Time now_{};
};

}  // namespace twin::scenario
