// The trace: the record of everything that happened in a run.
//
// A record says that something of a type happened at a time because of an earlier record, with up
// to 255 integers and a short text. What types and fields mean is the model's catalogue; here are
// only the mechanics: numbering, hashing, encoding, checking.
//
// Every record is folded into a 64-bit fingerprint, whether or not its bytes are kept, so a run has
// the same fingerprint with the trace on or off.
//
// The bytes:
//   file   = header, chunk*, footer
//   header = "KTWTRACE", u32 version, u32 metadata length, u64 check, metadata "key=value\n"...
//   chunk  = u32 'CHNK', u32 payload length, u64 first record id, u64 time before the first record,
//            u64 check of the payload, u64 check of this header; payload of about 64 KiB
//   footer = u32 'FOOT', u32 zero, u64 records, u64 fingerprint, u64 check
//   record = u8 head; varint type; varint time delta; varint id - cause; zigzag varint fields;
//            varint text length, text. The head says how many fields there are (15: a byte
//            follows) and which of time delta, cause and text are present.
// Integers are little-endian. Chunks stand alone, so a damaged file is readable up to the damage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/hash.h"
#include "sim/time.h"

namespace twin::sim {

// 1, 2, 3, ... in the order of writing; 0 means none.
using RecordId = uint64_t;

struct Record {
  RecordId id = 0;
  Time at{};
  uint16_t type = 0;
  RecordId cause = 0;  // an earlier record, or 0
  std::span<const int64_t> fields{};
  std::string_view text{};
};

constexpr uint32_t kTraceFormatVersion = 1;
constexpr size_t kMaxRecordFields = 255;
constexpr size_t kMaxRecordTextBytes = size_t{1} << 20;

// Where encoded bytes go. Pieces arrive in order. A sink keeps its errors to itself until it is
// asked: a run does not end because a disk is full.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void write(std::span<const std::byte> bytes) = 0;
};

// Keeps the trace in memory, in pieces that never move.
class MemorySink : public TraceSink {
 public:
  void write(std::span<const std::byte> bytes) override;
  size_t size() const { return size_; }
  // All bytes in one piece.
  std::vector<std::byte> contents() const;

 private:
  static constexpr size_t kPieceBytes = size_t{1} << 20;

  std::vector<std::vector<std::byte>> pieces_;
  size_t size_ = 0;
};

// Ordered "key=value" lines at the head of a trace. Keys hold neither '=' nor a newline; values
// may hold anything.
using TraceMetadata = std::vector<std::pair<std::string, std::string>>;

class TraceWriter {
 public:
  // Hashes only.
  TraceWriter() = default;
  // Hashes and encodes. REQUIRES: `sink` outlives the writer or its finish().
  TraceWriter(TraceSink& sink, const TraceMetadata& metadata);
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  // Returns the new record's id. REQUIRES: `at` not before the previous record's and not before 0,
  // cause <= records(), at most 255 fields, at most 1 MiB of text, not finished.
  RecordId append(Time at, uint16_t type, RecordId cause, std::span<const int64_t> fields,
                  std::string_view text = {});

  // Of all records so far. Metadata does not count.
  uint64_t fingerprint() const { return hash_.digest(); }
  uint64_t records() const { return records_; }

  // Writes out what is buffered, so that the sink holds every record up to here.
  void flush();
  // The footer of the records so far. Behind what the writer's sink holds after flush() it makes a
  // whole trace of a run that goes on.
  void write_footer(TraceSink& to) const;
  // Flushes and writes the footer; without it a reader reports the trace as truncated. The
  // destructor does not finish: a trace cut short by an exception should look cut short.
  void finish();

 private:
  static constexpr size_t kChunkBytes = size_t{64} << 10;

  void encode(Time at, uint16_t type, RecordId cause, std::span<const int64_t> fields,
              std::string_view text);
  void begin_chunk();

  Hasher hash_;
  uint64_t records_ = 0;
  Time last_at_{};
  TraceSink* sink_ = nullptr;
  bool finished_ = false;
  size_t used_ = 0;  // bytes of buffer_ in use, the chunk's header included
  RecordId chunk_first_id_ = 1;
  Time chunk_base_{};  // the time from which the chunk's first delta counts
  std::vector<std::byte> buffer_;
};

enum class ReadResult : uint8_t {
  record,        // the record was filled in
  end,           // all records were read, and the footer's count and fingerprint agree
  truncated,     // the trace stops early; what was read before is good
  corrupt,       // bytes that no writer wrote; what was read before is good
  newer_format,  // written by a later version
};

// Reads a trace from memory; never outside of it, whatever the bytes are. Each chunk's check is
// verified before its first record is given out. Once something else than `record` was returned,
// it is returned for ever.
class TraceReader {
 public:
  // REQUIRES: `data` outlives the reader and the texts of its records.
  explicit TraceReader(std::span<const std::byte> data);
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  // The fields are valid until the next call.
  ReadResult next(Record& record);

  // Between two records: where to go on reading.
  struct Position {
    size_t offset = 0;
    size_t chunk_end = 0;
    uint64_t records = 0;
    Time at{};
  };
  Position position() const { return {offset_, chunk_end_, records_, at_}; }
  // The next record is the one after which position() was taken, by a reader of the same bytes that
  // had read them to the end without an error. The fingerprint at the end is not checked again.
  void resume(const Position& position);

  const TraceMetadata& metadata() const { return metadata_; }
  // The value of a key, empty if absent.
  std::string_view metadata_value(std::string_view key) const;
  // What is wrong and at which byte, if the last result was truncated, corrupt or newer_format.
  const std::string& error() const { return error_; }
  // The byte up to which the trace was read.
  size_t offset() const { return offset_; }
  // Of the records read so far.
  uint64_t fingerprint() const { return hash_.digest(); }
  uint64_t records() const { return records_; }

 private:
  ReadResult fail(ReadResult result, size_t at, std::string_view what);
  ReadResult open();
  ReadResult open_metadata(std::string_view text);
  ReadResult next_section();
  ReadResult open_chunk();
  ReadResult close_with_footer();
  ReadResult decode(Record& record);
  bool take_varint(uint64_t& value);

  std::span<const std::byte> data_;
  size_t offset_ = 0;
  size_t chunk_end_ = 0;  // where the open chunk ends; equal to offset_ between chunks
  ReadResult result_ = ReadResult::record;
  Hasher hash_;
  uint64_t records_ = 0;
  Time at_{};
  bool resumed_ = false;
  TraceMetadata metadata_;
  std::string error_;
  std::array<int64_t, kMaxRecordFields> fields_{};
};

}  // namespace twin::sim
