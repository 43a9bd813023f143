// Truncated, damaged, forged and newer traces: each is told apart, nothing is read out of bounds.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>

#include "sim/trace_format.h"
#include "tests/sim/trace_support.h"

namespace twin::sim {
namespace {

using testing::OwnedRecord;

bool is_prefix(const std::vector<OwnedRecord>& part, const std::vector<OwnedRecord>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

// A copy of exactly the given bytes, so that a sanitizer sees any read beyond them.
testing::ReadTrace read_copy(std::span<const std::byte> bytes) {
  const std::vector<std::byte> copy(bytes.begin(), bytes.end());
  return testing::read_all(copy);
}

// Two chunks: the first is closed at 64 KiB, the second by the end.
std::vector<OwnedRecord> two_chunks_of_records() {
  std::vector<OwnedRecord> records = testing::drawn_records(1, 40);
  records.push_back({records.back().at, 5, 2, {1, 2, 3}, std::string(64 << 10, 't')});
  for (OwnedRecord& more : testing::drawn_records(2, 40)) {
    more.at += records[40].at - Time{};
    records.push_back(more);
  }
  return records;
}

TEST(TraceDamage, TruncationAtAnyByteIsReportedWithItsPlaceAndWhatPrecedesIsRead) {
  const auto records = two_chunks_of_records();
  const auto bytes = testing::written(records);
  size_t most = 0;
  for (size_t length = 0; length < bytes.size(); ++length) {
    // Inside of the long text one place is like another.
    if (length > 4'000 && length < bytes.size() - 4'000 && length % 997 != 0) continue;
    const auto trace = read_copy(std::span(bytes).first(length));
    ASSERT_EQ(trace.result, ReadResult::truncated) << length << ": " << trace.error;
    ASSERT_NE(trace.error.find("byte " + std::to_string(length) + ":"), std::string::npos);
    ASSERT_TRUE(is_prefix(trace.records, records));
    most = std::max(most, trace.records.size());
  }
  EXPECT_EQ(most, records.size()) << "without its footer alone, every record is readable";
}

TEST(TraceDamage, ADamagedByteAnywhereIsNeverTakenForAWholeTrace) {
  const auto records = testing::drawn_records(3, 200);
  const auto bytes = testing::written(records);
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
      auto damaged = bytes;
      damaged[at] ^= static_cast<std::byte>(flip);
      const auto trace = read_copy(damaged);
      ASSERT_NE(trace.result, ReadResult::end) << at;
      ASSERT_FALSE(trace.error.empty());
      ASSERT_TRUE(is_prefix(trace.records, records));
      // Behind the file header it is always called damage, never truncation.
      if (at >= 24) {
        ASSERT_EQ(trace.result, ReadResult::corrupt) << at << trace.error;
      }
    }
  }
}

TEST(TraceDamage, AMissingChunkIsNoticed) {
  const auto records = two_chunks_of_records();
  const auto bytes = testing::written(records);
  const size_t first = format::kFileHeaderBytes + std::strlen("seed=7\n");
  const size_t length = format::load<uint32_t>(bytes.data() + first + 4);
  auto shorter = bytes;
  const auto begin = shorter.begin() + static_cast<ptrdiff_t>(first);
  shorter.erase(begin, begin + static_cast<ptrdiff_t>(format::kChunkHeaderBytes + length));
  const auto trace = read_copy(shorter);
  EXPECT_EQ(trace.result, ReadResult::corrupt);
  EXPECT_NE(trace.error.find("missing or out of place"), std::string::npos) << trace.error;
}

TEST(TraceDamage, ANewerFormatIsNamedAsSuch) {
  auto bytes = testing::written(testing::drawn_records(3, 5));
  format::store(bytes.data() + 8, kTraceFormatVersion + 1);
  const auto trace = read_copy(bytes);
  EXPECT_EQ(trace.result, ReadResult::newer_format);
  EXPECT_NE(trace.error.find("format version 2, this program reads up to 1"), std::string::npos);
}

TEST(TraceDamage, OtherFilesAreNotTraces) {
  const std::string_view yaml = "kind: Kafka\n";
  const auto trace = read_copy(std::as_bytes(std::span(yaml)));
  EXPECT_EQ(trace.result, ReadResult::corrupt);
  EXPECT_NE(trace.error.find("not a trace"), std::string::npos);
  EXPECT_EQ(testing::read_all({}).result, ReadResult::truncated) << "an empty file";
}

TEST(TraceDamage, BytesAfterTheFooterAreReported) {
  auto bytes = testing::written(testing::drawn_records(3, 5));
  bytes.push_back(std::byte{0});
  EXPECT_EQ(read_copy(bytes).result, ReadResult::corrupt);
}

TEST(TraceDamage, AFooterOfAnotherRunIsReported) {
  const auto records = testing::drawn_records(3, 50);
  auto others = records;
  others[7].type ^= 1;
  auto bytes = testing::written(records);
  const auto other_bytes = testing::written(others);
  std::copy(other_bytes.end() - format::kFooterBytes, other_bytes.end(),
            bytes.end() - format::kFooterBytes);
  const auto trace = read_copy(bytes);
  EXPECT_EQ(trace.result, ReadResult::corrupt);
  EXPECT_NE(trace.error.find("another fingerprint"), std::string::npos) << trace.error;
  EXPECT_TRUE(trace.records == records);
}

// A chunk with a given payload and checks that fit, as no writer would make it.
std::vector<std::byte> forged(const std::vector<uint8_t>& payload) {
  auto bytes = testing::written({});
  bytes.erase(bytes.end() - format::kFooterBytes, bytes.end());
  std::vector<std::byte> chunk(format::kChunkHeaderBytes + payload.size());
  if (!payload.empty()) {
    std::memcpy(chunk.data() + format::kChunkHeaderBytes, payload.data(), payload.size());
  }
  const std::span<const std::byte> all(chunk);
  format::store(chunk.data(), format::kChunkMark);
  format::store(chunk.data() + 4, static_cast<uint32_t>(payload.size()));
  format::store(chunk.data() + 8, uint64_t{1});
  format::store(chunk.data() + 16, int64_t{0});
  format::store(chunk.data() + 24, format::check_of(all.subspan(format::kChunkHeaderBytes)));
  format::store(chunk.data() + 32, format::check_of(all.first(32)));
  bytes.insert(bytes.end(), chunk.begin(), chunk.end());
  return bytes;
}

TEST(TraceDamage, ForgedRecordsAreRefusedOneByOne) {
  const std::vector<uint8_t> varint_max{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
  const auto with_varint = [&](uint8_t head) {
    std::vector<uint8_t> payload{head, 1};
    payload.insert(payload.end(), varint_max.begin(), varint_max.end());
    return payload;
  };
  const std::vector<std::pair<std::vector<uint8_t>, const char*>> cases{
      {{0x80, 1}, "reserved bit"},
      {{0x0f}, "over the end"},
      {{0x00}, "bad record type"},
      {{0x00, 0xff, 0xff, 0x04}, "bad record type"},
      {{0x40, 1}, "bad time"},
      {with_varint(0x40), "time overflows"},
      {{0x20, 1, 0}, "no earlier record"},
      {{0x20, 1, 1}, "no earlier record"},
      {{0x02, 1, 5}, "bad field"},
      {{0x01, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}, "bad field"},
      {{0x10, 1, 2, 'a'}, "bad text"},
      {with_varint(0x10), "bad text"},
      {{}, "impossible length"},
  };
  for (const auto& [payload, what] : cases) {
    const auto trace = read_copy(forged(payload));
    EXPECT_EQ(trace.result, ReadResult::corrupt) << what;
    EXPECT_NE(trace.error.find(what), std::string::npos) << trace.error << ", not " << what;
  }
  const auto good = read_copy(forged({0x01, 1, 4}));
  EXPECT_EQ(good.result, ReadResult::truncated) << good.error;
  EXPECT_EQ(good.records.size(), 1u);
}

RC_GTEST_PROP(TraceDamageProperty, AnyPayloadWithAGoodCheckIsReadWithinBounds, ()) {
  const auto trace = read_copy(forged(*rc::gen::arbitrary<std::vector<uint8_t>>()));
  RC_ASSERT(trace.result != ReadResult::end);
}

RC_GTEST_PROP(TraceDamageProperty, AnyBytesAfterAGoodHeaderAreReadWithinBounds, ()) {
  auto bytes = testing::written({});
  bytes.resize(format::kFileHeaderBytes + std::strlen("seed=7\n"));
  for (const uint8_t byte : *rc::gen::arbitrary<std::vector<uint8_t>>()) {
    bytes.push_back(static_cast<std::byte>(byte));
  }
  RC_ASSERT(read_copy(bytes).result != ReadResult::end);
}

}  // namespace
}  // namespace twin::sim
