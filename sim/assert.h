// Asserts that stay on in release builds.
//
// An assert guards against errors that only a programmer can cause; errors that a user can cause
// are values (see sim/expected.h). A failed assert prints the expression, the values, file and
// line, and, when a run is registered, its simulated time, event number, seed and the command that
// replays it. Then the handler is called: std::abort by default; a test may install one that
// throws.
//
// All state is per thread and scoped: a run registers itself with ScopedAssertContext and is
// forgotten when the scope ends.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/time.h"

namespace twin::sim {

// What a failed assert needs to tell so that the failure can be replayed.
struct AssertContext {
  Time now{};
  uint64_t event_number = 0;
  uint64_t seed = 0;
  std::string replay_command{};
};

// Registers `context` for asserts on this thread until the end of the scope. Scopes nest.
// REQUIRES: `context` outlives the scope; it is read only when an assert fails.
class ScopedAssertContext {
 public:
  explicit ScopedAssertContext(const AssertContext& context);
  ~ScopedAssertContext();
  ScopedAssertContext(const ScopedAssertContext&) = delete;
  ScopedAssertContext& operator=(const ScopedAssertContext&) = delete;

 private:
  const AssertContext* previous_;
};

// Receives the whole report. If it returns, the process aborts. Without one the report goes to
// standard error.
using AssertHandler = void (*)(const std::string& report);

class ScopedAssertHandler {
 public:
  explicit ScopedAssertHandler(AssertHandler handler);
  ~ScopedAssertHandler();
  ScopedAssertHandler(const ScopedAssertHandler&) = delete;
  ScopedAssertHandler& operator=(const ScopedAssertHandler&) = delete;

 private:
  AssertHandler previous_;
};

namespace detail {

// A const char* or string by reference costs nothing at the call; the text is made on failure.
[[noreturn]] void assert_failed(const char* expression, const char* file, int line);
[[noreturn]] void assert_failed(const char* expression, const char* file, int line,
                                std::string_view message);

std::string text_of(int64_t value);
std::string text_of(uint64_t value);

template <class T>
std::string operand_text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    return operand_text(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::signed_integral<T>) {
    return text_of(static_cast<int64_t>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    return text_of(static_cast<uint64_t>(value));
  } else if constexpr (std::is_same_v<T, Time> || std::is_same_v<T, Duration>) {
    return text_of(value.ns) + " ns";
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return "\"" + std::string(std::string_view(value)) + "\"";
  } else {
    return "(not printable)";
  }
}

template <class A, class B>
constexpr bool both_integers =
    std::integral<A> && std::integral<B> && !std::is_same_v<A, bool> && !std::is_same_v<B, bool>;

// Integers of different signs are compared as numbers, not as bit patterns.
struct Equal {
  static constexpr const char* kSymbol = "==";
  template <class A, class B>
  static constexpr bool holds(const A& a, const B& b) {
    if constexpr (both_integers<A, B>) return std::cmp_equal(a, b);
    else return a == b;
  }
};
struct LessOrEqual {
  static constexpr const char* kSymbol = "<=";
  template <class A, class B>
  static constexpr bool holds(const A& a, const B& b) {
    if constexpr (both_integers<A, B>) return std::cmp_less_equal(a, b);
    else return a <= b;
  }
};
struct Less {
  static constexpr const char* kSymbol = "<";
  template <class A, class B>
  static constexpr bool holds(const A& a, const B& b) {
    if constexpr (both_integers<A, B>) return std::cmp_less(a, b);
    else return a < b;
  }
};

template <class A, class B>
[[noreturn, gnu::cold, gnu::noinline]] void comparison_failed(
    const char* expression, const A& a, const B& b, const char* file, int line,
    const char* symbol) {
  assert_failed(expression, file, line,
                "values: " + operand_text(a) + " " + symbol + " " + operand_text(b));
}

template <class Comparison, class A, class B>
constexpr void assert_compare(const A& a, const B& b, const char* expression, const char* file,
                              int line) {
  if (!Comparison::holds(a, b)) [[unlikely]] {
    comparison_failed(expression, a, b, file, line, Comparison::kSymbol);
  }
}

}  // namespace detail
}  // namespace twin::sim

#define TWIN_ASSERT(expr)                                                                \
  do {                                                                                   \
    if (!(expr)) [[unlikely]] {                                                          \
      ::twin::sim::detail::assert_failed(#expr, __FILE__, __LINE__);                     \
    }                                                                                    \
  } while (false)

// `msg` is a const char* or a std::string; it is evaluated only on failure.
#define TWIN_ASSERT_MSG(expr, msg)                                                       \
  do {                                                                                   \
    if (!(expr)) [[unlikely]] {                                                          \
      ::twin::sim::detail::assert_failed(#expr, __FILE__, __LINE__, (msg));              \
    }                                                                                    \
  } while (false)

#define TWIN_ASSERT_EQ(a, b)                                                             \
  ::twin::sim::detail::assert_compare<::twin::sim::detail::Equal>((a), (b), #a " == " #b, \
                                                                  __FILE__, __LINE__)
#define TWIN_ASSERT_LE(a, b)                                                             \
  ::twin::sim::detail::assert_compare<::twin::sim::detail::LessOrEqual>(                 \
      (a), (b), #a " <= " #b, __FILE__, __LINE__)
#define TWIN_ASSERT_LT(a, b)                                                             \
  ::twin::sim::detail::assert_compare<::twin::sim::detail::Less>((a), (b), #a " < " #b,  \
                                                                 __FILE__, __LINE__)
