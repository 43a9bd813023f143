// From which moment of an upgrade on there is no way back to what ran before, and why: a
// metadata.version that changed the format of records (KRaft), or the first broker that speaks a
// newer inter.broker.protocol.version or writes a newer message format (ZooKeeper era). Watches the
// run, since what decides is what processes did, not what was asked for.
#pragma once

#include <optional>
#include <string>

#include "model/kernel.h"
#include "model/world.h"

namespace twin::scenario {

class PointOfNoReturn : public model::TraceListener {
 public:
  explicit PointOfNoReturn(const model::World& world) : world_(world) {}
  void on_record(const sim::Record& record) override;
  // The workload has started: what runs now is what one would return to.
  void begin();
  // A sentence; "" when no version changed since `begin`.
  std::string text() const;
  // nullopt: it was not passed.
  std::optional<sim::Time> passed_at() const { return passed_at_; }

 private:
  void look(sim::Time at);
  void raised(sim::Time at, const char* key, std::string& known, const std::string& now);

  const model::World& world_;
  bool begun_ = false;
  bool changed_ = false;
  std::string binary_, protocol_, format_;
  int16_t level_ = 0;
  std::string passed_;
  std::optional<sim::Time> passed_at_;
};

}  // namespace twin::scenario
