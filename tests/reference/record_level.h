// The data plane played record by record and request by request: slow, simple, and written to be
// obviously what Kafka does. A log is a list of records. A follower's fetcher sends one request at
// a time to each leader, for all partitions that it leads; the leader answers with at most 1 MiB of
// each partition and 10 MiB in all, begins with another partition each time, and waits while it has
// nothing. An answer takes half a round trip, or as many round trips as it has socket windows. The
// high watermark is the least log end that the leader knows of in the ISR, which it learns from the
// offsets in the requests (AbstractFetcherThread, ReplicaManager.readFromLog, Partition).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <utility>
#include <vector>

#include "tests/reference/control.h"

namespace twin::reference {

struct Speeds {
  sim::Duration round_trip{1'000'000};
  int64_t window_bytes = 16'384;
  sim::Duration writeback{30'000'000'000};
  int64_t record_bytes = 1'000;
  bool acks_all = true;  // what producers wait for
};

class RecordLevel : public DataSide {
 public:
  RecordLevel(Control& control, const Speeds& speeds);

  void run_until(sim::Time end) override;
  void stopped(int broker, bool power) override;
  void started(int broker) override;
  void row_changed(int partition, const Row& before) override;
  void set_rate(int partition, int64_t bytes_per_s) override;
  int64_t end(int partition, int broker) const override;
  int64_t high_watermark(int partition) const override;

 private:
  struct Record {
    uint64_t id = 0;
    sim::Time written{};  // at this replica
  };
  using Log = std::vector<Record>;
  // Replica.updateFetchStateOrThrow.
  struct Known {
    int64_t end = 0;         // records
    int64_t leader_end = 0;  // at its last fetch
    sim::Time fetched{};
    sim::Time caught_up{-1'000'000'000'000};  // long ago
  };
  struct Partition {
    std::map<int, Log> logs;       // by broker
    std::map<int, Known> known;    // what the leader knows of its followers
    int64_t high_watermark = 0;    // records, of the leader
    int64_t acknowledged_all = 0;  // records that acks=all producers were told are safe
    int64_t acknowledged_one = 0;
    sim::Duration record_every{};
    uint64_t producer = 0;  // counts changes of the rate
  };
  // A follower and the leader that it fetches from.
  struct Fetcher {
    uint64_t session = 0;            // an answer to an older session is dropped
    bool parked = false;             // the request waits at the leader
    std::vector<int> order;          // partitions, the one to serve first in front
    std::map<int, int64_t> offsets;  // of the request under way
  };
  struct Event {
    sim::Time at;
    uint64_t sequence = 0;
    std::function<void()> what;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };

  void after(sim::Duration time, std::function<void()> what);
  void produce(int partition, uint64_t producer);
  void restart_fetcher(int follower, int leader);
  void restart_fetchers_of(int broker);
  void send_request(int follower, int leader);
  void request_arrived(int follower, int leader);
  void serve(int follower, int leader);
  void answer_arrived(int follower, int leader,
                      const std::vector<std::pair<int, std::vector<uint64_t>>>& data);
  void move_high_watermark(int partition);
  void lead(int partition);
  void truncate_to_leader(int partition, int follower);

  Control& control_;
  Speeds speeds_;
  std::vector<Partition> partitions_;
  std::map<std::pair<int, int>, Fetcher> fetchers_;  // follower, leader
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
  sim::Time now_{};
  uint64_t sequence_ = 0;
  uint64_t next_record_ = 1;
};

}  // namespace twin::reference
