#include "controller/live/kafka/wire.h"

#include "sim/assert.h"

namespace twin::controller::live::kafka {

namespace {
constexpr size_t kClassicStringMax = 32767;
}

void Writer::varint(uint32_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value & 0x7f) | static_cast<char>(0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void Writer::classic_string(std::string_view value) {
  TWIN_ASSERT(value.size() <= kClassicStringMax);
  i16(static_cast<int16_t>(value.size()));
  bytes_ += value;
}

void Writer::string(std::string_view value) {
  if (!flexible_) return classic_string(value);
  TWIN_ASSERT(value.size() <= kClassicStringMax);
  varint(static_cast<uint32_t>(value.size()) + 1);
  bytes_ += value;
}

void Writer::array(size_t count) {
  TWIN_ASSERT(count < INT32_MAX);
  if (flexible_)
    varint(static_cast<uint32_t>(count) + 1);
  else
    i32(static_cast<int32_t>(count));
}

void Writer::null_array() {
  if (flexible_)
    varint(0);
  else
    i32(-1);
}

void Writer::tags() {
  if (flexible_) varint(0);
}

void Reader::fail(std::string_view why) {
  if (failed()) return;  // what follows the first mistake says nothing
  problem_ = "byte " + std::to_string(at_) + ": " + std::string(why);
  at_ = bytes_.size();
}

bool Reader::require(size_t count) {
  if (failed()) return false;
  if (count <= left()) return true;
  fail("needs " + std::to_string(count) + " bytes, and " + std::to_string(left()) + " are left");
  return false;
}

void Reader::skip(size_t count) {
  if (require(count)) at_ += count;
}

uint32_t Reader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    const auto byte = static_cast<uint8_t>(i8());
    if (failed()) return 0;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    if (value > UINT32_MAX) break;
    return static_cast<uint32_t>(value);
  }
  fail("a varint of more than 32 bits");
  return 0;
}

std::optional<std::string> Reader::nullable_string() {
  const int64_t length = flexible_ ? int64_t{varint()} - 1 : int64_t{i16()};
  if (failed()) return std::nullopt;
  if (length < -1) fail("a string of negative length");
  if (length < 0 || !require(static_cast<size_t>(length))) return std::nullopt;
  const auto out = std::string(bytes_.substr(at_, static_cast<size_t>(length)));
  at_ += out.size();
  return out;
}

std::string Reader::string() {
  auto out = nullable_string();
  if (!out) fail("null where a string must be");
  return out.value_or("");
}

size_t Reader::array(size_t bytes_min) {
  const int64_t count = flexible_ ? int64_t{varint()} - 1 : int64_t{i32()};
  if (failed()) return 0;
  if (count < -1) fail("an array of negative length");
  if (count > static_cast<int64_t>(left() / bytes_min))
    fail("an array of " + std::to_string(count) + " elements in " + std::to_string(left()) +
         " bytes");
  return failed() || count < 0 ? 0 : static_cast<size_t>(count);
}

void Reader::tags() {
  if (!flexible_) return;
  // Each takes two bytes or more, so that a huge count ends where the bytes do.
  for (uint32_t count = varint(); count > 0 && !failed(); --count) {
    varint();
    skip(varint());
  }
}

}  // namespace twin::controller::live::kafka
