// The data plane: logs, fetchers and what they carry.
//
// A broker that comes back fetches what it lacks over one connection per source and fetcher
// (num.replica.fetchers, by the hash of topic and partition). A connection is a flow: its rate is
// the max-min share of the disks and network cards on its way, at most a socket window per round
// trip. Inside it the lagging partitions are served round robin, at most 1 MiB each and 10 MiB a
// response, so they share the rate evenly; partitions that keep up ride along with what their
// producers send. When a replica has reached the leader's log end it asks to join the ISR. A
// replica that keeps up costs no event. Under a throttle a connection is played response by
// response (throttled.cpp).
//
// A broker whose disks take less than its partitions get does not keep up: its followers fall
// behind as if they had just come back.
//
// Laws: AbstractFetcherThread, ReplicaManager.readFromLog (round robin by the session's order),
// Partition.maybeExpandIsr (log end at the high watermark), Partition.maybeShrinkIsr (see
// reachability.cpp), LogManager and LogLoader (what loading costs), KIP-101 truncation.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/hardware.h"
#include "model/kafka/data/latencies.h"
#include "model/kafka/data/logs.h"
#include "model/kafka/data/quota.h"
#include "model/kafka/data/volumes.h"
#include "model/kafka/seams.h"
#include "model/kernel.h"
#include "model/network.h"
#include "sim/fair_share.h"

namespace twin::model {

class Replication : public DataPlane {
 public:
  // REQUIRES: all outlive this; `table` is the control plane's.
  Replication(Kernel& kernel, Network& network, const Hardware& hardware,
              const PartitionTable& table, IsrControl& isr);

  // Told when the high watermark of partitions may stop or move again for a reason that the
  // partition table does not show: a member of the ISR that does not fetch.
  void observe(PartitionObserver& observer) { observers_.push_back(&observer); }
  void handle(const sim::Event& event);  // Part::replication

  // ---- clients ----
  // Bytes per second that producers append from now on.
  void set_inflow(PartitionIndex partition, int64_t bytes_per_s, bool acks_all);
  // What producers held back arrives at once; followers that keep up have it a round trip later.
  void append(PartitionIndex partition, int64_t bytes);
  // How many consumers read each byte of the partition's tail; they share the leader's card.
  void set_readers(PartitionIndex partition, int32_t readers);
  // Does every member of the ISR fetch, and is nobody awaited that lacks what is below the high
  // watermark? If not it stands still.
  bool watermark_moves(PartitionIndex partition) const;
  bool isr_fetches(PartitionIndex partition) const;
  // From a new leader in the metadata until an acks=all record that it takes can be acknowledged:
  // brokers learn of it (metadata_propagation), and its followers ask for the partition with the
  // fetch after the one that is under way, which waits for traffic of the leader's other partitions
  // or replica.fetch.wait.max.ms 500.
  sim::Duration handover(PartitionIndex partition) const;
  // Reading the leader's log of the partition from the start, as a group coordinator does.
  sim::Duration read_through(PartitionIndex partition) const;
  // Bytes per second that producers append.
  int64_t inflow(PartitionIndex partition) const {
    return logs_.partition(partition).inflow.rate_per_s;
  }
  int64_t log_end(PartitionIndex partition) const;  // of the leader, bytes; 0 without one
  int64_t high_watermark(PartitionIndex partition) const;

  // What partitions in step wait for on fetchers that others catch up on (waits.cpp).
  struct Waits {
    data::Latencies acked;  // bytes of acks=all, from the producer's request to its answer
    sim::Duration read{};   // the longest until consumers of a partition could see a record
    PartitionIndex read_on = 0;
  };
  // Counted only while they are wanted; `clear` forgets them.
  void count_waits(bool wanted);
  void clear_waits() { waits_ = {}; }
  const Waits& waits() const { return waits_; }
  // There and back between two zones: what a client's request takes, and a fetch.
  sim::Duration trip() const { return round_trip(); }

  // ---- the start of a run ----
  void set_initial_size(PartitionIndex partition, int64_t bytes);

  // ---- faults ----
  // Reads and writes of the broker's disks at a percentage of their speed.
  void set_disk_speed(api::NodeId broker, int64_t percent);
  // What the broker's replicas that are not in sync may fetch together; 0: no limit.
  void set_follower_limit(api::NodeId broker, int64_t bytes_per_s);
  // What a broker's network card still carries, and what each round trip to it takes longer.
  void set_network_speed(api::NodeId broker, int64_t percent);
  void set_network_delay(api::NodeId broker, sim::Duration delay);
  void lose_volume(const std::string& volume) { volumes_.lose(volume); }
  // failures.cpp: reads and writes of the volume fail from now on, until it is mended; or it takes
  // no more, which its broker finds at the next write.
  void fail_volume(const std::string& volume);
  void fill_volume(const std::string& volume);
  void mend_volume(const std::string& volume);
  // The broker that mounted the volume last; invalid when none did.
  api::NodeId broker_of(const std::string& volume) const;
  // After Network::cut or heal.
  void reachability_changed() override;

  // ---- state ----
  bool catching_up() const;
  // Bytes that the broker still has to fetch.
  int64_t bytes_behind(api::NodeId broker) const;
  int64_t replica_end(PartitionIndex partition, int slot) const;
  // How often rates were shared anew.
  uint64_t solves() const { return share_.solves(); }

  // ---- DataPlane ----
  LogLoad log_load(api::NodeId broker) override;
  void replicas_online(api::NodeId broker) override;
  void replicas_offline(api::NodeId broker, StopHow how) override;
  void partition_changing(PartitionIndex partition, const Partition& next) override;
  void partition_changed(PartitionIndex partition, const Partition& before) override;
  void partitions_added(PartitionIndex first, uint32_t count) override;
  void placed(api::NodeId broker, const std::string& kube_node, const std::string& zone) override;
  void configured(api::NodeId broker, const BrokerSettings& settings) override;
  void unfenced(api::NodeId broker) override;
  void throttles_changed(TopicIndex topic) override;
  bool volumes_mounted(api::NodeId broker, const std::vector<std::string>& volumes) override;
  bool in_step(PartitionIndex partition, int slot) const override {
    return logs_.replica(partition, slot).following == data::Following::in_step;
  }
  bool at_watermark(PartitionIndex partition, int slot) const override;
  void join_proposed(PartitionIndex partition, int slot) override;
  bool directory_offline(PartitionIndex partition, api::NodeId broker) const override;
  Directories directories(api::NodeId broker) const override;
  size_t directory(PartitionIndex partition, int slot) const override {
    return logs_.replica(partition, slot).volume;
  }
  int64_t log_end_offset_bytes(PartitionIndex partition, int slot) const override;
  Felt felt(api::NodeId broker) override;

 private:
  enum class Local : uint8_t { solve = 1, finish, lag_check, fetch, checkpoint, forget };

  struct Broker {
    bool online = false;
    bool clean = true;        // stopped cleanly, or never ran
    bool overloaded = false;  // its disks or its card take less than its followers get
    int64_t disk_percent = 100;
    int64_t network_percent = 100;
    sim::Duration network_delay{};
    int64_t follower_limit = 0;  // bytes per second, 0: none
    BrokerSettings settings;
    sim::Time online_since{};
    bool lag_check_due = false;
    std::string kube_node, zone;
    // Steady load, bytes per second: what keeping up and clients take of card and disk.
    int64_t steady_in = 0, steady_out = 0, steady_write = 0;
    int64_t produced = 0;  // of steady_in, what its own partitions get from producers
    // As the trace was told.
    int64_t told_in = 0, told_out = 0, told_produced = 0;
    bool untold = false;
    bool has_resources = false;
    sim::ResourceId nic_in, nic_out, disk_read, disk_write;
    int64_t connections = 0;
    bool dirty = false;
    // What went out to followers, and came in, of partitions that are listed as throttled.
    data::Quota leader_quota, follower_quota;
    // To this broker as a follower, by its leader and fetcher: index + 1 in connections_, or 0.
    std::vector<std::vector<uint32_t>> connection_from;
  };
  // Steady traffic of a partition as it was charged to brokers.
  struct Charge {
    int8_t leader_slot = -1;
    SlotMask followers = 0;
    SlotMask listed_followers = 0;  // of them, those that count at their own quota
    bool listed_leader = false;     // counts at the leader's quota
    bool acks_all = false;
    int32_t readers = 0;
    int64_t rate = 0;
    bool operator==(const Charge&) const = default;
  };
  struct Portion {  // of a response
    PartitionIndex partition = 0;
    int64_t bytes = 0;  // of whole batches
    int64_t wire = 0;   // with what was cut off behind the last of them
    bool all = false;   // everything that the leader had when it was read
  };
  // A fetcher thread of a follower for one leader.
  struct Connection {
    api::NodeId source, destination;
    int32_t fetcher = 0;
    bool open = false;
    sim::FlowId flow;
    bool in_solver = false;
    int64_t rate = 0;  // bytes per second, of the whole connection
    sim::Time settled{};
    uint32_t generation = 0;
    std::vector<PartitionIndex> lagging;  // in the order of the fetch session
    int64_t carried = 0;                  // bytes since it opened
    // Response by response, while a listed partition is among the lagging (throttled.cpp).
    enum class Pace : uint8_t { flow, idle, waiting, fetching };
    Pace pace = Pace::flow;
    std::vector<Portion> response;
    sim::Time asked{};      // when the wait began
    sim::Duration every{};  // and after how long it looks again
    // Partitions in step that ride along, also while it is not open, and what they get.
    int64_t riders = 0;
    int64_t rider_bytes_per_s = 0;
    int64_t rider_acked_bytes_per_s = 0;  // of it with acks=all
    int64_t rider_read_bytes_per_s = 0;   // of it what somebody reads,
    PartitionIndex rider_read = 0;        // of them the one that came last
    sim::Time served{};                   // they had everything up to here
    int64_t skipped = 0;                  // responses since that had no room for them
  };

  // replication.cpp
  Broker& broker(api::NodeId id);
  sim::Duration round_trip() const { return network_.rtt_across_zones; }
  bool fetches(const Partition& row, int slot) const;
  void resize_fetchers(api::NodeId destination, const BrokerSettings& settings);
  void take_replicas(PartitionIndex partition, const api::NodeList& before);
  void follow(PartitionIndex partition, int slot);
  void stop_following(PartitionIndex partition, int slot);
  void settle(PartitionIndex partition);
  void charge(PartitionIndex partition, const Charge& charge, int64_t sign);
  void ride(PartitionIndex partition, const Charge& charge, int slot, int64_t sign);
  void recharge(PartitionIndex partition);
  void notify(PartitionIndex partition);
  void caught_up(PartitionIndex partition, int slot);
  void fall_behind(PartitionIndex partition, int slot);

  // truncation.cpp
  void lead(PartitionIndex partition, int slot);
  void truncate(PartitionIndex partition, int slot, int64_t to);
  void lose(PartitionIndex partition, int slot, int64_t to, trace::LossReason why);

  // connections.cpp
  int32_t fetcher_of(PartitionIndex partition, api::NodeId destination) const;
  uint32_t connection_index(PartitionIndex partition, api::NodeId source, api::NodeId destination);
  const Connection* carrying(PartitionIndex partition, int slot) const;
  data::ReplicaLog& log_at(PartitionIndex partition, api::NodeId broker);
  int64_t gap_of(PartitionIndex partition, const Connection& connection) const;
  void enlist(PartitionIndex partition, int slot);
  void delist(PartitionIndex partition, int slot, api::NodeId source);
  void settle_connection(Connection& connection);
  int64_t share_of(const Connection& connection) const;
  void plan(uint32_t index);
  void finish_due(uint32_t index);
  void close(uint32_t index);
  void mark_dirty(api::NodeId id);
  void want_solve();
  void solve();
  double cap_of(const Connection& connection) const;
  void recap(api::NodeId destination);
  void give_resources(Broker& owner);
  void set_capacities(Broker& owner);
  void tell_traffic();

  // throttled.cpp
  bool listed_at_leader(PartitionIndex partition, api::NodeId leader) const;
  bool listed_at_follower(PartitionIndex partition, api::NodeId follower) const;
  bool carries_listed(const Connection& connection) const;
  void choose_pace(uint32_t index);
  void fetch(uint32_t index);
  void fetch_due(uint32_t index);
  void response_arrived(uint32_t index);
  void wait(uint32_t index, sim::Time reopens, sim::Duration every, bool turning);
  void look_again(uint32_t index);
  Portion read(PartitionIndex partition, const Connection& connection, int64_t room,
               bool first) const;

  // waits.cpp
  void wait_in_flow(Connection& connection, sim::Duration passed);
  void serve_in_step(Connection& connection, sim::Duration response);
  void pass_over_in_step(Connection& connection, sim::Duration response, bool room);
  void add_waits(const Connection& connection, sim::Duration least, sim::Duration most,
                 sim::Duration passed);

  // watermark.cpp
  void await(PartitionIndex partition, int slot);
  void forget_due(PartitionIndex partition);
  bool awaited_below(PartitionIndex partition, int slot) const {
    return logs_.replica(partition, slot).awaited == data::ReplicaLog::Awaited::below;
  }
  int64_t short_of_watermark(PartitionIndex partition, int slot) const;
  void reached_watermark(PartitionIndex partition, int slot);

  // reachability.cpp
  bool reachable(api::NodeId a, api::NodeId b) const;
  sim::Duration round_trip(api::NodeId a, api::NodeId b) const;
  void watch_lag(api::NodeId leader);
  void lag_check(api::NodeId leader);
  int64_t written_to(api::NodeId broker) const;
  void look_at_load(api::NodeId broker);

  // failures.cpp
  bool on_failed_disk(const Partition& row, int slot) const;
  void checkpoint(uint32_t full);

  Kernel& kernel_;
  Network& network_;
  const Hardware& hardware_;
  const PartitionTable& table_;
  IsrControl& isr_;
  std::vector<PartitionObserver*> observers_;
  data::Logs logs_;
  data::BrokerVolumes volumes_;
  std::vector<std::pair<std::string, bool>> full_;  // volumes, and whether they still are
  std::vector<Broker> brokers_;
  std::vector<int32_t> readers_;  // by partition
  std::vector<Charge> charges_;   // by partition
  std::vector<Connection> connections_;
  std::vector<int32_t> topic_hash_;  // by topic
  sim::FairShare share_;
  std::vector<uint32_t> flow_owner_;  // flow id -> connection
  std::vector<uint32_t> dirty_connections_;
  bool solve_wanted_ = false;
  Waits waits_;
  // The same by leader, of the last moments: what was since a time, and what was before that.
  struct Recent {
    Waits now, before;
    sim::Time since{}, before_since{};
  };
  Recent& recent(api::NodeId leader);
  std::map<api::NodeId, Recent> recent_;
  bool waits_wanted_ = false;
  sim::Time waits_since_{};
  std::set<std::pair<api::NodeId, api::NodeId>> cut_pairs_;  // leader, follower
};

}  // namespace twin::model
