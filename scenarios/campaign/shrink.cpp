#include "scenarios/campaign/shrink.h"

#include <algorithm>
#include <utility>

#include "scenarios/campaign/names.h"

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

void drop_acts(const Case& c, Candidates& out) {
  for (size_t i = 0; i < c.acts.size(); ++i) {
    out.offer(
        [&](Case& next) { next.acts.erase(next.acts.begin() + static_cast<std::ptrdiff_t>(i)); });
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

// What each node is called, before and after.
using Renames = std::vector<std::pair<std::string, std::string>>;

void rename(const Renames& renames, Case& next) {
  for (CaseFault& each : next.faults) {
    for (std::string* name : {&each.fault.target, &each.fault.other}) {
      const auto found = std::ranges::find(renames, *name, &Renames::value_type::first);
      if (found != renames.end()) *name = found->second;
    }
  }
}

// With fewer brokers a controller has another number: what a fault names stays the same one.
void rename_quorum(const Case& before, Case& next) {
  Renames renames;
  for (int32_t i = 0; i < before.controllers; ++i) {
    renames.emplace_back(quorum_pod(before, i), quorum_pod(next, i));
    renames.emplace_back(quorum_end_of(before, i), quorum_end_of(next, i));
  }
  rename(renames, next);
}

// What hit a broker that is no more hits the last one.
void rename_brokers(const Case& before, Case& next) {
  Renames renames;
  const std::string last = broker_pod(next, next.brokers - 1);
  for (int32_t i = next.brokers; i < before.brokers; ++i) {
    renames.emplace_back(broker_pod(before, i), last);
    renames.emplace_back(claim_of(broker_pod(before, i)), claim_of(last));
    renames.emplace_back("broker:" + std::to_string(i),
                         "broker:" + std::to_string(next.brokers - 1));
  }
  rename(renames, next);
}

// Fewer nodes are rolled in less time: what hit the roll after a part of it hits it after the same
// part.
void come_sooner(const Case& before, Case& next) {
  const auto moved = [&](int64_t at) {
    return kChangeAtS + (at - kChangeAtS) * (next.brokers + next.controllers) /
                            (before.brokers + before.controllers);
  };
  for (CaseFault& each : next.faults) {
    if (each.at_s > kChangeAtS) each.at_s = moved(each.at_s);
  }
  for (CaseAct& each : next.acts) {
    if (each.at_s > kChangeAtS) each.at_s = moved(each.at_s);
  }
}

// `keep_slack`: as many more replicas than the minimum as before.
void take_replicas(const Case& before, Case& next, int32_t replicas, bool keep_slack) {
  const int32_t fewer = keep_slack ? before.replication_factor - replicas : 0;
  next.replication_factor = replicas;
  next.min_isr = std::clamp(before.min_isr - fewer, 1, replicas);
}

void shrink_cluster(const Case& c, Candidates& out) {
  for (const bool sooner : {false, true}) {
    if (sooner && c.faults.empty() && c.acts.empty()) break;
    out.towards<int32_t>(c.brokers, 1, [&c, sooner](Case& next, int32_t to) {
      next.brokers = to;
      if (next.combined) next.controllers = to;
      rename_quorum(c, next);
      if (sooner) rename_brokers(c, next);
      take_replicas(c, next, std::min(c.replication_factor, to), sooner);
      for (CaseAct& act : next.acts) act.number = std::min(act.number, to - 1);
      if (sooner) come_sooner(c, next);
    });
  }
  out.towards<int32_t>(c.partitions, 1, [](Case& next, int32_t to) { next.partitions = to; });
  for (const bool keep_slack : {true, false}) {
    out.towards<int32_t>(c.replication_factor, 1, [&c, keep_slack](Case& next, int32_t to) {
      take_replicas(c, next, to, keep_slack);
    });
  }
  out.towards<int32_t>(c.min_isr, 1, [](Case& next, int32_t to) { next.min_isr = to; });
}

void default_options(const Case& c, Candidates& out) {
  if (c.pinned) out.offer([](Case& next) { next.pinned = false; });
  if (c.acks != model::Acks::all) out.offer([](Case& next) { next.acks = model::Acks::all; });
  if (c.operators > 1) out.offer([](Case& next) { next.operators = 1; });
  if (c.consumers) out.offer([](Case& next) { next.consumers = false; });
  if (c.shuffled) out.offer([](Case& next) { next.shuffled = false; });
  if (c.zookeeper && c.faults.empty()) out.offer([](Case& next) { next.zookeeper = false; });
  if (c.combined && c.faults.empty()) {
    out.offer([](Case& next) {
      next.combined = false;
      next.controllers = 3;
    });
  }
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
  drop_acts(c, out);
  shorten_faults(c, out);
  round_times(c, out);
  shrink_cluster(c, out);
  default_options(c, out);
  return out.take();
}

Outcome play_case(const Case& c) { return play(scenario_of(c)); }

Shrunk<Case> shrink(const Case& failing, const std::string& property, const ShrinkLimits& limits) {
  return shrink_greedily(failing, property, limits, simpler,
                         [](const Case& c) { return try_to_play(scenario_of(c)); });
}

}  // namespace twin::campaign
