#include "scenarios/runner/properties.h"

namespace twin::scenario {

const std::vector<std::string_view>& property_names() {
  static const std::vector<std::string_view> names = {
      "citations", "min-isr", "quorum", "one-leader", "acknowledged", "one-node", "same-volumes",
      "versions",  "trust",   "claims", "brokers",    "throttles",    "liveness"};
  return names;
}

Properties::Properties(model::World& world, Recorder& recorder)
    : world_(world), liveness_(PropertyContext{world, recorder, *this}) {
  const PropertyContext context{world, recorder, *this};
  for (const auto make : {make_citations, make_min_isr, make_quorum, make_one_leader,
                          make_acknowledged, make_one_node, make_same_volumes, make_versions,
                          make_trust, make_claims, make_brokers, make_throttles}) {
    properties_.push_back(make(context));
  }
  recorder.observe(*this);
}

void Properties::on_record(const sim::Record& record) {
  for (const PropertyPtr& property : properties_) property->on_record(record);
  liveness_.on_record(record);
}

void Properties::on_restart(const RecordedRestart& restart) {
  for (const PropertyPtr& property : properties_) property->on_restart(restart);
}

void Properties::finish(const Scenario& scenario, const SessionEnd& end,
                        const std::vector<std::string>& pending) {
  for (const PropertyPtr& property : properties_) property->at_end();
  liveness_.judge(scenario, end, pending);
}

void Properties::violate(const std::string& property, int64_t node, int64_t partition,
                         std::string how) {
  world_.kernel.emit(trace::PropertyViolated{world_.kernel.string(property), node, partition}, how);
  violations_.push_back({property, world_.kernel.now(), std::move(how)});
}

void Properties::unlucky(int64_t node, int64_t partitions, std::string how) {
  ++unlucky_;
  world_.kernel.emit(trace::UnluckyRestart{node, partitions}, how);
}

}  // namespace twin::scenario
