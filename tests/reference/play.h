// One script of faults for either data plane: three brokers, two partitions with a replica on each,
// and what they come to.
#pragma once

#include <algorithm>
#include <vector>

#include "tests/reference/twin_side.h"

namespace twin::reference {

constexpr int64_t kRate = 1'000'000;  // of each partition, bytes per second
constexpr sim::Time kZero{};

struct Fault {
  sim::Duration at, away;
  int broker = 0;
  bool power = false;
};

// The sequence of each partition. Between two partitions there is none to compare: replicas that
// join within a grain of each other do so in the order of their requests, which a flow has not.
inline std::vector<Control::Event> by_partition(std::vector<Control::Event> events) {
  const auto partition = [](const Control::Event& event) {
    return event.what.substr(0, event.what.find(' '));
  };
  std::ranges::stable_sort(events, {}, partition);
  return events;
}

struct Result {
  std::vector<Control::Event> events;  // of one partition after the other
  std::vector<Loss> losses;
  std::vector<int64_t> ends, marks;
};

template <class Side>
Result play(const std::vector<Fault>& faults, const Speeds& speeds, sim::Duration length,
            sim::Duration unclean_at = {}) {
  Control control({{{0, 1, 2}, {0, 1, 2}, 0, 0}, {{1, 2, 0}, {0, 1, 2}, 1, 0}});
  Side side(control, speeds);
  control.attach(side);
  for (int partition : {0, 1}) control.set_rate(kZero, partition, kRate);
  for (const Fault& fault : faults) {
    control.kill(kZero + fault.at, fault.broker, fault.power);
    control.start(kZero + fault.at + fault.away, fault.broker);
  }
  if (unclean_at.ns > 0) control.elect_unclean(kZero + unclean_at, 0, 1);
  control.run_until(kZero + length);
  Result result{by_partition(control.events()), side.losses, {}, {}};
  for (int partition : {0, 1}) {
    result.marks.push_back(side.high_watermark(partition));
    for (int broker : {0, 1, 2}) result.ends.push_back(side.end(partition, broker));
  }
  return result;
}

}  // namespace twin::reference
