// A data plane and clients over a partition table that the test changes by hand: no control plane,
// so that every stall and every election is at the instant that the test says.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/clients/clients.h"
#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "model/trace/decode.h"

namespace twin::model {

using namespace sim::literals;

// What the test is told of the trace: the records of one type, decoded.
template <class R>
class Collected : public TraceListener {
 public:
  struct Entry {
    sim::Time at;
    R record;
  };
  explicit Collected(Kernel& kernel) { kernel.add_listener(*this); }
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != R::kType) return;
    entries.push_back({record.at, trace::decode<R>(record)});
  }
  std::vector<Entry> entries;
};

class HandMade : public IsrControl {
 public:
  explicit HandMade(int32_t brokers, Hardware speeds = {})
      : hardware(speeds),
        kernel({}, nullptr),
        replication(kernel, network, hardware, table, *this),
        clients(kernel, table, *this, replication) {
    network.rtt_across_zones = hardware.rtt_across_zones;
    replication.observe(clients);
    for (int32_t id = 0; id < brokers; ++id) {
      const api::NodeId node{id};
      serving_.insert(node);
      replication.placed(node, "node-" + std::to_string(id), "zone");
      replication.volumes_mounted(node, {"data-" + std::to_string(id)});
      replication.replicas_online(node);
    }
    table.on_node.resize(static_cast<size_t>(brokers));
  }

  // Replicas of partition i are the brokers i, i+1, ... ; the first leads and all are in the ISR.
  void topic(const std::string& name, uint32_t partitions, int replicas, int32_t min_isr) {
    Topic made;
    made.name = name;
    made.first = static_cast<PartitionIndex>(table.partitions.size());
    made.partitions = partitions;
    made.replication_factor = replicas;
    made.min_isr = min_isr;
    const auto brokers = static_cast<uint32_t>(table.on_node.size());
    for (uint32_t number = 0; number < partitions; ++number) {
      Partition row;
      row.topic = static_cast<TopicIndex>(table.topics.size());
      row.number = number;
      for (int slot = 0; slot < replicas; ++slot) {
        const uint32_t id = (number + static_cast<uint32_t>(slot)) % brokers;
        row.replicas.push(api::NodeId{static_cast<int32_t>(id)});
        row.isr = static_cast<SlotMask>(row.isr | (1U << slot));
        table.on_node[id].push_back({made.first + number, static_cast<uint8_t>(slot)});
      }
      row.leader_slot = 0;
      table.partitions.push_back(row);
    }
    table.topics.push_back(made);
    replication.partitions_added(made.first, partitions);
  }

  void run_until(sim::Time end) {
    kernel.engine.run_until(end, [this](const sim::Event& event) {
      if (part_of(event.type) == Part::clients) return clients.handle(event);
      if (part_of(event.type) == Part::replication) return replication.handle(event);
      FAIL() << "an event of nobody";
    });
  }
  void run_for(sim::Duration time) { run_until(kernel.now() + time); }

  // The process ends and says so to its peers (SIGKILL), or its machine loses power.
  void kill(int32_t id) { end(id, trace::ExitHow::killed, StopHow::killed); }
  void power_off(int32_t id) { end(id, trace::ExitHow::power_off, StopHow::power_off); }
  void start(int32_t id) {
    kernel.emit(trace::ProcessStarted{id, 1, 0});
    serving_.insert(api::NodeId{id});
    replication.replicas_online(api::NodeId{id});
    reachability_changed(id);
  }

  // SIGSTOP and SIGCONT: nobody is told.
  void hang(int32_t id, bool stopped) {
    if (stopped) {
      serving_.erase(api::NodeId{id});
      replication.replicas_offline(api::NodeId{id}, StopHow::killed);
    } else {
      serving_.insert(api::NodeId{id});
      replication.replicas_online(api::NodeId{id});
    }
    reachability_changed(id);
  }

  // Slot -1: no leader.
  void lead(PartitionIndex partition, int slot) {
    change(partition, [slot](Partition& row) {
      row.leader_slot = static_cast<int8_t>(slot);
      ++row.leader_epoch;
    });
  }
  void set_isr(PartitionIndex partition, std::vector<int> slots) {
    change(partition, [&slots](Partition& row) {
      row.isr = 0;
      for (const int slot : slots) row.isr = static_cast<SlotMask>(row.isr | (1U << slot));
    });
  }

  void propose_isr_join(PartitionIndex partition, int slot) override {
    joins.push_back({partition, static_cast<uint8_t>(slot)});
  }
  void propose_isr_leave(PartitionIndex, int) override {}
  bool serving(api::NodeId broker) const override { return serving_.contains(broker); }
  bool eligible(api::NodeId broker) const override { return serving(broker); }

  template <class Change>
  void change(PartitionIndex partition, Change&& how) {
    const Partition before = table.partitions[partition];
    Partition next = before;
    how(next);
    replication.partition_changing(partition, next);
    table.partitions[partition] = next;
    ++table.version;
    replication.partition_changed(partition, before);
    clients.availability_changed(partition);
  }

  Hardware hardware;
  Kernel kernel;
  Network network;
  PartitionTable table;
  Replication replication;
  Clients clients;
  std::vector<ReplicaRef> joins;

 private:
  void end(int32_t id, trace::ExitHow how, StopHow stop) {
    kernel.emit(trace::ProcessExited{id, static_cast<int64_t>(how), 137});
    serving_.erase(api::NodeId{id});
    replication.replicas_offline(api::NodeId{id}, stop);
    reachability_changed(id);
  }
  void reachability_changed(int32_t id) {
    for (const ReplicaRef ref : table.on_node[static_cast<size_t>(id)]) {
      if (table.partitions[ref.partition].leader_slot == ref.slot) {
        clients.availability_changed(ref.partition);
      }
    }
  }
  std::set<api::NodeId> serving_;
};

inline ProducerSpec producer(const std::string& topic, int64_t records_per_s) {
  ProducerSpec spec;
  spec.name = "p";
  spec.topic = topic;
  spec.records_per_s = records_per_s;
  return spec;
}

inline GroupSpec group(const std::string& topic, int64_t records_per_s_max = 0) {
  GroupSpec spec;
  spec.name = "g";
  spec.topics = {topic};
  spec.records_per_s_max = records_per_s_max;
  return spec;
}

}  // namespace twin::model
