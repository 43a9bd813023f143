#include <algorithm>
#include <string>

#include "sim/assert.h"
#include "sim/trace.h"
#include "sim/trace_format.h"

namespace twin::sim {

TraceReader::TraceReader(std::span<const std::byte> data) : data_(data) { result_ = open(); }

ReadResult TraceReader::next(Record& record) {
  if (result_ != ReadResult::record) return result_;
  while (offset_ == chunk_end_) {
    result_ = next_section();
    if (result_ != ReadResult::record) return result_;
  }
  result_ = decode(record);
  return result_;
}

void TraceReader::resume(const Position& position) {
  TWIN_ASSERT_LE(position.chunk_end, data_.size());
  TWIN_ASSERT_LE(position.offset, position.chunk_end);
  offset_ = position.offset;
  chunk_end_ = position.chunk_end;
  records_ = position.records;
  at_ = position.at;
  resumed_ = true;
  result_ = ReadResult::record;
}

std::string_view TraceReader::metadata_value(std::string_view key) const {
  for (const auto& [name, value] : metadata_) {
    if (name == key) return value;
  }
  return {};
}

ReadResult TraceReader::fail(ReadResult result, size_t at, std::string_view what) {
  TWIN_ASSERT(result != ReadResult::record && result != ReadResult::end);
  error_ = "trace byte " + std::to_string(at) + ": " + std::string(what);
  return result;
}

ReadResult TraceReader::open() {
  const size_t magic_bytes = std::min(data_.size(), format::kMagic.size());
  if (magic_bytes > 0 &&
      std::memcmp(data_.data(), format::kMagic.data(), magic_bytes) != 0) {
    return fail(ReadResult::corrupt, 0, "not a trace (it does not begin with KTWTRACE)");
  }
  if (data_.size() < format::kFileHeaderBytes) {
    return fail(ReadResult::truncated, data_.size(), "ends within the file header");
  }
  const auto version = format::load<uint32_t>(data_.data() + 8);
  if (version > kTraceFormatVersion) {
    return fail(ReadResult::newer_format, 8,
                "format version " + std::to_string(version) + ", this program reads up to " +
                    std::to_string(kTraceFormatVersion));
  }
  if (version == 0) return fail(ReadResult::corrupt, 8, "format version 0 does not exist");
  const size_t length = format::load<uint32_t>(data_.data() + 12);
  if (length > format::kMaxMetadataBytes) {
    return fail(ReadResult::corrupt, 12, "impossible length of the metadata");
  }
  if (length > data_.size() - format::kFileHeaderBytes) {
    return fail(ReadResult::truncated, data_.size(), "ends within the metadata");
  }
  const auto bytes = data_.subspan(format::kFileHeaderBytes, length);
  if (format::check_of(bytes) != format::load<uint64_t>(data_.data() + 16)) {
    return fail(ReadResult::corrupt, format::kFileHeaderBytes, "the metadata fails its check");
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!format::metadata_from_text(text, metadata_)) {
    return fail(ReadResult::corrupt, format::kFileHeaderBytes, "the metadata is not key=value");
  }
  offset_ = chunk_end_ = format::kFileHeaderBytes + length;
  return ReadResult::record;
}

ReadResult TraceReader::next_section() {
  TWIN_ASSERT_LE(offset_, data_.size());
  const size_t left = data_.size() - offset_;
  if (left < 4) return fail(ReadResult::truncated, data_.size(), "ends without a footer");
  const auto mark = format::load<uint32_t>(data_.data() + offset_);
  if (mark == format::kFooterMark) return close_with_footer();
  if (mark == format::kChunkMark) return open_chunk();
  return fail(ReadResult::corrupt, offset_, "neither a chunk nor the footer begins here");
}

ReadResult TraceReader::open_chunk() {
  const auto rest = data_.subspan(offset_);
  if (rest.size() < format::kChunkHeaderBytes) {
    return fail(ReadResult::truncated, data_.size(), "ends within a chunk header");
  }
  // The header has its own check, so that a damaged length is not taken for a truncation.
  if (format::check_of(rest.first(32)) != format::load<uint64_t>(rest.data() + 32)) {
    return fail(ReadResult::corrupt, offset_, "the chunk header fails its check");
  }
  const size_t length = format::load<uint32_t>(rest.data() + 4);
  if (length == 0 || length > format::kMaxPayloadBytes) {
    return fail(ReadResult::corrupt, offset_ + 4, "impossible length of a chunk");
  }
  if (length > rest.size() - format::kChunkHeaderBytes) {
    return fail(ReadResult::truncated, data_.size(), "ends within a chunk");
  }
  const auto payload = rest.subspan(format::kChunkHeaderBytes, length);
  if (format::check_of(payload) != format::load<uint64_t>(rest.data() + 24)) {
    return fail(ReadResult::corrupt, offset_ + format::kChunkHeaderBytes,
                "the chunk fails its check");
  }
  if (format::load<uint64_t>(rest.data() + 8) != records_ + 1 ||
      format::load<int64_t>(rest.data() + 16) != at_.ns) {
    return fail(ReadResult::corrupt, offset_ + 8, "a chunk is missing or out of place");
  }
  offset_ += format::kChunkHeaderBytes;
  chunk_end_ = offset_ + length;
  return ReadResult::record;
}

ReadResult TraceReader::close_with_footer() {
  const auto footer = data_.subspan(offset_);
  if (footer.size() < format::kFooterBytes) {
    return fail(ReadResult::truncated, data_.size(), "ends within the footer");
  }
  if (format::check_of(footer.first(24)) != format::load<uint64_t>(footer.data() + 24)) {
    return fail(ReadResult::corrupt, offset_, "the footer fails its check");
  }
  if (format::load<uint64_t>(footer.data() + 8) != records_) {
    return fail(ReadResult::corrupt, offset_ + 8, "the footer counts other records");
  }
  if (!resumed_ && format::load<uint64_t>(footer.data() + 16) != fingerprint()) {
    return fail(ReadResult::corrupt, offset_ + 16, "the footer has another fingerprint");
  }
  if (footer.size() > format::kFooterBytes) {
    return fail(ReadResult::corrupt, offset_ + format::kFooterBytes, "bytes after the footer");
  }
  offset_ += format::kFooterBytes;
  return ReadResult::end;
}

bool TraceReader::take_varint(uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && offset_ < chunk_end_; shift += 7) {
    const auto byte = static_cast<uint64_t>(data_[offset_++]);
    if (shift == 63 && byte > 1) return false;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// The chunk's check has passed, so only a faulty writer or a forger gets to the errors here; they
// are found all the same.
ReadResult TraceReader::decode(Record& record) {
  const size_t start = offset_;
  const auto bad = [&](std::string_view what) { return fail(ReadResult::corrupt, start, what); };
  const auto head = static_cast<uint8_t>(data_[offset_++]);
  if ((head & format::kReservedBit) != 0) return bad("a reserved bit is set");
  size_t field_count = head & format::kFieldCountMask;
  if (field_count == format::kManyFields) {
    if (offset_ == chunk_end_) return bad("a record runs over the end of its chunk");
    field_count = static_cast<uint8_t>(data_[offset_++]);
  }
  uint64_t type = 0;
  uint64_t delta_ns = 0;
  uint64_t distance = 0;
  if (!take_varint(type) || type > UINT16_MAX) return bad("bad record type");
  if ((head & format::kHasTimeDelta) != 0 && !take_varint(delta_ns)) return bad("bad time");
  if (delta_ns > static_cast<uint64_t>(INT64_MAX - at_.ns)) return bad("time overflows");
  const uint64_t id = records_ + 1;
  if ((head & format::kHasCause) != 0 &&
      (!take_varint(distance) || distance == 0 || distance >= id)) {
    return bad("the cause is no earlier record");
  }
  for (size_t i = 0; i < field_count; ++i) {
    uint64_t field = 0;
    if (!take_varint(field)) return bad("bad field");
    fields_[i] = format::unzigzag(field);
  }
  uint64_t text_bytes = 0;
  if ((head & format::kHasText) != 0) {
    if (!take_varint(text_bytes) || text_bytes > chunk_end_ - offset_) return bad("bad text");
  }
  record.id = records_ = id;
  record.at = at_ = Time{at_.ns + static_cast<int64_t>(delta_ns)};
  record.type = static_cast<uint16_t>(type);
  record.cause = distance == 0 ? 0 : id - distance;
  record.fields = std::span<const int64_t>(fields_.data(), field_count);
  record.text = std::string_view(reinterpret_cast<const char*>(data_.data()) + offset_,
                                 static_cast<size_t>(text_bytes));
  offset_ += static_cast<size_t>(text_bytes);
  // A reader that began in the middle has no fingerprint to compare.
  if (!resumed_) {
    format::add_record(hash_, record.at, record.type, record.cause, record.fields, record.text);
  }
  return ReadResult::record;
}

}  // namespace twin::sim
