// What the two data planes under comparison share: a script of faults, and a control plane that is
// as simple as can be. It fences a broker 9 s after its process ended, elects the first live member
// of the ISR, lets a replica join 5 ms after it was asked for, and writes down what it did.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/time.h"

namespace twin::reference {

struct Row {
  std::vector<int> replicas;
  std::set<int> isr;
  int leader = -1;
  int epoch = 0;
};

// What a producer was told is safe, and a new leader did not have.
struct Loss {
  int partition = 0;
  int64_t bytes = 0;
};

// A data plane: that of the twin, or the one that plays every record.
class DataSide {
 public:
  virtual ~DataSide() = default;
  virtual void run_until(sim::Time end) = 0;
  virtual void stopped(int broker, bool power) = 0;
  virtual void started(int broker) = 0;
  virtual void row_changed(int partition, const Row& before) = 0;
  virtual void set_rate(int partition, int64_t bytes_per_s) = 0;
  virtual int64_t end(int partition, int broker) const = 0;
  virtual int64_t high_watermark(int partition) const = 0;
  std::vector<Loss> losses;
};

class Control {
 public:
  struct Event {
    sim::Time at;
    std::string what;  // "p0 led by 1", "p0 isr 0 1"
  };

  explicit Control(std::vector<Row> rows);
  void attach(DataSide& data) { data_ = &data; }

  // ---- the script ----
  void kill(sim::Time at, int broker, bool power = false);
  void start(sim::Time at, int broker);
  void elect_unclean(sim::Time at, int partition, int broker);
  void set_rate(sim::Time at, int partition, int64_t bytes_per_s);

  void run_until(sim::Time end);

  // ---- for the data side ----
  void ask_to_join(int partition, int broker);
  const Row& row(int partition) const { return rows_[static_cast<size_t>(partition)]; }
  int partitions() const { return static_cast<int>(rows_.size()); }
  bool live(int broker) const { return live_.contains(broker); }
  sim::Time now() const { return now_; }

  const std::vector<Event>& events() const { return events_; }

 private:
  void fence(int broker, int incarnation);
  void change(int partition, const Row& next);
  void schedule(sim::Time at, std::function<void()> what);

  std::vector<Row> rows_;
  std::set<int> live_;  // processes that run
  std::set<int> unfenced_;
  std::map<int, int> incarnation_;
  std::multimap<sim::Time, std::function<void()>> due_;  // equal times: as scheduled
  std::set<std::pair<int, int>> joining_;
  std::vector<Event> events_;
  DataSide* data_ = nullptr;
  sim::Time now_{};
};

}  // namespace twin::reference
