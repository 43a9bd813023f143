#include <algorithm>

#include "sim/assert.h"
#include "sim/trace.h"
#include "sim/trace_format.h"

namespace twin::sim {
namespace {

std::byte* put_varint(std::byte* to, uint64_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<std::byte>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<std::byte>(value);
  return to;
}

// Head, field count, type, time, cause, fields, text length; without the text itself.
constexpr size_t kMaxRecordHeadBytes = 2 + 3 + (kMaxRecordFields + 3) * format::kMaxVarintBytes;

}  // namespace

void MemorySink::write(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (pieces_.empty() || pieces_.back().size() == kPieceBytes) {
      pieces_.emplace_back();
      pieces_.back().reserve(kPieceBytes);
    }
    std::vector<std::byte>& piece = pieces_.back();
    const size_t room = std::min(bytes.size(), kPieceBytes - piece.size());
    piece.insert(piece.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(room));
    bytes = bytes.subspan(room);
  }
}

std::vector<std::byte> MemorySink::contents() const {
  std::vector<std::byte> all;
  all.reserve(size_);
  for (const std::vector<std::byte>& piece : pieces_) {
    all.insert(all.end(), piece.begin(), piece.end());
  }
  TWIN_ASSERT_EQ(all.size(), size_);
  return all;
}

TraceWriter::TraceWriter(TraceSink& sink, const TraceMetadata& metadata) : sink_(&sink) {
  const std::string text = format::metadata_to_text(metadata);
  const auto text_bytes = std::as_bytes(std::span<const char>(text));
  std::byte header[format::kFileHeaderBytes];
  std::memcpy(header, format::kMagic.data(), format::kMagic.size());
  format::store(header + 8, kTraceFormatVersion);
  format::store(header + 12, static_cast<uint32_t>(text.size()));
  format::store(header + 16, format::check_of(text_bytes));
  sink.write(header);
  sink.write(text_bytes);
  buffer_.resize(format::kChunkHeaderBytes + kChunkBytes + kMaxRecordHeadBytes);
  begin_chunk();
}

void TraceWriter::begin_chunk() {
  used_ = format::kChunkHeaderBytes;
  chunk_first_id_ = records_ + 1;
  chunk_base_ = last_at_;
}

RecordId TraceWriter::append(Time at, uint16_t type, RecordId cause,
                             std::span<const int64_t> fields, std::string_view text) {
  TWIN_ASSERT_LE(last_at_, at);
  TWIN_ASSERT_LE(cause, records_);
  TWIN_ASSERT_LE(fields.size(), kMaxRecordFields);
  TWIN_ASSERT_LE(text.size(), kMaxRecordTextBytes);
  TWIN_ASSERT(!finished_);
  ++records_;
  format::add_record(hash_, at, type, cause, fields, text);
  if (sink_ != nullptr) encode(at, type, cause, fields, text);
  last_at_ = at;
  return records_;
}

void TraceWriter::encode(Time at, uint16_t type, RecordId cause, std::span<const int64_t> fields,
                         std::string_view text) {
  const size_t worst_case = used_ + kMaxRecordHeadBytes + text.size();
  if (worst_case > buffer_.size()) buffer_.resize(worst_case);
  std::byte* const start = buffer_.data() + used_;
  std::byte* to = start + 1;
  uint8_t head = static_cast<uint8_t>(std::min<size_t>(fields.size(), format::kManyFields));
  if (head == format::kManyFields) *to++ = static_cast<std::byte>(fields.size());
  to = put_varint(to, type);
  if (at != last_at_) {
    head |= format::kHasTimeDelta;
    to = put_varint(to, static_cast<uint64_t>((at - last_at_).ns));
  }
  if (cause != 0) {
    head |= format::kHasCause;
    to = put_varint(to, records_ - cause);
  }
  for (const int64_t field : fields) to = put_varint(to, format::zigzag(field));
  if (!text.empty()) {
    head |= format::kHasText;
    to = put_varint(to, text.size());
    std::memcpy(to, text.data(), text.size());
    to += text.size();
  }
  *start = static_cast<std::byte>(head);
  used_ += static_cast<size_t>(to - start);
  TWIN_ASSERT_LE(used_, buffer_.size());
  last_at_ = at;
  if (used_ >= format::kChunkHeaderBytes + kChunkBytes) flush();
}

void TraceWriter::flush() {
  if (sink_ == nullptr || used_ == format::kChunkHeaderBytes || finished_) return;
  const std::span<const std::byte> chunk(buffer_.data(), used_);
  const std::span<const std::byte> payload = chunk.subspan(format::kChunkHeaderBytes);
  TWIN_ASSERT_LE(payload.size(), format::kMaxPayloadBytes);
  std::byte* header = buffer_.data();
  format::store(header, format::kChunkMark);
  format::store(header + 4, static_cast<uint32_t>(payload.size()));
  format::store(header + 8, chunk_first_id_);
  format::store(header + 16, chunk_base_.ns);
  format::store(header + 24, format::check_of(payload));
  format::store(header + 32, format::check_of(chunk.first(32)));
  sink_->write(chunk);
  begin_chunk();
}

void TraceWriter::finish() {
  TWIN_ASSERT(!finished_);
  flush();
  finished_ = true;
  if (sink_ != nullptr) write_footer(*sink_);
}

void TraceWriter::write_footer(TraceSink& to) const {
  std::byte footer[format::kFooterBytes];
  format::store(footer, format::kFooterMark);
  format::store(footer + 4, uint32_t{0});
  format::store(footer + 8, records_);
  format::store(footer + 16, fingerprint());
  format::store(footer + 24, format::check_of(std::span<const std::byte>(footer, 24)));
  to.write(footer);
}

}  // namespace twin::sim
