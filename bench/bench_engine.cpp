// The hold model on the engine's queue, its reference, the standard library's, and on the whole
// engine with dispatch and trace. See bench/hold_model.h.
#include <queue>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/count_mallocs.h"
#include "bench/hold_model.h"
#include "sim/engine.h"
#include "sim/quad_heap.h"
#include "sim/radix_heap.h"
#include "sim/trace.h"

namespace twin::bench {
namespace {

using sim::Event;

// std::priority_queue of the same 32-byte events, with the same total order as the engine.
class StandardQueue {
 public:
  void push(const Event& event) { queue_.push(event); }
  Event pop() {
    const Event least = queue_.top();
    queue_.pop();
    return least;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at != b.at ? a.at > b.at : a.cause > b.cause;
    }
  };
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
};

void report(benchmark::State& state, uint64_t mallocs) {
  state.SetItemsProcessed(state.iterations());
  state.counters["mallocs"] = static_cast<double>(mallocs);
}

// Twice the pending count of holds before the clock starts brings queue and memory to rest.
template <class Queue>
void hold(benchmark::State& state) {
  Queue queue;
  Increments increments;
  const int64_t pending = state.range(0);
  fill(queue, pending, increments);
  auto number = static_cast<uint64_t>(pending);
  const auto one = [&] {
    Event event = queue.pop();
    event.at += increments.next();
    event.cause = number++;
    queue.push(event);
  };
  for (int64_t i = 0; i < 2 * pending + 1'000'000; ++i) one();
  const uint64_t mallocs = malloc_count();
  for (auto _ : state) one();
  report(state, malloc_count() - mallocs);
}

// The engine: clock, phases, dispatch by type, a handler that reads and writes its entity.
template <bool kTraced>
void engine_hold(benchmark::State& state) {
  sim::Engine engine;
  sim::TraceWriter trace;
  Increments increments;
  const int64_t pending = state.range(0);
  std::vector<uint64_t> visits(static_cast<size_t>(pending));
  for (int64_t i = 0; i < pending; ++i) {
    engine.schedule(Event{.at = sim::Time{} + increments.next(),
                          .type = static_cast<uint16_t>(i % 4),
                          .entity = static_cast<uint32_t>(i)});
  }
  const auto handle = [&](const Event& event) {
    const uint64_t count = visits[event.entity] += event.type + 1U;
    Event next = event;
    if constexpr (kTraced) {
      const int64_t fields[] = {event.entity, static_cast<int64_t>(count)};
      next.cause = trace.append(event.at, event.type, event.cause, fields);
    }
    next.at += increments.next();
    engine.schedule(next);
  };
  for (int64_t i = 0; i < 2 * pending + 1'000'000; ++i) engine.run_one(handle);
  const uint64_t mallocs = malloc_count();
  const uint64_t handled = engine.events_handled();
  const sim::Time began = engine.now();
  uint64_t left = 0;
  const auto counted = [&](const Event& event) {
    handle(event);
    if (--left == 0) engine.stop();
  };
  constexpr uint64_t kBatch = 1000;  // run_until, as a simulation uses it
  while (state.KeepRunningBatch(kBatch)) {
    left = kBatch;
    engine.run_until(sim::kNever, counted);
  }
  report(state, malloc_count() - mallocs);
  state.counters["events"] = static_cast<double>(engine.events_handled() - handled);
  // On a machine of its own the processor's time is the wall's.
  state.counters["sim_s_per_wall_s"] = benchmark::Counter(
      static_cast<double>((engine.now() - began).ns) * 1e-9, benchmark::Counter::kIsRate);
}

using Radix = sim::RadixHeap<Event, sim::EventKey>;
using Quad = sim::QuadHeap<Event, sim::EventKey>;

BENCHMARK(hold<Radix>)->Name("hold/radix_heap")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(hold<Quad>)->Name("hold/quad_heap")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(hold<StandardQueue>)
    ->Name("hold/std_priority_queue")
    ->Arg(1'000)
    ->Arg(100'000)
    ->Arg(1'000'000);
BENCHMARK(engine_hold<false>)->Name("hold/engine")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(engine_hold<true>)->Name("hold/engine_hashed")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace twin::bench

BENCHMARK_MAIN();
