#include "controller/rebalance/batches.h"

#include <algorithm>
#include <map>

#include "controller/api/units.h"
#include "controller/rebalance/changes.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

namespace {

constexpr size_t kRequestMax = 10'000;
// Moves in a row that found no place, after which a batch that has some is closed: those behind
// them are smaller or alike.
constexpr size_t kRefusedMax = 2'000;

enum class Order : uint8_t { repair, plain, postponed };

struct Move {
  PartitionIndex partition = 0;
  Order order = Order::plain;
  ReplicaList from, to;
  ReplicaList copies;      // over the network
  ReplicaList dir_copies;  // within a broker
  BrokerIndex leader = 0;
  int64_t bytes = 0;  // all copies
};

// What a batch holds so far, against its guards.
class BatchUnderway {
 public:
  BatchUnderway(const ClusterView& view, const Limits& limits, const DiskBytes& used,
                const std::vector<int64_t>& room, const std::vector<uint8_t>& careful)
      : view_(view),
        limits_(limits),
        room_(room),
        careful_(careful),
        disks_(used),
        listed_(view.brokers.size()) {}

  // False: something stands against it; `why`, when given, says what.
  bool add(const Move& move, std::string* why) {
    if (size_ == kRequestMax) return say(why, [] { return "one request takes 10,000 partitions"; });
    if (!disks_allow(move, why) || !fetchers_allow(move, why) || !network_allows(move, why)) {
      return false;
    }
    take(move);
    return true;
  }

  size_t size() const { return size_; }
  const DiskBytes& disks() const { return disks_; }

  // The rate that all brokers of the batch have left over; 0: none of their cards is known.
  int64_t rate() const { return rate_ == INT64_MAX ? 0 : rate_; }
  int64_t seconds_min() const {
    int64_t most = 0;
    for (const auto& [broker, bytes] : sent_) most = std::max(most, bytes);
    for (const auto& [broker, bytes] : received_) most = std::max(most, bytes);
    return rate() == 0 ? 0 : sim::mul_div_ceil(most, 1, rate());
  }

 private:
  template <class Text>
  static bool say(std::string* why, const Text& text) {
    if (why != nullptr) *why = text();
    return false;
  }

  bool disks_allow(const Move& move, std::string* why) const {
    const int64_t bytes = view_.partitions[move.partition].bytes;
    for (const ReplicaList* copies : {&move.copies, &move.dir_copies}) {
      for (int i = 0; i < copies->size; ++i) {
        const BrokerIndex b = (*copies)[i];
        const LogDir& dir = view_.brokers[b].log_dirs[copies->dir(i)];
        const int64_t would = disks_[b][copies->dir(i)] + bytes;
        if (would <= disk_bound(dir, limits_.peak_percent)) continue;
        return say(why, [&] {
          return name(b) + " would hold " + api::format_bytes({would}) + " in " + dir.path +
                 " while both copies exist, above " + std::to_string(limits_.peak_percent) +
                 " % of " + api::format_bytes({dir.capacity_bytes});
        });
      }
    }
    return true;
  }

  bool fetchers_allow(const Move& move, std::string* why) const {
    for (int i = 0; i < move.copies.size; ++i) {
      const BrokerIndex to = move.copies[i];
      const auto at = pairs_.find({move.leader, to});
      const int32_t now = at == pairs_.end() ? 0 : at->second;
      const bool slow = careful_[move.leader] != 0 || careful_[to] != 0;
      if (now < (slow ? 1 : limits_.moves_per_fetcher * limits_.fetchers)) continue;
      return say(why, [&] {
        return name(to) + " copies " + std::to_string(now) +
               (now == 1 ? " partition" : " partitions") + " from " + name(move.leader) +
               (slow ? ", and one of them serves a partition at min.insync.replicas"
                     : ", as many as its fetcher serves at a time");
      });
    }
    return true;
  }

  bool network_allows(const Move& move, std::string* why) const {
    if (move.copies.size == 0) return true;
    const int64_t inflow = view_.partitions[move.partition].inflow_bytes_per_s;
    int64_t rate = std::min(rate_, room_[move.leader]);
    int64_t listed = std::max(listed_max_, listed_[move.leader] + sent_inflow(move));
    for (int i = 0; i < move.copies.size; ++i) {
      rate = std::min(rate, room_[move.copies[i]]);
      listed = std::max(listed, listed_[move.copies[i]] + inflow);
    }
    if (rate > 0 && listed <= rate / 2) return true;
    return say(why, [&] {
      return "producers write " + api::format_rate({listed}) +
             " to what one broker would copy, and the cards leave " + api::format_rate({rate}) +
             " (twice as much is wanted)";
    });
  }

  int64_t sent_inflow(const Move& move) const {
    const int64_t followers = move.from.size - 1 + move.copies.size;
    return view_.partitions[move.partition].inflow_bytes_per_s * followers;
  }

  void take(const Move& move) {
    const PartitionView& row = view_.partitions[move.partition];
    add_copies(view_, move.partition, move.from, move.to, disks_);
    ++size_;
    if (move.copies.size == 0) return;
    rate_ = std::min(rate_, room_[move.leader]);
    listed_[move.leader] += sent_inflow(move);
    listed_max_ = std::max(listed_max_, listed_[move.leader]);
    sent_[move.leader] += row.bytes * move.copies.size;
    for (int i = 0; i < move.copies.size; ++i) {
      const BrokerIndex to = move.copies[i];
      rate_ = std::min(rate_, room_[to]);
      listed_[to] += row.inflow_bytes_per_s;
      listed_max_ = std::max(listed_max_, listed_[to]);
      received_[to] += row.bytes;
      ++pairs_[{move.leader, to}];
    }
  }

  std::string name(BrokerIndex b) const {
    return "broker " + std::to_string(view_.brokers[b].id.value);
  }

  const ClusterView& view_;
  const Limits& limits_;
  const std::vector<int64_t>& room_;
  const std::vector<uint8_t>& careful_;
  DiskBytes disks_;
  std::vector<int64_t> listed_;
  std::map<std::pair<BrokerIndex, BrokerIndex>, int32_t> pairs_;
  std::map<BrokerIndex, int64_t> sent_, received_;
  int64_t rate_ = INT64_MAX;
  int64_t listed_max_ = 0;
  size_t size_ = 0;
};

bool in_sync(const PartitionView& row, int slot) { return ((row.isr >> slot) & 1) != 0; }

// Why the move would never end; empty when it does.
std::string held_because(const ClusterView& view, const Move& move) {
  const PartitionView& row = view.partitions[move.partition];
  if (move.copies.size > 0 && row.leader_slot < 0) return "it has no leader to copy from";
  if (move.copies.size == 0 && move.dir_copies.size == 0) return {};
  for (int slot = 0; slot < move.from.size; ++slot) {
    const BrokerIndex b = move.from[slot];
    if (in_sync(row, slot) || !move.to.contains(b) || view.brokers[b].live) continue;
    return "it keeps a replica on broker " + std::to_string(view.brokers[b].id.value) +
           ", which is down: the reassignment would not end before it is back";
  }
  return {};
}

Move make_move(const ClusterView& view, PartitionIndex p, const ReplicaList& to) {
  const PartitionView& row = view.partitions[p];
  Move move;
  move.partition = p;
  move.from = row.replicas;
  move.to = to;
  move.copies = added(move.from, to);
  move.dir_copies = changed_dirs(move.from, to);
  move.leader = move.from[std::max<int>(0, row.leader_slot)];
  move.bytes = row.bytes * (move.copies.size + move.dir_copies.size);
  for (int slot = 0; slot < move.from.size; ++slot) {
    if (in_sync(row, slot)) continue;
    const bool replaced = !to.contains(move.from[slot]) && move.copies.size > 0;
    if (replaced) move.order = Order::repair;
    if (!replaced && move.order == Order::plain) move.order = Order::postponed;
  }
  return move;
}

// Brokers that hold in-sync replicas of a partition which one more loss brings below
// min.insync.replicas, unless `repaired` has it.
std::vector<uint8_t> careful_brokers(const ClusterView& view,
                                     const std::vector<uint8_t>& repaired) {
  std::vector<uint8_t> careful(view.brokers.size(), 0);
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const PartitionView& row = view.partitions[p];
    const int32_t min_isr = view.topics[row.topic].min_isr;
    const int32_t count = __builtin_popcount(row.isr);
    const bool at_min = row.replicas.size > min_isr && count <= min_isr && repaired[p] == 0;
    for (int slot = 0; slot < row.replicas.size && at_min; ++slot) {
      if (in_sync(row, slot)) careful[row.replicas[slot]] = 1;
    }
  }
  return careful;
}

std::string purpose_of(Order order) {
  switch (order) {
    case Order::repair:
      return "puts live replicas in the place of those that are not in sync";
    case Order::plain:
      return "partitions that are in sync, the largest first";
    case Order::postponed:
      return "waits for replicas that are still catching up";
  }
  return {};
}

class Scheduler {
 public:
  Scheduler(const ClusterView& view, const std::vector<ReplicaList>& target, const Limits& limits)
      : view_(view),
        limits_(limits),
        room_(nic_room(view, limits)),
        used_(disk_bytes(view, start_lists(view))),
        repaired_(view.partitions.size(), 0) {
    out_.peak = out_.peak_at_once = used_;
    for (const PartitionIndex p : changed(start_lists(view), target)) {
      add_copies(view, p, view.partitions[p].replicas, target[p], out_.peak_at_once);
      Move move = make_move(view, p, target[p]);
      if (std::string why = held_because(view, move); !why.empty()) {
        out_.held.push_back({p, std::move(why)});
      } else {
        moves_.push_back(move);
      }
    }
    // The large ones first: they take the longest, and what is small fits beside them.
    std::ranges::stable_sort(moves_, [](const Move& a, const Move& b) {
      return a.order != b.order ? a.order < b.order : a.bytes > b.bytes;
    });
  }

  Schedule run() {
    for (const Order order : {Order::repair, Order::plain, Order::postponed}) {
      std::vector<Move> left;
      for (const Move& move : moves_) {
        if (move.order == order) left.push_back(move);
      }
      careful_ = careful_brokers(view_, repaired_);
      while (!left.empty() && cut(order, left)) {
      }
    }
    std::ranges::sort(out_.held, {}, &HeldMove::partition);
    return std::move(out_);
  }

 private:
  // Cuts one batch off `left`. False: nothing of it can be started; it is held.
  bool cut(Order order, std::vector<Move>& left) {
    BatchUnderway underway(view_, limits_, used_, room_, careful_);
    std::vector<Move> taken, later;
    std::string first_refusal;
    size_t refused = 0;
    for (const Move& move : left) {
      const bool full = refused >= kRefusedMax && underway.size() > 0;
      if (!full && underway.add(move, first_refusal.empty() ? &first_refusal : nullptr)) {
        taken.push_back(move);
        refused = 0;
      } else {
        later.push_back(move);
        ++refused;
      }
    }
    if (taken.empty()) {
      for (const Move& move : left) {
        std::string why;
        underway.add(move, &why);
        out_.held.push_back({move.partition, std::move(why)});
      }
      return false;
    }
    close(order, underway, taken, first_refusal);
    left = std::move(later);
    return true;
  }

  void close(Order order, const BatchUnderway& underway, const std::vector<Move>& taken,
             const std::string& refusal) {
    Batch& batch = out_.batches.emplace_back();
    for (const Move& move : taken) {
      const int64_t bytes = view_.partitions[move.partition].bytes;
      batch.partitions.push_back(move.partition);
      batch.network_bytes += bytes * move.copies.size;
      batch.disk_bytes += bytes * move.dir_copies.size;
      add_copies(view_, move.partition, move.from, move.to, used_);
      if (order == Order::repair) repaired_[move.partition] = 1;
    }
    std::ranges::sort(batch.partitions);
    batch.rate_bytes_per_s = batch.network_bytes == 0 ? 0 : underway.rate();
    batch.seconds_min = underway.seconds_min();
    const bool order_only = batch.network_bytes + batch.disk_bytes == 0 &&
                            std::ranges::all_of(taken, [](const Move& move) {
                              return move.copies.size + move.dir_copies.size == 0;
                            });
    batch.reason = (order_only ? "changes the order of replicas only" : purpose_of(order)) + "; " +
                   (refusal.empty() ? "nothing is left" : "ends because " + refusal);
    for (size_t b = 0; b < used_.size(); ++b) {
      for (size_t d = 0; d < used_[b].size(); ++d) {
        out_.peak[b][d] = std::max(out_.peak[b][d], used_[b][d]);
      }
    }
    for (const Move& move : taken) {
      drop_copies(view_, move.partition, move.from, move.to, used_);
    }
  }

  const ClusterView& view_;
  const Limits& limits_;
  const std::vector<int64_t> room_;
  DiskBytes used_;
  std::vector<uint8_t> repaired_;
  std::vector<uint8_t> careful_;
  std::vector<Move> moves_;
  Schedule out_;
};

}  // namespace

Schedule make_schedule(const ClusterView& view, const std::vector<ReplicaList>& target,
                       const Limits& limits) {
  TWIN_ASSERT_EQ(view.partitions.size(), target.size());
  return Scheduler(view, target, limits).run();
}

}  // namespace twin::controller::rebalance
