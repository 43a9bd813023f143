// The viewer over scenarios/scale/hundred-brokers.yaml, 100 brokers with 100,000 partitions:
// opening its trace, going to a moment, drawing the whole default layout at 1600x900 without a
// display. The run is played once, before the clock starts.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "sim/draw.h"
#include "viz/view/offscreen.h"

namespace twin::bench {
namespace {

const std::vector<std::byte>& trace_of_scale() {
  static const std::vector<std::byte> kTrace = [] {
    auto loaded = scenario::load_scenario(
        std::string(TWIN_SOURCE_DIR) + "/scenarios/scale/hundred-brokers.yaml", {});
    sim::MemorySink sink;
    scenario::RunOptions options;
    options.trace = &sink;
    if (loaded) scenario::run_scenario(*loaded, options);
    return sink.contents();
  }();
  return kTrace;
}

const viz::Recording& recording() {
  static const viz::Recording kOpened =
      std::move(*viz::Recording::open(trace_of_scale(), "hundred-brokers"));
  return kOpened;
}

sim::Time drawn_time(uint64_t nth) {
  const auto last = static_cast<uint64_t>(recording().last.ns);
  return sim::Time{static_cast<int64_t>(sim::scramble(nth + 1) % last)};
}

void open(benchmark::State& state) {
  const auto& trace = trace_of_scale();
  for (auto _ : state) {
    auto opened = viz::Recording::open(trace, "hundred-brokers");
    benchmark::DoNotOptimize(opened);
  }
  size_t keyframes = 0;
  for (const viz::Keyframe& keyframe : recording().keyframes()) {
    keyframes += keyframe.cursor.copy_bytes();
  }
  state.counters["trace_MiB"] = static_cast<double>(trace.size()) / (1 << 20);
  state.counters["keyframes_MiB"] = static_cast<double>(keyframes) / (1 << 20);
}

// To moments drawn anywhere in the run: forth and back.
void seek(benchmark::State& state) {
  viz::Replay replay(recording());
  uint64_t nth = 0;
  for (auto _ : state) replay.seek(drawn_time(nth++));
}

void frame(benchmark::State& state, bool playing) {
  auto screen = viz::Offscreen::open(1600, 900, 1);
  if (!screen) return state.SkipWithError(screen.error().to_string().c_str());
  viz::Dashboard dashboard(recording());
  dashboard.replay.seek(recording().ready);
  for (auto _ : state) {
    // A hundred times life, thirty pictures a second.
    constexpr int64_t kStepNs = 100'000'000'000 / 30;
    if (playing) {
      const int64_t next = dashboard.replay.at().ns + kStepNs;
      dashboard.replay.seek(next > recording().last.ns ? recording().ready : sim::Time{next});
    }
    (*screen)->draw_unread(dashboard);
  }
  state.counters["frames/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.SetLabel((*screen)->renderer());
}

BENCHMARK(open)->Name("view/open")->Unit(benchmark::kMillisecond);
BENCHMARK(seek)->Name("view/seek")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(frame, still, false)
    ->Name("view/frame_still")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(frame, playing, true)
    ->Name("view/frame_playing")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace twin::bench

BENCHMARK_MAIN();
