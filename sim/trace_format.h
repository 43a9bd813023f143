// The byte layout that TraceWriter and TraceReader share; see sim/trace.h for the grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "sim/hash.h"
#include "sim/trace.h"

namespace twin::sim::format {

constexpr std::string_view kMagic = "KTWTRACE";
constexpr size_t kFileHeaderBytes = 24;   // magic, version, metadata length, check
constexpr size_t kChunkHeaderBytes = 40;  // mark, length, first id, base time, two checks
constexpr size_t kFooterBytes = 32;       // mark, zero, records, fingerprint, check
constexpr uint32_t kChunkMark = 0x4b4e4843;   // "CHNK"
constexpr uint32_t kFooterMark = 0x544f4f46;  // "FOOT"
// No writer makes a longer payload: a chunk is closed at 64 KiB, a record has at most 1 MiB of text
// and 255 fields of 10 bytes.
constexpr size_t kMaxPayloadBytes = (size_t{64} << 10) + kMaxRecordTextBytes + 4096;
constexpr size_t kMaxMetadataBytes = size_t{16} << 20;
constexpr size_t kMaxVarintBytes = 10;

// The head byte of a record.
constexpr uint8_t kFieldCountMask = 0x0f;
constexpr uint8_t kManyFields = 0x0f;  // the count follows in a byte
constexpr uint8_t kHasText = 0x10;
constexpr uint8_t kHasCause = 0x20;
constexpr uint8_t kHasTimeDelta = 0x40;
constexpr uint8_t kReservedBit = 0x80;

constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// Little-endian. REQUIRES: room for sizeof(Word) at `to`.
template <class Word>
void store(std::byte* to, Word word) {
  std::memcpy(to, &word, sizeof word);
}

template <class Word>
Word load(const std::byte* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

inline uint64_t check_of(std::span<const std::byte> bytes) { return Hasher{}.add(bytes).digest(); }

// Folds a record into a fingerprint: every part of it, the lengths first.
inline void add_record(Hasher& hash, Time at, uint16_t type, RecordId cause,
                       std::span<const int64_t> fields, std::string_view text) {
  const uint64_t shape =
      uint64_t{type} | uint64_t{fields.size()} << 16 | uint64_t{text.size()} << 32;
  hash.add_pair(static_cast<uint64_t>(at.ns), shape);
  size_t i = 0;
  if (fields.size() % 2 == 1) {
    hash.add_pair(cause, static_cast<uint64_t>(fields[0]));
    i = 1;
  } else {
    hash.add(cause);
  }
  for (; i < fields.size(); i += 2) {
    hash.add_pair(static_cast<uint64_t>(fields[i]), static_cast<uint64_t>(fields[i + 1]));
  }
  if (!text.empty()) hash.add(text);
}

std::string metadata_to_text(const TraceMetadata& metadata);
// False if the text is not what metadata_to_text() makes.
bool metadata_from_text(std::string_view text, TraceMetadata& metadata);

}  // namespace twin::sim::format
