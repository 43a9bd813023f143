// Keys that need work, each at most once, first come first served. A key added while it is being
// worked on waits until it is done. A key can be added for later, and one that fails comes back
// with growing delays.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sim/time.h"

namespace twin::controller {

struct BackoffOptions {
  sim::Duration first{1'000'000'000};
  int doublings_max = 5;
};

class WorkQueue {
 public:
  explicit WorkQueue(BackoffOptions backoff = {}) : backoff_(backoff) {}

  void add(const std::string& key);
  void add_at(const std::string& key, sim::Time at);
  // The next key that is due and not in work; it stays in work until `done`.
  std::optional<std::string> take(sim::Time now);
  void done(const std::string& key);
  // done, and again later: 1 s, 2 s, 4 s ... until `forget_failures`.
  void failed(const std::string& key, sim::Time now);
  void forget_failures(const std::string& key) { failures_.erase(key); }

  // When the earliest delayed key is due; kNever when none is.
  sim::Time next_due() const;
  bool empty() const { return ready_.empty() && later_.empty(); }

 private:
  BackoffOptions backoff_;
  std::deque<std::string> ready_;
  std::set<std::string> queued_;   // in ready_
  std::set<std::string> working_;
  std::set<std::string> again_;    // added while working
  std::map<std::string, sim::Time> later_;
  std::map<std::string, int> failures_;
};

}  // namespace twin::controller
