#include "tests/reference/record_level.h"

#include <algorithm>

namespace twin::reference {

namespace {

constexpr int64_t kPartitionFetchBytes = 1 << 20;   // replica.fetch.max.bytes
constexpr int64_t kResponseBytes = 10 * (1 << 20);  // replica.fetch.response.max.bytes
constexpr sim::Duration kSecond{1'000'000'000};
constexpr sim::Duration kReplicaLagTimeMax{30'000'000'000};

int64_t size(const std::vector<uint64_t>& ids) { return static_cast<int64_t>(ids.size()); }

}  // namespace

RecordLevel::RecordLevel(Control& control, const Speeds& speeds)
    : control_(control), speeds_(speeds) {
  partitions_.resize(static_cast<size_t>(control.partitions()));
  for (int partition = 0; partition < control.partitions(); ++partition) {
    for (const int broker : control.row(partition).replicas) {
      partitions_[static_cast<size_t>(partition)].logs[broker];
      if (control.row(partition).leader != broker) {
        restart_fetcher(broker, control.row(partition).leader);
      }
    }
  }
}

void RecordLevel::after(sim::Duration time, std::function<void()> what) {
  queue_.push({now_ + time, ++sequence_, std::move(what)});
}

void RecordLevel::run_until(sim::Time end) {
  while (!queue_.empty() && queue_.top().at <= end) {
    const Event event = queue_.top();
    queue_.pop();
    now_ = event.at;
    event.what();
  }
  now_ = end;
}

// ---- producers ----

void RecordLevel::set_rate(int partition, int64_t bytes_per_s) {
  Partition& each = partitions_[static_cast<size_t>(partition)];
  const uint64_t producer = ++each.producer;
  if (bytes_per_s == 0) return;
  each.record_every = kSecond * speeds_.record_bytes / bytes_per_s;
  after(each.record_every, [this, partition, producer] { produce(partition, producer); });
}

void RecordLevel::produce(int partition, uint64_t producer) {
  Partition& each = partitions_[static_cast<size_t>(partition)];
  if (each.producer != producer) return;
  after(each.record_every, [this, partition, producer] { produce(partition, producer); });
  const int leader = control_.row(partition).leader;
  if (leader < 0 || !control_.live(leader)) return;  // nobody takes it
  Log& log = each.logs[leader];
  log.push_back({next_record_++, now_});
  each.acknowledged_one = static_cast<int64_t>(log.size());
  move_high_watermark(partition);
  for (auto& [pair, fetcher] : fetchers_) {
    if (pair.second == leader && fetcher.parked) serve(pair.first, leader);
  }
}

// ---- fetchers ----

void RecordLevel::restart_fetcher(int follower, int leader) {
  Fetcher& fetcher = fetchers_[{follower, leader}];
  ++fetcher.session;
  fetcher.parked = false;
  fetcher.order.clear();
  for (int partition = 0; partition < control_.partitions(); ++partition) {
    const Row& row = control_.row(partition);
    if (row.leader != leader) continue;
    if (std::count(row.replicas.begin(), row.replicas.end(), follower) == 0) continue;
    fetcher.order.push_back(partition);
    if (control_.live(leader) && control_.live(follower)) truncate_to_leader(partition, follower);
  }
  send_request(follower, leader);
}

void RecordLevel::restart_fetchers_of(int broker) {
  for (int other = 0; other < 3; ++other) {
    if (other == broker) continue;
    restart_fetcher(broker, other);
    restart_fetcher(other, broker);
  }
}

void RecordLevel::send_request(int follower, int leader) {
  Fetcher& fetcher = fetchers_[{follower, leader}];
  if (!control_.live(follower) || !control_.live(leader) || fetcher.order.empty()) return;
  fetcher.offsets.clear();
  for (const int partition : fetcher.order) {
    fetcher.offsets[partition] =
        static_cast<int64_t>(partitions_[static_cast<size_t>(partition)].logs[follower].size());
  }
  after(speeds_.round_trip / 2, [this, follower, leader, session = fetcher.session] {
    if (fetchers_[{follower, leader}].session == session) request_arrived(follower, leader);
  });
}

void RecordLevel::request_arrived(int follower, int leader) {
  const Fetcher& fetcher = fetchers_[{follower, leader}];
  for (const auto& [partition, offset] : fetcher.offsets) {
    Partition& each = partitions_[static_cast<size_t>(partition)];
    Known& known = each.known[follower];
    const int64_t leader_end = static_cast<int64_t>(each.logs[leader].size());
    if (offset >= leader_end) {
      known.caught_up = now_;
    } else if (offset >= known.leader_end && known.fetched > known.caught_up) {
      known.caught_up = known.fetched;
    }
    known.end = offset;
    known.leader_end = leader_end;
    known.fetched = now_;
    move_high_watermark(partition);
    // Partition.maybeExpandIsr.
    if (control_.row(partition).isr.contains(follower)) continue;
    if (offset >= each.high_watermark) control_.ask_to_join(partition, follower);
  }
  serve(follower, leader);
}

void RecordLevel::serve(int follower, int leader) {
  Fetcher& fetcher = fetchers_[{follower, leader}];
  std::vector<std::pair<int, std::vector<uint64_t>>> data;
  int64_t bytes = 0;
  for (const int partition : fetcher.order) {
    const Log& log = partitions_[static_cast<size_t>(partition)].logs[leader];
    std::vector<uint64_t> ids;
    for (auto at = static_cast<size_t>(fetcher.offsets[partition]); at < log.size(); ++at) {
      const int64_t with = (size(ids) + 1) * speeds_.record_bytes;
      if (with > kPartitionFetchBytes || bytes + with > kResponseBytes) break;
      ids.push_back(log[at].id);
    }
    if (ids.empty()) continue;
    bytes += size(ids) * speeds_.record_bytes;
    data.emplace_back(partition, std::move(ids));
  }
  fetcher.parked = data.empty();
  if (fetcher.parked) return;
  std::rotate(fetcher.order.begin(), fetcher.order.begin() + 1, fetcher.order.end());
  // The sender has a window on the way per round trip; the request took the first half of one.
  const sim::Duration half = speeds_.round_trip / 2;
  const sim::Duration windows{speeds_.round_trip.ns * bytes / speeds_.window_bytes};
  const sim::Duration answer = std::max(half, windows - half);
  after(answer, [this, follower, leader, session = fetcher.session, data] {
    if (fetchers_[{follower, leader}].session == session) answer_arrived(follower, leader, data);
  });
}

void RecordLevel::answer_arrived(int follower, int leader,
                                 const std::vector<std::pair<int, std::vector<uint64_t>>>& data) {
  for (const auto& [partition, ids] : data) {
    Log& log = partitions_[static_cast<size_t>(partition)].logs[follower];
    for (const uint64_t id : ids) log.push_back({id, now_});
  }
  send_request(follower, leader);
}

void RecordLevel::move_high_watermark(int partition) {
  Partition& each = partitions_[static_cast<size_t>(partition)];
  const Row& row = control_.row(partition);
  if (row.leader < 0 || !control_.live(row.leader)) return;
  auto mark = static_cast<int64_t>(each.logs[row.leader].size());
  // Members of the ISR, and whoever could be one: else the mark would run away from a follower that
  // is about to join (Partition.maybeIncrementLeaderHW).
  for (const int replica : row.replicas) {
    if (replica == row.leader) continue;
    const Known& known = each.known[replica];
    const bool could_join = control_.live(replica) && now_ - known.caught_up <= kReplicaLagTimeMax;
    if (row.isr.contains(replica) || could_join) mark = std::min(mark, known.end);
  }
  each.high_watermark = std::max(each.high_watermark, mark);
  each.acknowledged_all = std::max(each.acknowledged_all, each.high_watermark);
}

// ---- leaders and processes ----

void RecordLevel::truncate_to_leader(int partition, int follower) {
  Partition& each = partitions_[static_cast<size_t>(partition)];
  const Log& leader = each.logs[control_.row(partition).leader];
  Log& log = each.logs[follower];
  size_t same = 0;
  while (same < log.size() && same < leader.size() && log[same].id == leader[same].id) ++same;
  log.resize(same);
}

// What the new leader lacks of what was acknowledged is lost.
void RecordLevel::lead(int partition) {
  Partition& each = partitions_[static_cast<size_t>(partition)];
  const auto has = static_cast<int64_t>(each.logs[control_.row(partition).leader].size());
  const int64_t promised = speeds_.acks_all
                               ? each.acknowledged_all
                               : std::max(each.acknowledged_all, each.acknowledged_one);
  if (promised > has) losses.push_back({partition, (promised - has) * speeds_.record_bytes});
  each.acknowledged_all = std::min(each.acknowledged_all, has);
  each.acknowledged_one = std::min(each.acknowledged_one, has);
  each.high_watermark = std::min(each.high_watermark, has);
  each.known.clear();
  for (const int member : control_.row(partition).isr) each.known[member].caught_up = now_;
}

void RecordLevel::row_changed(int partition, const Row& before) {
  const Row& row = control_.row(partition);
  if (row.epoch == before.epoch) return move_high_watermark(partition);
  if (row.leader >= 0) lead(partition);
  for (const int replica : row.replicas) {
    if (before.leader >= 0 && replica != before.leader) restart_fetcher(replica, before.leader);
    if (row.leader >= 0 && replica != row.leader) restart_fetcher(replica, row.leader);
  }
}

void RecordLevel::stopped(int broker, bool power) {
  for (Partition& each : partitions_) {
    if (!power || !each.logs.contains(broker)) continue;
    // Linux has written back what is older than that; the rest was in memory.
    Log& log = each.logs[broker];
    while (!log.empty() && log.back().written > now_ - speeds_.writeback) log.pop_back();
  }
  restart_fetchers_of(broker);
}

void RecordLevel::started(int broker) {
  for (int partition = 0; partition < control_.partitions(); ++partition) {
    if (control_.row(partition).leader == broker) lead(partition);
  }
  restart_fetchers_of(broker);
}

int64_t RecordLevel::end(int partition, int broker) const {
  const Partition& each = partitions_[static_cast<size_t>(partition)];
  return static_cast<int64_t>(each.logs.at(broker).size()) * speeds_.record_bytes;
}

int64_t RecordLevel::high_watermark(int partition) const {
  return partitions_[static_cast<size_t>(partition)].high_watermark * speeds_.record_bytes;
}

}  // namespace twin::reference
