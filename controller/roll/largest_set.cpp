#include "controller/roll/largest_set.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::controller {

namespace {

class Search {
 public:
  explicit Search(const SetQuestion& question) : question_(question) {
    const size_t things = question.groups.size();
    limits_of_.resize(things);
    blocked_.resize(things);
    used_.resize(question.limits.size());
    for (size_t i = 0; i < question.limits.size(); ++i) {
      const SetLimit& limit = question.limits[i];
      for (const uint32_t member : limit.members) {
        TWIN_ASSERT_LT(member, things);
        limits_of_[member].push_back(static_cast<uint32_t>(i));
        if (limit.room <= 0) ++blocked_[member];
      }
    }
    const auto last = std::max_element(question.groups.begin(), question.groups.end());
    in_group_.resize(last == question.groups.end() ? 0 : static_cast<size_t>(*last) + 1);
    order();
  }

  SetAnswer run() {
    greedy();
    const bool ended = descend(0);
    std::sort(best_.begin(), best_.end());
    return {best_, ended || best_.size() >= question_.most || best_.size() == order_.size()};
  }

 private:
  // Those that may go at all, group by group, the largest group first.
  void order() {
    std::vector<int64_t> size(in_group_.size());
    for (uint32_t i = 0; i < blocked_.size(); ++i) {
      if (blocked_[i] > 0) continue;
      order_.push_back(i);
      ++size[group(i)];
    }
    std::stable_sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
      if (size[group(a)] != size[group(b)]) return size[group(a)] > size[group(b)];
      return group(a) < group(b);
    });
  }

  size_t group(uint32_t thing) const { return static_cast<size_t>(question_.groups[thing]); }

  void take(uint32_t thing) {
    chosen_.push_back(thing);
    groups_used_ += in_group_[group(thing)]++ == 0 ? 1 : 0;
    for (const uint32_t limit : limits_of_[thing]) {
      if (++used_[limit] != question_.limits[limit].room) continue;
      for (const uint32_t member : question_.limits[limit].members) ++blocked_[member];
      work_ += static_cast<int64_t>(question_.limits[limit].members.size());
    }
    work_ += static_cast<int64_t>(limits_of_[thing].size()) + 1;
  }

  void give_back() {
    const uint32_t thing = chosen_.back();
    chosen_.pop_back();
    groups_used_ -= --in_group_[group(thing)] == 0 ? 1 : 0;
    for (const uint32_t limit : limits_of_[thing]) {
      if (used_[limit]-- != question_.limits[limit].room) continue;
      for (const uint32_t member : question_.limits[limit].members) --blocked_[member];
    }
  }

  void keep_if_better() {
    const bool larger = chosen_.size() > best_.size();
    const bool closer = chosen_.size() == best_.size() && groups_used_ < best_groups_;
    if (!larger && !closer) return;
    best_ = chosen_;
    best_groups_ = groups_used_;
  }

  // One set for each of some first members: its own group first, then the others in order.
  void greedy() {
    constexpr size_t kStarts = 24;
    const size_t stride = std::max<size_t>(1, order_.size() / kStarts);
    for (size_t start = 0; start < order_.size(); start += stride) {
      if (work_ > question_.work_max / 2 || question_.most == 0) return;
      take(order_[start]);
      for (const bool own : {true, false}) {
        for (const uint32_t thing : order_) {
          const bool of_own = group(thing) == group(order_[start]);
          if (of_own != own || thing == order_[start]) continue;
          if (blocked_[thing] == 0 && chosen_.size() < question_.most) take(thing);
        }
      }
      keep_if_better();
      while (!chosen_.empty()) give_back();
    }
  }

  // Everything from order_[at] on is open. False: the work is used up, and the best is not proven.
  bool descend(size_t at) {
    keep_if_better();
    if (work_ > question_.work_max) return false;
    if (chosen_.size() >= question_.most) return true;
    size_t open = 0;
    for (size_t i = at; i < order_.size(); ++i) open += blocked_[order_[i]] == 0 ? 1 : 0;
    work_ += static_cast<int64_t>(order_.size() - at);
    for (size_t i = at; i < order_.size(); ++i) {
      if (blocked_[order_[i]] > 0) continue;
      const size_t reach = std::min(question_.most, chosen_.size() + open);
      if (reach < best_.size() || (reach == best_.size() && groups_used_ >= best_groups_)) break;
      take(order_[i]);
      const bool ended = descend(i + 1);
      give_back();
      if (!ended) return false;
      --open;
    }
    return true;
  }

  const SetQuestion& question_;
  std::vector<uint32_t> order_;
  std::vector<std::vector<uint32_t>> limits_of_;  // by thing
  std::vector<int32_t> used_;                     // by limit
  std::vector<int32_t> blocked_;                  // by thing: limits without room
  std::vector<int32_t> in_group_;
  std::vector<uint32_t> chosen_, best_;
  int32_t groups_used_ = 0, best_groups_ = 0;
  int64_t work_ = 0;
};

}  // namespace

SetAnswer largest_set(const SetQuestion& question) { return Search(question).run(); }

bool is_allowed(const SetQuestion& question, const std::vector<uint32_t>& set) {
  if (set.size() > question.most) return false;
  for (const SetLimit& limit : question.limits) {
    int32_t used = 0;
    for (const uint32_t thing : set) {
      used += std::binary_search(limit.members.begin(), limit.members.end(), thing) ? 1 : 0;
    }
    if (used > std::max(0, limit.room)) return false;
  }
  return true;
}

}  // namespace twin::controller
