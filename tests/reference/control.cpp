#include "tests/reference/control.h"

#include <algorithm>
#include <utility>

namespace twin::reference {

namespace {

using namespace sim::literals;
constexpr sim::Duration kSession = 9_s;
constexpr sim::Duration kCommit = 5_ms;
// A join may be asked for at any time; this is how often the control plane looks.
constexpr sim::Duration kLook = 1_ms;

}  // namespace

Control::Control(std::vector<Row> rows) : rows_(std::move(rows)) {
  for (const Row& each : rows_) live_.insert(each.replicas.begin(), each.replicas.end());
  unfenced_ = live_;
}

void Control::schedule(sim::Time at, std::function<void()> what) {
  due_.emplace(at, std::move(what));
}

void Control::kill(sim::Time at, int broker, bool power) {
  schedule(at, [this, broker, power] {
    live_.erase(broker);
    data_->stopped(broker, power);
    const int incarnation = incarnation_[broker];
    schedule(now_ + kSession, [this, broker, incarnation] { fence(broker, incarnation); });
  });
}

void Control::start(sim::Time at, int broker) {
  schedule(at, [this, broker] {
    ++incarnation_[broker];
    live_.insert(broker);
    unfenced_.insert(broker);
    data_->started(broker);
    for (int partition = 0; partition < partitions(); ++partition) {
      Row next = row(partition);
      if (next.leader >= 0 || !next.isr.contains(broker)) continue;
      next.leader = broker;
      ++next.epoch;
      change(partition, next);
    }
  });
}

void Control::fence(int broker, int incarnation) {
  if (incarnation_[broker] != incarnation) return;
  unfenced_.erase(broker);
  for (int partition = 0; partition < partitions(); ++partition) {
    Row next = row(partition);
    if (next.isr.size() > 1) next.isr.erase(broker);
    if (next.leader == broker) {
      next.leader = -1;
      for (const int candidate : next.replicas) {
        if (!next.isr.contains(candidate) || !unfenced_.contains(candidate)) continue;
        next.leader = candidate;
        break;
      }
      ++next.epoch;
    }
    change(partition, next);
  }
}

void Control::elect_unclean(sim::Time at, int partition, int broker) {
  schedule(at, [this, partition, broker] {
    Row next = row(partition);
    next.leader = broker;
    next.isr = {broker};
    ++next.epoch;
    change(partition, next);
  });
}

void Control::set_rate(sim::Time at, int partition, int64_t bytes_per_s) {
  schedule(at, [this, partition, bytes_per_s] { data_->set_rate(partition, bytes_per_s); });
}

void Control::ask_to_join(int partition, int broker) {
  if (!joining_.insert({partition, broker}).second) return;
  schedule(now_ + kCommit, [this, partition, broker] {
    joining_.erase({partition, broker});
    Row next = row(partition);
    if (!live_.contains(broker) || next.leader < 0 || next.isr.contains(broker)) return;
    next.isr.insert(broker);
    change(partition, next);
  });
}

void Control::change(int partition, const Row& next) {
  const Row before = std::exchange(rows_[static_cast<size_t>(partition)], next);
  const std::string name = "p" + std::to_string(partition);
  if (before.isr != next.isr) {
    std::string isr = name + " isr";
    for (const int member : next.isr) isr += " " + std::to_string(member);
    events_.push_back({now_, isr});
  }
  if (before.leader != next.leader) {
    events_.push_back({now_, name + " led by " + std::to_string(next.leader)});
  }
  if (before.isr != next.isr || before.epoch != next.epoch) {
    data_->row_changed(partition, before);
  }
}

void Control::run_until(sim::Time end) {
  while (now_ < end) {
    sim::Time next = std::min(end, now_ + kLook);
    if (!due_.empty()) next = std::min(next, std::max(now_, due_.begin()->first));
    data_->run_until(next);
    now_ = next;
    while (!due_.empty() && due_.begin()->first <= now_) {
      const std::function<void()> what = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      what();
    }
  }
}

}  // namespace twin::reference
