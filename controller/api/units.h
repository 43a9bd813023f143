// Bytes and byte rates as integers; parsing of Kubernetes quantities ("100Gi") and Kafka sizes.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/expected.h"

namespace twin::api {

struct Bytes {
  int64_t value = 0;
  constexpr auto operator<=>(const Bytes&) const = default;
  constexpr Bytes operator+(Bytes o) const { return {value + o.value}; }
  constexpr Bytes operator-(Bytes o) const { return {value - o.value}; }
  constexpr Bytes& operator+=(Bytes o) {
    value += o.value;
    return *this;
  }
};

struct BytesPerSec {
  int64_t value = 0;
  constexpr auto operator<=>(const BytesPerSec&) const = default;
};

constexpr Bytes kib(int64_t n) { return {n * 1024}; }
constexpr Bytes mib(int64_t n) { return {n * 1024 * 1024}; }
constexpr Bytes gib(int64_t n) { return {n * 1024 * 1024 * 1024}; }

// A Kubernetes quantity of bytes: "100Gi", "512M", "1048576", "1.5Ti". Error: what is wrong and an
// example of what would be right. Source: apimachinery resource.Quantity, suffixes Ki..Ei and k..E.
sim::Expected<Bytes> parse_quantity(std::string_view text);

// A rate with a decimal or binary suffix and an optional "/s": "5MB/s", "20MiB/s", "1000000".
sim::Expected<BytesPerSec> parse_rate(std::string_view text);

// "1.5 GiB", "312 KiB", "17 B": fixed rules, no locale.
std::string format_bytes(Bytes bytes);
std::string format_rate(BytesPerSec rate);

}  // namespace twin::api
