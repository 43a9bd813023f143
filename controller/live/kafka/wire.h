// The primitive types of Kafka's protocol (its guide, "Protocol Primitive Types"), in the two
// forms that messages come in: classic (lengths of fixed width) and flexible (compact lengths as
// unsigned varints, and tagged fields after every struct). What a peer sends is not trusted: a
// Reader never looks past its bytes, never reserves for more elements than bytes are left, and
// once something was wrong it stays wrong and reads zeros, so that a decoder checks once, at its
// end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twin::controller::live::kafka {

class Writer {
 public:
  explicit Writer(bool flexible) : flexible_(flexible) {}

  void i8(int8_t value) { big_endian(value); }
  void i16(int16_t value) { big_endian(value); }
  void i32(int32_t value) { big_endian(value); }
  void boolean(bool value) { i8(value ? 1 : 0); }
  void varint(uint32_t value);
  // REQUIRES: at most 32767 bytes, what a classic string can hold.
  void string(std::string_view value);
  // A string whose length is fixed in width even in flexible messages: the header's client id.
  void classic_string(std::string_view value);
  void array(size_t count);  // then its elements
  void null_array();
  void tags();  // none; ends every struct, and writes nothing in the classic form
  std::string take() { return std::move(bytes_); }

 private:
  template <class T>
  void big_endian(T value) {
    for (size_t i = sizeof(T); i-- > 0;)
      bytes_.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i) & 0xff));
  }
  bool flexible_;
  std::string bytes_;
};

class Reader {
 public:
  // REQUIRES: the bytes outlive this.
  Reader(std::string_view bytes, bool flexible) : bytes_(bytes), flexible_(flexible) {}

  int8_t i8() { return big_endian<int8_t>(); }
  int16_t i16() { return big_endian<int16_t>(); }
  int32_t i32() { return big_endian<int32_t>(); }
  int64_t i64() { return big_endian<int64_t>(); }
  bool boolean() { return i8() != 0; }
  void uuid() { skip(16); }
  uint32_t varint();
  std::optional<std::string> nullable_string();
  std::string string();  // null is an error
  // How many elements follow; a null array has none. `bytes_min` is what the smallest takes.
  size_t array(size_t bytes_min = 1);
  void tags();  // skips them all

  void fail(std::string_view why);
  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }  // "byte 12: ..."
  size_t left() const { return bytes_.size() - at_; }

 private:
  template <class T>
  T big_endian() {
    if (!require(sizeof(T))) return 0;
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) value = value << 8 | static_cast<uint8_t>(bytes_[at_++]);
    return static_cast<T>(value);
  }
  bool require(size_t count);
  void skip(size_t count);

  std::string_view bytes_;
  size_t at_ = 0;
  bool flexible_;
  std::string problem_;
};

}  // namespace twin::controller::live::kafka
