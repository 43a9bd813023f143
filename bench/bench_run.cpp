// Whole runs, as `kafka-twin run` makes them but without its timeline: world, operator, clients,
// properties, ledger and report. The file is read once, before the clock starts; that is measured
// by itself. Counters are of one run.
#include <chrono>
#include <string>

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "bench/count_mallocs.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::bench {
namespace {

constexpr const char* kUpgrade = "scenarios/upgrades/kraft-4.2-to-4.3.yaml";
constexpr const char* kScale = "scenarios/scale/hundred-brokers.yaml";

std::string path_of(const char* file) { return std::string(TWIN_SOURCE_DIR) + "/" + file; }

class CountingSink : public sim::TraceSink {
 public:
  void write(std::span<const std::byte> bytes) override { bytes_ += bytes.size(); }
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t bytes_ = 0;
};

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void run(benchmark::State& state, const char* file, bool traced) {
  auto loaded = scenario::load_scenario(path_of(file), {});
  if (!loaded) return state.SkipWithError(scenario::format_error(loaded.error()).c_str());
  scenario::Report report;
  uint64_t mallocs = 0;
  uint64_t trace_bytes = 0;
  std::chrono::duration<double> wall{};
  int64_t runs = 0;
  for (auto _ : state) {
    CountingSink sink;
    scenario::RunOptions options;
    if (traced) options.trace = &sink;
    const uint64_t before = malloc_count();
    const auto begin = std::chrono::steady_clock::now();
    report = scenario::run_scenario(*loaded, options);
    wall += std::chrono::steady_clock::now() - begin;
    mallocs = malloc_count() - before;
    trace_bytes = sink.bytes();
    ++runs;
  }
  if (report.verdict != scenario::Verdict::holds) {
    state.SkipWithError("the scenario does not hold: what was measured means nothing");
    return;
  }
  const auto set = [&](const char* name, auto value) {
    state.counters[name] = static_cast<double>(value);
  };
  set("events", report.events);
  set("records", report.records);
  set("solves", report.solves);
  set("isr_records", report.isr_shrinks + report.isr_expands);
  set("mallocs_per_event", static_cast<double>(mallocs) / static_cast<double>(report.events));
  set("sim_s_per_wall_s",
      static_cast<double>(report.ended.ns) * 1e-9 * static_cast<double>(runs) / wall.count());
  if (traced) set("trace_MiB", static_cast<double>(trace_bytes) / (1 << 20));
  set("process_peak_MiB", peak_mebibytes());
}

void load(benchmark::State& state, const char* file) {
  for (auto _ : state) {
    auto loaded = scenario::load_scenario(path_of(file), {});
    benchmark::DoNotOptimize(loaded);
  }
}

BENCHMARK_CAPTURE(load, upgrade_3_brokers, kUpgrade)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, upgrade_3_brokers, kUpgrade, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, upgrade_100_brokers, kScale, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, upgrade_100_brokers_traced, kScale, true)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace twin::bench

BENCHMARK_MAIN();
