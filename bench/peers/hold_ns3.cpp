// The hold model on ns-3's simulator with its default scheduler (a map) and its heap: N events that
// each schedule their successor a random time later. Prints events per second of the processor's
// time after a warm-up.
// Usage: hold_ns3 PENDING EVENTS [ns3::MapScheduler|ns3::HeapScheduler]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include "bench/hold_model.h"

namespace {

twin::bench::Increments increments;
std::vector<uint64_t> visits;
uint64_t left = 0;

void handle(uint32_t entity) {
  ++visits[entity];
  ns3::Simulator::Schedule(ns3::NanoSeconds(increments.next().ns), &handle, entity);
  if (--left == 0) ns3::Simulator::Stop();
}

void run(uint64_t events) {
  left = events;
  ns3::Simulator::Run();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto pending = static_cast<uint32_t>(std::atoi(argv[1]));
  const auto events = static_cast<uint64_t>(std::atoll(argv[2]));
  ns3::ObjectFactory scheduler(argc > 3 ? argv[3] : "ns3::MapScheduler");
  ns3::Simulator::SetScheduler(scheduler);
  visits.resize(pending);
  for (uint32_t i = 0; i < pending; ++i) {
    ns3::Simulator::Schedule(ns3::NanoSeconds(increments.next().ns), &handle, i);
  }
  run(2 * uint64_t{pending});
  const std::clock_t begin = std::clock();
  run(events);
  const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("ns3 %u %.0f\n", pending, static_cast<double>(events) / took);
  return 0;
}
