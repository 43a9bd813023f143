#include "model/world.h"

#include "model/events.h"
#include "sim/assert.h"

namespace twin::model {

World::World(const WorldOptions& options)
    : hardware(options.hardware),
      kernel(options.engine, options.trace_sink, options.trace_metadata),
      kube(kernel, hardware, options.kube),
      kafka(kernel, network, hardware),
      replication(kernel, network, hardware, kafka.table(), kafka),
      ledger(kernel, kafka.table()),
      clients(kernel, kafka.table(), kafka, replication),
      operators(kernel, network, hardware, kube, kafka),
      faults(*this) {
  network.rtt_in_zone = hardware.rtt_in_zone;
  network.rtt_across_zones = hardware.rtt_across_zones;
  kube.attach(kafka);
  kafka.attach(replication, kube);
  kafka.observe(clients);
  replication.observe(clients);
  kernel.add_listener(ledger);
}

void World::run_until(sim::Time end) {
  kernel.engine.run_until(end, [this](const sim::Event& event) { dispatch(event); });
}

void World::network_changed() {
  kafka.reachability_changed();
  replication.reachability_changed();
  kube.reachability_changed(network);
  operators.network_changed();
}

void World::dispatch(const sim::Event& event) {
  const Kernel::ScopedCause cause(kernel, event.cause);
  switch (part_of(event.type)) {
    case Part::kube: return kube.handle(event);
    case Part::kafka: return kafka.handle(event);
    case Part::replication: return replication.handle(event);
    case Part::clients: return clients.handle(event);
    case Part::faults: return faults.handle(event);
    case Part::operators: return operators.handle(event);
    case Part::director:
      TWIN_ASSERT(director_ != nullptr);
      return director_->on_event(event);
  }
  TWIN_ASSERT_MSG(false, "an event of no part of the world");
}

}  // namespace twin::model
