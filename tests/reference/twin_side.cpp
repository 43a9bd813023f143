#include "tests/reference/twin_side.h"

#include <string>

namespace twin::reference {

model::Hardware TwinSide::hardware_of(const Speeds& speeds) {
  model::Hardware hardware;
  hardware.rtt_across_zones = speeds.round_trip;
  hardware.socket_window_bytes = speeds.window_bytes;
  hardware.writeback = speeds.writeback;
  return hardware;
}

TwinSide::TwinSide(Control& control, const Speeds& speeds)
    : control_(control),
      speeds_(speeds),
      hardware_(hardware_of(speeds)),
      kernel_({}, nullptr),
      replication_(kernel_, network_, hardware_, table_, *this) {
  network_.rtt_across_zones = speeds.round_trip;
  kernel_.add_listener(*this);
  table_.on_node.resize(3);
  for (int32_t id = 0; id < 3; ++id) {
    const std::string name = std::to_string(id);
    replication_.placed({id}, "node-" + name, "zone-" + name);
    replication_.volumes_mounted({id}, {"data-" + name});
    replication_.replicas_online({id});
  }
  model::Topic topic;
  topic.name = "t";
  topic.partitions = static_cast<uint32_t>(control.partitions());
  table_.topics.push_back(topic);
  for (int partition = 0; partition < control.partitions(); ++partition) {
    table_.partitions.push_back(row_of(partition));
    const model::Partition& row = table_.partitions.back();
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      table_.on_node[static_cast<size_t>(row.replicas[slot].value)].push_back(
          {static_cast<model::PartitionIndex>(partition), static_cast<uint8_t>(slot)});
    }
  }
  rates_.resize(table_.partitions.size());
  replication_.partitions_added(0, topic.partitions);
}

model::Partition TwinSide::row_of(int partition) const {
  const Row& row = control_.row(partition);
  model::Partition made;
  made.number = static_cast<uint32_t>(partition);
  for (const int broker : row.replicas) made.replicas.push(api::NodeId{broker});
  for (const int broker : row.isr) {
    made.isr = static_cast<model::SlotMask>(made.isr | (1U << made.slot_of({broker})));
  }
  made.leader_slot = row.leader < 0 ? int8_t{-1} : static_cast<int8_t>(made.slot_of({row.leader}));
  made.leader_epoch = row.epoch;
  return made;
}

void TwinSide::run_until(sim::Time end) {
  kernel_.engine.run_until(end, [this](const sim::Event& event) { replication_.handle(event); });
}

// Producers send to a leader that is there, and to nobody else.
void TwinSide::set_inflow(int partition) {
  const int leader = control_.row(partition).leader;
  const bool takes = leader >= 0 && control_.live(leader);
  replication_.set_inflow(static_cast<model::PartitionIndex>(partition),
                          takes ? rates_[static_cast<size_t>(partition)] : 0, speeds_.acks_all);
}

void TwinSide::set_rate(int partition, int64_t bytes_per_s) {
  rates_[static_cast<size_t>(partition)] = bytes_per_s;
  set_inflow(partition);
}

void TwinSide::stopped(int broker, bool power) {
  for (int partition = 0; partition < control_.partitions(); ++partition) {
    if (control_.row(partition).leader == broker) set_inflow(partition);
  }
  replication_.replicas_offline({broker},
                                power ? model::StopHow::power_off : model::StopHow::killed);
}

void TwinSide::started(int broker) {
  replication_.replicas_online({broker});
  for (int partition = 0; partition < control_.partitions(); ++partition) set_inflow(partition);
}

void TwinSide::row_changed(int partition, const Row&) {
  const auto index = static_cast<model::PartitionIndex>(partition);
  const model::Partition before = table_.partitions[index];
  const model::Partition next = row_of(partition);
  replication_.partition_changing(index, next);
  table_.partitions[index] = next;
  replication_.partition_changed(index, before);
  set_inflow(partition);
}

int64_t TwinSide::end(int partition, int broker) const {
  const auto index = static_cast<model::PartitionIndex>(partition);
  return replication_.replica_end(index, table_.partitions[index].slot_of({broker}));
}

int64_t TwinSide::high_watermark(int partition) const {
  return replication_.high_watermark(static_cast<model::PartitionIndex>(partition));
}

void TwinSide::propose_isr_join(model::PartitionIndex partition, int slot) {
  control_.ask_to_join(static_cast<int>(partition),
                       table_.partitions[partition].replicas[slot].value);
}

void TwinSide::on_record(const sim::Record& record) {
  if (trace::type_of(record) != trace::RecordType::AcknowledgedBytesLost) return;
  const auto lost = trace::decode<trace::AcknowledgedBytesLost>(record);
  losses.push_back({static_cast<int>(lost.partition), lost.bytes});
}

}  // namespace twin::reference
