// Simulated time.
//
// Time is a count of integer nanoseconds since the start of the run; a Duration is the distance
// between two times. Both are plain structs around an int64_t, so that a run is the same on every
// platform and 292 simulated years fit. Nothing here reads a wall clock.
//
// Overflow is a programming error (the sanitizer preset reports it), with one exception that makes
// deadlines easy to write: kNever plus or minus a duration is kNever.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace twin::sim {

// A signed length of time in nanoseconds.
struct Duration {
  int64_t ns = 0;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration& operator+=(Duration other) { ns += other.ns; return *this; }
  constexpr Duration& operator-=(Duration other) { ns -= other.ns; return *this; }
};

// An instant: nanoseconds since the run began.
struct Time {
  int64_t ns = 0;

  constexpr auto operator<=>(const Time&) const = default;
  constexpr Time& operator+=(Duration length);
  constexpr Time& operator-=(Duration length);
};

// Later than every instant of a run: "no deadline".
constexpr Time kNever{INT64_MAX};

constexpr Duration operator+(Duration a, Duration b) { return Duration{a.ns + b.ns}; }
constexpr Duration operator-(Duration a, Duration b) { return Duration{a.ns - b.ns}; }
constexpr Duration operator-(Duration a) { return Duration{-a.ns}; }
constexpr Duration operator*(Duration a, int64_t factor) { return Duration{a.ns * factor}; }
constexpr Duration operator*(int64_t factor, Duration a) { return Duration{a.ns * factor}; }
// Rounds towards zero, as integers do. REQUIRES: divisor != 0.
constexpr Duration operator/(Duration a, int64_t divisor) { return Duration{a.ns / divisor}; }
// How many whole times `b` fits into `a`. REQUIRES: b is not zero.
constexpr int64_t operator/(Duration a, Duration b) { return a.ns / b.ns; }
constexpr Duration operator%(Duration a, Duration b) { return Duration{a.ns % b.ns}; }

constexpr Duration operator-(Time a, Time b) { return Duration{a.ns - b.ns}; }
constexpr Time operator+(Time a, Duration b) { return a == kNever ? a : Time{a.ns + b.ns}; }
constexpr Time operator+(Duration a, Time b) { return b + a; }
constexpr Time operator-(Time a, Duration b) { return a == kNever ? a : Time{a.ns - b.ns}; }

constexpr Time& Time::operator+=(Duration length) { return *this = *this + length; }
constexpr Time& Time::operator-=(Duration length) { return *this = *this - length; }

// `using namespace twin::sim::literals;` then 250_ms, 5_min, ...
namespace literals {

constexpr Duration operator""_ns(unsigned long long n) {
  return Duration{static_cast<int64_t>(n)};
}
constexpr Duration operator""_us(unsigned long long n) {
  return Duration{static_cast<int64_t>(n) * 1'000};
}
constexpr Duration operator""_ms(unsigned long long n) {
  return Duration{static_cast<int64_t>(n) * 1'000'000};
}
constexpr Duration operator""_s(unsigned long long n) {
  return Duration{static_cast<int64_t>(n) * 1'000'000'000};
}
constexpr Duration operator""_min(unsigned long long n) {
  return Duration{static_cast<int64_t>(n) * 60'000'000'000};
}
constexpr Duration operator""_h(unsigned long long n) {
  return Duration{static_cast<int64_t>(n) * 3'600'000'000'000};
}

}  // namespace literals

// Milliseconds, rounded towards zero.
constexpr int64_t whole_ms(Duration length) { return length.ns / 1'000'000; }
// Seconds, rounded towards zero.
constexpr int64_t whole_seconds(Duration length) { return length.ns / 1'000'000'000; }

// "00:12:03.250": hours, minutes, seconds, milliseconds (cut, not rounded: a clock never shows an
// instant that has not come). The width is fixed below 100 hours. kNever is "never".
std::string format_clock(Time at);

// For people: "1 h 02 min 03.5 s", "12.345 s", "250 ms", "17.5 us", "3 ns". Cut to 0.1 s from a
// minute on, to 1 ms from a second on, to 1 us and 1 ns below; trailing zeros are dropped.
std::string format_duration(Duration length);

}  // namespace twin::sim
