// Plans for large clusters, drawn from a seed: partitions of 3 replicas anywhere, with twice as
// many on the last broker as on the first, sizes exponential within topics of exponential
// popularity (the "random" cluster model of Cruise Control's tests). Counters are of one plan.
#include <algorithm>
#include <string>

#include <benchmark/benchmark.h>

#include "controller/rebalance/batches.h"
#include "controller/rebalance/changes.h"
#include "controller/rebalance/plan.h"
#include "sim/draw.h"

namespace twin::bench {
namespace {

using namespace controller::rebalance;

constexpr int kReplicas = 3;

// Exponential with the given mean: as many halvings as coins in a row, and the bits in between.
int64_t exponential(sim::DrawStream& draws, int64_t mean) {
  int64_t halvings = 0;
  while (draws.chance({1, 2})) ++halvings;
  const auto within = static_cast<int64_t>(draws.below(1000));
  return mean * (halvings * 1000 + within) * 693 / 1'000'000 + 1;
}

BrokerIndex draw_broker(sim::DrawStream& draws, uint64_t brokers) {
  // Weight of b is brokers + b: from one to two.
  while (true) {
    const uint64_t b = draws.below(brokers);
    if (draws.below(2 * brokers) < brokers + b) return static_cast<BrokerIndex>(b);
  }
}

ClusterView draw_cluster(int32_t brokers, int32_t racks, int32_t partitions) {
  sim::DrawStream draws(1, sim::purpose("bench_plan"), 0);
  ClusterView view;
  for (int32_t b = 0; b < brokers; ++b) {
    BrokerView& broker = view.brokers.emplace_back();
    broker.id = {b};
    broker.rack = "r" + std::to_string(b % racks);
    broker.nic_bytes_per_s = 1'250'000'000;
  }
  int64_t total = 0;
  while (static_cast<int32_t>(view.partitions.size()) < partitions) {
    TopicView& topic = view.topics.emplace_back();
    std::string number = std::to_string(view.topics.size());
    topic.name = "t" + std::string(6 - number.size(), '0') + number;
    topic.first = static_cast<PartitionIndex>(view.partitions.size());
    topic.min_isr = 2;
    const int64_t popularity = exponential(draws, int64_t{1} << 30);
    const int64_t left = partitions - static_cast<int64_t>(view.partitions.size());
    topic.partitions = static_cast<uint32_t>(std::min(left, exponential(draws, 30)));
    for (uint32_t i = 0; i < topic.partitions; ++i) {
      PartitionView& row = view.partitions.emplace_back();
      row.topic = static_cast<uint32_t>(view.topics.size() - 1);
      row.number = static_cast<int32_t>(i);
      row.bytes = exponential(draws, popularity);
      while (row.replicas.size < kReplicas) {
        const BrokerIndex b = draw_broker(draws, static_cast<uint64_t>(brokers));
        if (!row.replicas.contains(b)) row.replicas.push(b, 0);
      }
      row.isr = (1U << kReplicas) - 1;
      row.leader_slot = 0;
      total += row.bytes * kReplicas;
    }
  }
  for (BrokerView& broker : view.brokers) {
    broker.log_dirs.front().capacity_bytes = total / brokers / 6 * 10;
  }
  return view;
}

void plan(benchmark::State& state, Strategy strategy) {
  const auto brokers = static_cast<int32_t>(state.range(0));
  const ClusterView view = draw_cluster(brokers, 10, static_cast<int32_t>(state.range(1)));
  PlanRequest request;
  request.strategy = strategy;
  if (strategy == Strategy::drain || strategy == Strategy::add) request.subjects = {{3}};
  Plan made;
  for (auto _ : state) {
    auto result = make_plan(view, request);
    if (!result || result->impossible) return state.SkipWithError("no plan");
    made = std::move(*result);
  }
  const auto start = start_lists(view);
  double bytes = 0, copies = 0;
  for (const PartitionIndex p : changed(start, made.target)) {
    const int count = added(start[p], made.target[p]).size;
    copies += count;
    bytes += static_cast<double>(view.partitions[p].bytes) * count;
  }
  state.counters["copies"] = copies;
  state.counters["TiB"] = bytes / (int64_t{1} << 40);
  if (made.cost && made.cost->least > 0) {
    state.counters["above_bound_percent"] =
        100.0 * static_cast<double>(made.cost->plan - made.cost->least) /
        static_cast<double>(made.cost->least);
  }
}

void schedule(benchmark::State& state, Strategy strategy) {
  const auto brokers = static_cast<int32_t>(state.range(0));
  const ClusterView view = draw_cluster(brokers, 10, static_cast<int32_t>(state.range(1)));
  PlanRequest request;
  request.strategy = strategy;
  const auto made = make_plan(view, request);
  if (!made) return state.SkipWithError("no plan");
  size_t batches = 0;
  for (auto _ : state) {
    batches = make_schedule(view, made->target, request.limits).batches.size();
  }
  state.counters["batches"] = static_cast<double>(batches);
}

constexpr int64_t kLarge[] = {100, 100'000};
constexpr int64_t kHuge[] = {270, 433'334};

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({kLarge[0], kLarge[1]})->Args({kHuge[0], kHuge[1]})->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(plan, minimal, Strategy::minimal)->Apply(sizes);
BENCHMARK_CAPTURE(plan, kafka, Strategy::kafka)->Apply(sizes);
BENCHMARK_CAPTURE(plan, drain, Strategy::drain)->Apply(sizes);
BENCHMARK_CAPTURE(plan, add, Strategy::add)->Apply(sizes);
BENCHMARK_CAPTURE(plan, leaders, Strategy::leaders)->Apply(sizes);
BENCHMARK_CAPTURE(plan, rack_repair, Strategy::rack_repair)->Apply(sizes);
BENCHMARK_CAPTURE(schedule, kafka, Strategy::kafka)->Apply(sizes);

}  // namespace
}  // namespace twin::bench

BENCHMARK_MAIN();
