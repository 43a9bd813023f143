// A value, or the reason why there is none.
//
// Used for every error that a user can cause: a bad file, a full disk, an unreachable server. Such
// errors are returned, never thrown and never asserted. An Error is written for the person who has
// to act on it: where it is, what is wrong, what would be right.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "sim/assert.h"

namespace twin::sim {

struct Error {
  std::string where{};  // "cluster.yaml:12:7", "trace byte 4096"; may be empty
  std::string what{};   // one sentence without a full stop
  std::string hint{};   // what would be right; may be empty

  bool operator==(const Error&) const = default;
  // "where: what (hint)", without the parts that are empty.
  std::string to_string() const;
};

template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // REQUIRES: has_value().
  T& value() & { require_value(); return *std::get_if<0>(&state_); }
  const T& value() const& { require_value(); return *std::get_if<0>(&state_); }
  T&& value() && { require_value(); return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  template <class U>
  T value_or(U&& other) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(other));
  }

  // REQUIRES: !has_value().
  const Error& error() const {
    TWIN_ASSERT_MSG(!has_value(), "asked for the error of a value");
    return *std::get_if<1>(&state_);
  }

 private:
  void require_value() const {
    TWIN_ASSERT_MSG(has_value(), std::get_if<1>(&state_)->to_string());
  }

  std::variant<T, Error> state_;
};

// Success without a value. `return {};` is success.
template <>
class [[nodiscard]] Expected<void> {
 public:
  Expected() = default;
  Expected(Error error) : error_(std::move(error)), failed_(true) {}

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  void value() const { TWIN_ASSERT_MSG(has_value(), error_.to_string()); }
  const Error& error() const {
    TWIN_ASSERT_MSG(failed_, "asked for the error of a success");
    return error_;
  }

 private:
  Error error_{};
  bool failed_ = false;
};

}  // namespace twin::sim
