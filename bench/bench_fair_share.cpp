// The max-min solver at three sizes, one change at a time as a simulation makes them, against
// solving everything from nothing each time.
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/count_mallocs.h"
#include "sim/draw.h"
#include "sim/fair_share.h"

namespace twin::bench {
namespace {

// Brokers with a NIC in and out and a disk each way; every flow goes from one broker's disk and NIC
// to another's, as replication does.
struct Cluster {
  sim::FairShare share;
  std::vector<sim::ResourceId> nic_in, nic_out, disk_read, disk_write;
  std::vector<sim::FlowId> flows;
  uint64_t drawn = 0;

  Cluster(int64_t brokers, int64_t flow_count) {
    for (int64_t i = 0; i < brokers; ++i) {
      nic_in.push_back(share.add_resource(1.25e9));
      nic_out.push_back(share.add_resource(1.25e9));
      disk_read.push_back(share.add_resource(2.5e8));
      disk_write.push_back(share.add_resource(2.5e8));
    }
    for (int64_t i = 0; i < flow_count; ++i) flows.push_back(add());
    share.solve();
  }

  uint64_t below(uint64_t bound) {
    return sim::below(bound, sim::draw(1, sim::purpose("bench_fair_share"), 0, drawn++));
  }

  sim::FlowId add() {
    const size_t from = below(nic_in.size());
    const size_t to = (from + 1 + below(nic_in.size() - 1)) % nic_in.size();
    const sim::ResourceId used[] = {disk_read[from], nic_out[from], nic_in[to], disk_write[to]};
    const double cap = static_cast<double>(1'000'000 + below(99'000'000));
    return share.add_flow(used, below(2) == 0 ? cap : sim::FairShare::kNoCap);
  }
};

// One flow ends and another begins, then a solve.
void change(benchmark::State& state) {
  Cluster cluster(state.range(0), state.range(1));
  const auto one = [&] {
    const size_t which = cluster.below(cluster.flows.size());
    cluster.share.remove_flow(cluster.flows[which]);
    cluster.flows[which] = cluster.add();
    benchmark::DoNotOptimize(cluster.share.solve().size());
  };
  // Until no list of flows outgrows its memory any more.
  for (int64_t i = 0; i < 200'000 / state.range(0); ++i) one();
  const uint64_t mallocs = malloc_count();
  for (auto _ : state) one();
  state.SetItemsProcessed(state.iterations());
  state.counters["mallocs"] = static_cast<double>(malloc_count() - mallocs);
  state.counters["solves"] = static_cast<double>(state.iterations());
}

void from_nothing(benchmark::State& state) {
  for (auto _ : state) {
    Cluster cluster(state.range(0), state.range(1));
    benchmark::DoNotOptimize(cluster.share.rate(cluster.flows.front()));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(change)
    ->Name("fair_share/change")
    ->Args({10, 100})
    ->Args({30, 1'000})
    ->Args({100, 10'000});
BENCHMARK(from_nothing)
    ->Name("fair_share/from_nothing")
    ->Args({10, 100})
    ->Args({30, 1'000})
    ->Args({100, 10'000});

}  // namespace
}  // namespace twin::bench

BENCHMARK_MAIN();
