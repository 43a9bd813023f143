// The twin's own data plane under the reference's control plane.
#pragma once

#include <vector>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "model/trace/decode.h"
#include "tests/reference/control.h"
#include "tests/reference/record_level.h"

namespace twin::reference {

class TwinSide : public DataSide, public model::IsrControl, public model::TraceListener {
 public:
  TwinSide(Control& control, const Speeds& speeds);

  void run_until(sim::Time end) override;
  void stopped(int broker, bool power) override;
  void started(int broker) override;
  void row_changed(int partition, const Row& before) override;
  void set_rate(int partition, int64_t bytes_per_s) override;
  int64_t end(int partition, int broker) const override;
  int64_t high_watermark(int partition) const override;

  void propose_isr_join(model::PartitionIndex partition, int slot) override;
  void propose_isr_leave(model::PartitionIndex, int) override {}
  bool serving(api::NodeId broker) const override { return control_.live(broker.value); }
  bool eligible(api::NodeId broker) const override { return serving(broker); }
  void on_record(const sim::Record& record) override;

 private:
  static model::Hardware hardware_of(const Speeds& speeds);
  model::Partition row_of(int partition) const;
  void set_inflow(int partition);

  Control& control_;
  Speeds speeds_;
  model::Hardware hardware_;
  model::Kernel kernel_;
  model::Network network_;
  model::PartitionTable table_;
  model::Replication replication_;
  std::vector<int64_t> rates_;
};

}  // namespace twin::reference
