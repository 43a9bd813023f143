// Traces whose bytes are whole and whose records are not what any model would write: opening and
// replaying them ends in a recording or in an error, never outside of memory (run it under
// asan-ubsan). Always the same cases.
#include <gtest/gtest.h>

#include "tests/viz/recorded.h"
#include "viz/replay/cells.h"
#include "viz/replay/replay.h"

namespace twin::viz {
namespace {

constexpr uint64_t kCases = 60;

// splitmix64
uint64_t next(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

int64_t strange(uint64_t& state) {
  constexpr int64_t kValues[] = {-1,        0,         1,         63,       64,       1'000'000,
                                 INT32_MAX, INT64_MAX, INT64_MIN, -1000000, INT32_MIN};
  return kValues[next(state) % std::size(kValues)];
}

// The trace with one record in a hundred changed: other fields, another type, fewer fields.
std::vector<std::byte> forged(const std::vector<std::byte>& from, uint64_t seed) {
  sim::TraceReader reader(from);
  sim::MemorySink sink;
  sim::TraceWriter writer(sink, reader.metadata());
  sim::Record record;
  while (reader.next(record) == sim::ReadResult::record) {
    std::vector<int64_t> fields(record.fields.begin(), record.fields.end());
    uint16_t type = record.type;
    std::string text(record.text);
    if (next(seed) % 100 == 0) {
      switch (next(seed) % 4) {
        case 0:
          if (!fields.empty()) fields[next(seed) % fields.size()] = strange(seed);
          break;
        case 1:
          type = static_cast<uint16_t>(next(seed) % 120);
          break;
        case 2:
          fields.resize(next(seed) % 6, strange(seed));
          break;
        default:
          text = text.empty() ? "forged" : "";
      }
    }
    writer.append(record.at, type, record.cause, fields, text);
  }
  writer.finish();
  return sink.contents();
}

TEST(ForgedTraces, AreOpenedOrRefusedAndNeverMore) {
  const std::vector<std::byte>& good = test::trace_of("rolling/first-roll");
  uint64_t opened = 0;
  for (uint64_t i = 1; i <= kCases; ++i) {
    // The last one was found among many more: sums beyond the largest number.
    const uint64_t seed = i == kCases ? 273 : i;
    const auto recording = Recording::open(forged(good, seed), "forged");
    if (!recording) continue;
    ++opened;
    Replay replay(*recording);
    for (const int64_t part : {3, 1, 2}) {
      replay.seek(sim::Time{recording->last.ns / 4 * part});
      cell_states(replay.cursor());
    }
  }
  EXPECT_GT(opened, 0U) << "none was worth replaying";
}

}  // namespace
}  // namespace twin::viz
