// Writing and reading back, fingerprints, sizes.
#include "sim/trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/sim/throwing_assert.h"
#include "tests/sim/trace_support.h"

namespace twin::sim {
namespace {

using namespace literals;
using testing::OwnedRecord;

TEST(Trace, RecordsComeBackAsTheyWereWritten) {
  for (const size_t count : {0u, 1u, 2u, 20'000u}) {
    const auto records = testing::drawn_records(count, count);
    const auto trace = testing::read_all(testing::written(records));
    EXPECT_EQ(trace.result, ReadResult::end) << trace.error;
    EXPECT_TRUE(trace.records == records) << count;
  }
}

RC_GTEST_PROP(TraceProperty, AnyRecordsComeBackAsTheyWereWritten, ()) {
  std::vector<OwnedRecord> records;
  Time at{};
  for (const auto& fields : *rc::gen::arbitrary<std::vector<std::vector<int64_t>>>()) {
    at += Duration{*rc::gen::inRange<int64_t>(0, int64_t{1} << 50)};
    OwnedRecord record{at, *rc::gen::arbitrary<uint16_t>(), 0, fields,
                       *rc::gen::arbitrary<std::string>()};
    if (record.fields.size() > kMaxRecordFields) record.fields.resize(kMaxRecordFields);
    record.cause = *rc::gen::inRange<RecordId>(0, records.size() + 1);
    records.push_back(record);
  }
  const auto trace = testing::read_all(testing::written(records));
  RC_ASSERT(trace.result == ReadResult::end);
  RC_ASSERT(trace.records == records);
}

TEST(Trace, ExtremeValuesComeBack) {
  const std::vector<int64_t> extremes{INT64_MIN, INT64_MAX, 0, -1, 1, 63, 64, -64, -65};
  const std::vector<OwnedRecord> records{
      {Time{0}, 0, 0, {}, ""},
      {Time{0}, 65'535, 1, extremes, std::string("a\0b", 3)},
      {Time{INT64_MAX}, 1, 1, std::vector<int64_t>(255, INT64_MIN), ""},
      {Time{INT64_MAX}, 1, 3, std::vector<int64_t>(14, 1), std::string(kMaxRecordTextBytes, 'z')},
      {Time{INT64_MAX}, 1, 4, std::vector<int64_t>(15, 1), "after the large one"},
  };
  const auto trace = testing::read_all(testing::written(records));
  EXPECT_EQ(trace.result, ReadResult::end) << trace.error;
  EXPECT_TRUE(trace.records == records);
}

TEST(Trace, MetadataComesBackInOrderWhateverTheValues) {
  const TraceMetadata metadata{{"scenario", "upgrades/3.9-to-4.0.yaml"},
                               {"seed", "99"},
                               {"empty", ""},
                               {"note", "a\nb\\n=c"}};
  const auto bytes = testing::written({}, metadata);
  const TraceReader reader(bytes);
  EXPECT_EQ(reader.metadata(), metadata);
  EXPECT_EQ(reader.metadata_value("note"), "a\nb\\n=c");
  EXPECT_EQ(reader.metadata_value("absent"), "");
}

TEST(Trace, TheFingerprintIsTheSameWithAndWithoutASink) {
  const auto records = testing::drawn_records(3, 5'000);
  MemorySink sink;
  TraceWriter kept(sink, {{"any", "metadata"}});
  TraceWriter hashed;
  for (const OwnedRecord& record : records) {
    append(kept, record);
    append(hashed, record);
    if (kept.records() % 700 == 0) kept.flush();  // chunking does not count either
  }
  kept.finish();
  hashed.finish();
  EXPECT_EQ(kept.fingerprint(), hashed.fingerprint());
  EXPECT_EQ(hashed.records(), 5'000u);
  const auto bytes = sink.contents();
  TraceReader reader(bytes);
  Record record;
  while (reader.next(record) == ReadResult::record) continue;
  EXPECT_EQ(reader.fingerprint(), kept.fingerprint());
}

TEST(Trace, EveryPartOfARecordIsInTheFingerprint) {
  const auto fingerprint = [](Time at, uint16_t type, RecordId cause, std::vector<int64_t> fields,
                              std::string_view text) {
    TraceWriter writer;
    writer.append(Time{1}, 1, 0, {});
    writer.append(at, type, cause, fields, text);
    return writer.fingerprint();
  };
  const uint64_t base = fingerprint(Time{5}, 2, 1, {3, 4}, "t");
  EXPECT_EQ(fingerprint(Time{5}, 2, 1, {3, 4}, "t"), base);
  EXPECT_NE(fingerprint(Time{6}, 2, 1, {3, 4}, "t"), base);
  EXPECT_NE(fingerprint(Time{5}, 3, 1, {3, 4}, "t"), base);
  EXPECT_NE(fingerprint(Time{5}, 2, 0, {3, 4}, "t"), base);
  EXPECT_NE(fingerprint(Time{5}, 2, 1, {4, 3}, "t"), base);
  EXPECT_NE(fingerprint(Time{5}, 2, 1, {3, 4, 0}, "t"), base);
  EXPECT_NE(fingerprint(Time{5}, 2, 1, {3}, "t"), base);
  EXPECT_NE(fingerprint(Time{5}, 2, 1, {3, 4}, "u"), base);
  EXPECT_NE(fingerprint(Time{5}, 2, 1, {3, 4}, ""), base);
}

TEST(Trace, TheFingerprintIsFixedForAllPlatforms) {
  // Computed apart from this program, with integers of any size.
  TraceWriter writer;
  EXPECT_EQ(writer.fingerprint(), 0xc1d06de5aa696c3cu);
  writer.append(Time{1'000}, 7, 0, std::vector<int64_t>{-1, 2, 3}, "");
  EXPECT_EQ(writer.fingerprint(), 0xa0a0c019c6f1bd20u);
  writer.append(Time{2'000}, 8, 1, std::vector<int64_t>{4, 5}, "ReplicaJoinedIsr");
  EXPECT_EQ(writer.fingerprint(), 0x545f580c077bdeafu);
}

TEST(Trace, SmallRecordsTakeTenToFourteenBytes) {
  MemorySink sink;
  TraceWriter writer(sink, {});
  DrawStream draws(1, purpose("small_records"), 0);
  constexpr uint64_t kRecords = 100'000;
  Time at{};
  for (uint64_t i = 1; i <= kRecords; ++i) {
    at += Duration{draws.range_inclusive(0, 20'000'000)};
    const std::vector<int64_t> fields{draws.range_inclusive(0, 9), draws.range_inclusive(0, 9999),
                                      draws.range_inclusive(0, 100'000)};
    writer.append(at, static_cast<uint16_t>(draws.below(100)), i == 1 ? 0 : i - 1, fields);
  }
  writer.finish();
  EXPECT_GE(sink.size(), 10 * kRecords);
  EXPECT_LE(sink.size(), 14 * kRecords);
}

TEST(Trace, WhatWasFlushedIsReadableThoughTheWriterNeverFinished) {
  const auto records = testing::drawn_records(4, 100);
  MemorySink sink;
  TraceWriter writer(sink, {});
  for (const OwnedRecord& record : records) append(writer, record);
  writer.flush();
  const auto trace = testing::read_all(sink.contents());
  EXPECT_EQ(trace.result, ReadResult::truncated);
  EXPECT_TRUE(trace.records == records);
}

TEST(Trace, MisuseFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  TraceWriter writer;
  writer.append(Time{5}, 1, 0, {});
  EXPECT_THROW(writer.append(Time{4}, 1, 0, {}), testing::AssertFailure);
  EXPECT_THROW(writer.append(Time{5}, 1, 2, {}), testing::AssertFailure);
  EXPECT_THROW(writer.append(Time{5}, 1, 0, std::vector<int64_t>(256)), testing::AssertFailure);
  MemorySink sink;
  EXPECT_THROW(TraceWriter(sink, {{"a=b", "c"}}), testing::AssertFailure);
  writer.finish();
  EXPECT_THROW(writer.append(Time{5}, 1, 0, {}), testing::AssertFailure);
  EXPECT_THROW(writer.finish(), testing::AssertFailure);
}

}  // namespace
}  // namespace twin::sim
