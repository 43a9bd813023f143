#include "controller/client/work_queue.h"

#include <algorithm>
#include <vector>

#include "sim/assert.h"

namespace twin::controller {

void WorkQueue::add(const std::string& key) {
  later_.erase(key);
  if (working_.contains(key)) {
    again_.insert(key);
  } else if (queued_.insert(key).second) {
    ready_.push_back(key);
  }
}

void WorkQueue::add_at(const std::string& key, sim::Time at) {
  if (queued_.contains(key)) return;
  const auto found = later_.find(key);
  if (found == later_.end() || at < found->second) later_[key] = at;
}

std::optional<std::string> WorkQueue::take(sim::Time now) {
  std::vector<std::pair<sim::Time, std::string>> due;
  for (const auto& [key, at] : later_)
    if (at <= now) due.emplace_back(at, key);
  std::sort(due.begin(), due.end());
  for (const auto& [at, key] : due) add(key);
  if (ready_.empty()) return std::nullopt;
  std::string key = std::move(ready_.front());
  ready_.pop_front();
  queued_.erase(key);
  working_.insert(key);
  return key;
}

void WorkQueue::done(const std::string& key) {
  TWIN_ASSERT(working_.contains(key));
  working_.erase(key);
  if (again_.erase(key) > 0) add(key);
}

void WorkQueue::failed(const std::string& key, sim::Time now) {
  const int failures = failures_[key]++;
  const int doublings = std::min(failures, backoff_.doublings_max);
  done(key);
  add_at(key, now + backoff_.first * (int64_t{1} << doublings));
}

sim::Time WorkQueue::next_due() const {
  sim::Time earliest = sim::kNever;
  for (const auto& [key, at] : later_) earliest = std::min(earliest, at);
  return earliest;
}

}  // namespace twin::controller
