// A property: one thing that must hold in every run, whatever the scenario, as a small object that
// watches the run go by. `twin` must hold all of them; other profiles are judged by the same rules,
// which is how their open bugs show. docs/model/properties.md states each with its limits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/world.h"
#include "scenarios/runner/recorder.h"

namespace twin::scenario {

// Where properties say what they found.
class Verdicts {
 public:
  virtual ~Verdicts() = default;
  // node, partition: -1 when it is not about one.
  virtual void violate(const std::string& property, int64_t node, int64_t partition,
                       std::string how) = 0;
  // Not a violation: the slack was there when the replies were made and gone when the pod was
  // deleted.
  virtual void unlucky(int64_t node, int64_t partitions, std::string how) = 0;
};

struct PropertyContext {
  model::World& world;
  Recorder& recorder;
  Verdicts& verdicts;
};

class Property {
 public:
  explicit Property(const PropertyContext& context)
      : world_(context.world), recorder_(context.recorder), verdicts_(context.verdicts) {}
  virtual ~Property() = default;
  virtual void on_record(const sim::Record&) {}
  // A pod is deleted because its operator decided to restart it.
  virtual void on_restart(const RecordedRestart&) {}
  // The run has ended; nothing moves any more.
  virtual void at_end() {}

 protected:
  model::World& world_;
  Recorder& recorder_;
  Verdicts& verdicts_;
};

using PropertyPtr = std::unique_ptr<Property>;

// ---- restarts.cpp: voluntary restarts, judged by the truth when what they rest on was read ----
PropertyPtr make_citations(const PropertyContext& context);
PropertyPtr make_min_isr(const PropertyContext& context);
PropertyPtr make_quorum(const PropertyContext& context);
PropertyPtr make_one_leader(const PropertyContext& context);
// ---- acknowledged.cpp ----
PropertyPtr make_acknowledged(const PropertyContext& context);
// ---- volumes.cpp ----
PropertyPtr make_one_node(const PropertyContext& context);
PropertyPtr make_same_volumes(const PropertyContext& context);
// ---- removals.cpp: claims and brokers that hold data ----
PropertyPtr make_claims(const PropertyContext& context);
PropertyPtr make_brokers(const PropertyContext& context);
// ---- settings.cpp ----
PropertyPtr make_versions(const PropertyContext& context);
PropertyPtr make_trust(const PropertyContext& context);
PropertyPtr make_throttles(const PropertyContext& context);

}  // namespace twin::scenario
