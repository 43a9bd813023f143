// Records that own their parts, for comparing what was written with what is read.
#pragma once

#include <string>
#include <vector>

#include "sim/draw.h"
#include "sim/trace.h"

namespace twin::sim::testing {

struct OwnedRecord {
  Time at{};
  uint16_t type = 0;
  RecordId cause = 0;
  std::vector<int64_t> fields;
  std::string text;

  bool operator==(const OwnedRecord&) const = default;
};

inline OwnedRecord owned(const Record& record) {
  return {record.at, record.type, record.cause, {record.fields.begin(), record.fields.end()},
          std::string(record.text)};
}

inline void append(TraceWriter& writer, const OwnedRecord& record) {
  writer.append(record.at, record.type, record.cause, record.fields, record.text);
}

// As a model writes them: mostly small, now and then a text or a large value.
inline std::vector<OwnedRecord> drawn_records(uint64_t seed, size_t count) {
  DrawStream draws(seed, purpose("trace_records"), 0);
  std::vector<OwnedRecord> records;
  Time at{};
  for (size_t i = 0; i < count; ++i) {
    OwnedRecord record;
    if (draws.chance({2, 3})) at += Duration{draws.range_inclusive(0, 50'000'000)};
    record.at = at;
    record.type = static_cast<uint16_t>(draws.below(draws.chance({1, 50}) ? 65'536 : 120));
    if (i > 0 && draws.chance({3, 4})) {
      record.cause = i + 1 - static_cast<RecordId>(draws.range_inclusive(1, i < 30 ? 1 : 30));
    }
    const uint64_t fields = draws.chance({1, 100}) ? draws.below(256) : draws.below(5);
    for (uint64_t f = 0; f < fields; ++f) {
      const bool is_any = draws.chance({1, 20});
      record.fields.push_back(is_any ? static_cast<int64_t>(draws.next())
                                     : draws.range_inclusive(-3, 3000));
    }
    if (draws.chance({1, 20})) record.text.assign(draws.below(60), 'x');
    records.push_back(record);
  }
  return records;
}

inline std::vector<std::byte> written(const std::vector<OwnedRecord>& records,
                                      const TraceMetadata& metadata = {{"seed", "7"}}) {
  MemorySink sink;
  TraceWriter writer(sink, metadata);
  for (const OwnedRecord& record : records) append(writer, record);
  writer.finish();
  return sink.contents();
}

struct ReadTrace {
  std::vector<OwnedRecord> records;
  ReadResult result = ReadResult::record;
  std::string error;
};

inline ReadTrace read_all(std::span<const std::byte> bytes) {
  ReadTrace trace;
  TraceReader reader(bytes);
  Record record;
  while ((trace.result = reader.next(record)) == ReadResult::record) {
    TWIN_ASSERT_EQ(record.id, trace.records.size() + 1);
    trace.records.push_back(owned(record));
  }
  TWIN_ASSERT(reader.next(record) == trace.result);  // it stays that way
  TWIN_ASSERT_LE(reader.offset(), bytes.size());
  trace.error = reader.error();
  return trace;
}

}  // namespace twin::sim::testing
