#include "scenarios/campaign/shrink.h"

#include <algorithm>
#include <utility>

namespace twin::campaign {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

class Candidates {
 public:
  explicit Candidates(const Case& from) : from_(from) {}

  template <class Change>
  void offer(const Change& change) {
    Case next = from_;
    change(next);
    if (is_valid(next)) found_.push_back(std::move(next));
  }
  // The target first, then ever closer to the value: a binary search from below.
  template <class Number, class Set>
  void towards(Number value, Number target, const Set& set) {
    for (Number gap = value - target; gap > 0; gap /= 2) {
      offer([&](Case& next) { set(next, value - gap); });
    }
  }
  std::vector<Case> take() { return std::move(found_); }

 private:
  const Case& from_;
  std::vector<Case> found_;
};

void drop_faults(const Case& c, Candidates& out) {
  const size_t count = c.faults.size();
  if (count > 2) {  // a half at a time
    for (const bool second : {false, true}) {
      out.offer([&](Case& next) {
        const auto middle = next.faults.begin() + static_cast<std::ptrdiff_t>(count / 2);
        next.faults.erase(second ? middle : next.faults.begin(),
                          second ? next.faults.end() : middle);
      });
    }
  }
  for (size_t i = 0; i < count; ++i) {
    out.offer([&](Case& next) {
      next.faults.erase(next.faults.begin() + static_cast<std::ptrdiff_t>(i));
    });
  }
}

void shorten_faults(const Case& c, Candidates& out) {
  for (size_t i = 0; i < c.faults.size(); ++i) {
    const int64_t length = c.faults[i].fault.duration.ns / kSecond;
    if (length <= 1) continue;
    out.towards<int64_t>(length, 1, [i](Case& next, int64_t shorter) {
      next.faults[i].fault.duration = {shorter * kSecond};
    });
  }
}

// To the minute, then to ten seconds; in step with it what a kind takes as its amount.
void round_times(const Case& c, Candidates& out) {
  for (size_t i = 0; i < c.faults.size(); ++i) {
    for (const int64_t unit : {60, 10}) {
      const int64_t at = c.faults[i].at_s;
      if (at % unit == 0) break;
      out.offer([&](Case& next) { next.faults[i].at_s = at / unit * unit; });
      out.offer([&](Case& next) { next.faults[i].at_s = (at / unit + 1) * unit; });
    }
  }
}

void shrink_cluster(const Case& c, Candidates& out) {
  out.towards<int32_t>(c.brokers, 1, [](Case& next, int32_t to) {
    next.brokers = to;
    next.replication_factor = std::min(next.replication_factor, to);
    next.min_isr = std::min(next.min_isr, next.replication_factor);
  });
  out.towards<int32_t>(c.partitions, 1, [](Case& next, int32_t to) { next.partitions = to; });
  out.towards<int32_t>(c.replication_factor, 1, [](Case& next, int32_t to) {
    next.replication_factor = to;
    next.min_isr = std::min(next.min_isr, to);
  });
  out.towards<int32_t>(c.min_isr, 1, [](Case& next, int32_t to) { next.min_isr = to; });
}

void default_options(const Case& c, Candidates& out) {
  if (c.shuffled) out.offer([](Case& next) { next.shuffled = false; });
  if (c.zookeeper && c.faults.empty()) out.offer([](Case& next) { next.zookeeper = false; });
  if (c.controllers > 1) out.offer([](Case& next) { next.controllers = 1; });
  if (c.change != Case::Change::setting) {
    out.offer([](Case& next) { next.change = Case::Change::setting; });
  }
  out.towards<int64_t>(c.data_mib, 0, [](Case& next, int64_t to) { next.data_mib = to; });
  out.towards<int64_t>(c.records_per_s, 0, [](Case& next, int64_t to) { next.records_per_s = to; });
  if (c.seed != 1) out.offer([](Case& next) { next.seed = 1; });
}

}  // namespace

std::vector<Case> simpler(const Case& c) {
  Candidates out(c);
  drop_faults(c, out);
  shorten_faults(c, out);
  round_times(c, out);
  shrink_cluster(c, out);
  default_options(c, out);
  return out.take();
}

Outcome play_case(const Case& c) { return play(scenario_of(c)); }

Shrunk<Case> shrink(const Case& failing, const std::string& property, const ShrinkLimits& limits) {
  return shrink_greedily(failing, property, limits, simpler,
                         [](const Case& c) { return std::optional(play_case(c)); });
}

}  // namespace twin::campaign
