// A whole trace, opened: what a viewer must know of all of it at once. The state of any moment is
// not here: a Replay (replay.h) makes it from the nearest keyframe.
//
// Opening reads every record once, so a damaged or newer file is refused here and not on the way.
// Keyframes are copies of the cursor, together no larger than the trace.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/trace/cursor.h"
#include "sim/expected.h"
#include "sim/trace.h"

namespace twin::viz {

// A node did one thing from `begin` until `end`.
struct Span {
  sim::Time begin, end;
  trace::NodeState state = trace::NodeState::no_pod;
};

// One row of the timeline.
struct Lane {
  enum class Kind : uint8_t { broker, controller, zookeeper, operator_ };
  Kind kind = Kind::broker;
  int64_t id = 0;  // Kafka node id, or index of the operator
  std::string name;
  std::vector<Span> spans;  // one after another, without gaps
  // Times in which the node was active controller or leader of its quorum.
  std::vector<Span> leading;
};

// A call of an operator that a decision rests on.
struct Call {
  std::string what;  // "list Pod", "DescribeTopics at broker 2"
  std::string outcome = "no reply";
  std::string name;   // of the object, or ""
  int64_t node = -1;  // the node asked, -1
  sim::Time asked{}, answered{}, as_of{};
  bool replied = false;
};

struct Decision {
  sim::Time at{};
  int64_t kind = 0;  // decision_kind
  int64_t node = -1;
  std::string subject, code, reason;
  std::vector<int64_t> cites;  // keys of Recording::calls
};

// What the timeline marks, besides decisions.
struct Marker {
  enum class Kind : uint8_t { fault, healed, step, violation, unlucky, machine, loss };
  Kind kind = Kind::step;
  sim::Time at{};
  int64_t node = -1;  // Kafka node, -1 when it is about none
  std::string text;
};

// One fetcher connection that caught up, or still does at the end.
struct Flow {
  int64_t source = 0, destination = 0;
  sim::Time begin{}, end{};
  int64_t bytes = 0;  // what it carried
  int64_t partitions = 0;
  bool finished = false;
};

struct Sample {
  sim::Time at;
  int64_t value = 0;
};
// A value that holds from each sample to the next.
using Series = std::vector<Sample>;
// The value at a time; 0 before the first sample.
int64_t value_at(const Series& series, sim::Time at);
int64_t max_between(const Series& series, sim::Time begin, sim::Time end);

// Values of the whole cluster over time.
struct ClusterSeries {
  Series under_replicated, at_min_isr, under_min_isr, offline;  // partitions
  Series stalled;                                               // partitions whose producers wait
  Series catch_up;      // bytes per second, each connection at its mean
  Series produced;      // bytes per second from producers, at their leaders
  Series replicated;    // bytes per second to followers that keep up
  Series throttled;     // bytes per second of throttled fetches, in steps of a second
  Series brokers_down;  // brokers that do not serve
  Series leader_moves;  // elections per second, in steps of a second
  Series isr_changes;   // replicas that left or joined an ISR per second
  Series consumer_lag;  // records, the worst partition, at the peaks that were recorded
};

struct Keyframe {
  sim::TraceReader::Position position;
  trace::Cursor cursor;
};

class Recording {
 public:
  // `name` is what errors call it. A trace that is truncated, corrupt or of a newer format is an
  // error that says so and what to do.
  static sim::Expected<Recording> open(std::vector<std::byte> bytes, const std::string& name);

  const std::vector<std::byte>& bytes() const { return bytes_; }
  const std::vector<Keyframe>& keyframes() const { return keyframes_; }

  std::string name;      // of the file
  std::string scenario;  // its title
  std::string ended;     // why the run ended
  std::vector<std::string> operators;
  uint64_t seed = 0;
  uint64_t records = 0;
  uint64_t fingerprint = 0;
  sim::Time ready{};  // when all brokers served for the first time; 0 when they never did
  sim::Time last{};
  std::vector<Lane> lanes;
  std::vector<Decision> decisions;
  std::map<int64_t, Call> calls;  // those that a decision cites
  std::vector<Marker> markers;    // in the order of time
  std::vector<Flow> flows;        // by begin
  ClusterSeries series;
  trace::Names names;

 private:
  std::vector<std::byte> bytes_;
  std::vector<Keyframe> keyframes_;
};

}  // namespace twin::viz
