#include "controller/api/units.h"

#include <iterator>

#include "controller/api/quantity.h"
#include "sim/int128.h"

namespace twin::api {
namespace {

using Wide = sim::Uint128;

struct Number {
  Wide digits = 0;   // without the point
  int decimals = 0;  // digits after the point
  size_t length = 0;
  bool negative = false;
};

// At most 30 digits: enough for every quantity, and no product below overflows 128 bits.
bool scan_number(std::string_view text, Number& out) {
  size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  int digits = 0;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') break;
    if (++digits > 30) return false;
    out.digits = out.digits * 10 + static_cast<Wide>(text[at] - '0');
    if (point) ++out.decimals;
  }
  out.length = at;
  return digits > 0;
}

struct Suffix {
  std::string_view name;
  int64_t factor;
  int64_t divisor = 1;
};

constexpr Suffix kQuantitySuffixes[] = {
    {"", 1},
    {"m", 1, 1000},
    {"k", 1'000},
    {"M", 1'000'000},
    {"G", 1'000'000'000},
    {"T", 1'000'000'000'000},
    {"P", 1'000'000'000'000'000},
    {"E", 1'000'000'000'000'000'000},
    {"Ki", 1LL << 10},
    {"Mi", 1LL << 20},
    {"Gi", 1LL << 30},
    {"Ti", 1LL << 40},
    {"Pi", 1LL << 50},
    {"Ei", 1LL << 60},
};

constexpr Suffix kRateSuffixes[] = {
    {"", 1},
    {"B", 1},
    {"k", 1'000},
    {"kB", 1'000},
    {"KB", 1'000},
    {"M", 1'000'000},
    {"MB", 1'000'000},
    {"G", 1'000'000'000},
    {"GB", 1'000'000'000},
    {"T", 1'000'000'000'000},
    {"TB", 1'000'000'000'000},
    {"Ki", 1LL << 10},
    {"KiB", 1LL << 10},
    {"Mi", 1LL << 20},
    {"MiB", 1LL << 20},
    {"Gi", 1LL << 30},
    {"GiB", 1LL << 30},
    {"Ti", 1LL << 40},
    {"TiB", 1LL << 40},
    {"kbit", 1'000, 8},
    {"Mbit", 1'000'000, 8},
    {"Gbit", 1'000'000'000, 8},
};

// digits * factor / (divisor * 10^decimals), rounded up as Kubernetes does. False: too large.
bool scale(const Number& number, int64_t factor, int64_t divisor, int64_t& out) {
  if (number.digits > static_cast<Wide>(1'000'000'000'000'000'000)) return false;
  Wide denominator = static_cast<Wide>(divisor);
  for (int i = 0; i < number.decimals; ++i) denominator *= 10;
  const Wide product = number.digits * static_cast<Wide>(factor);
  const Wide result = product / denominator + (product % denominator != 0 ? 1 : 0);
  if (result > static_cast<Wide>(INT64_MAX)) return false;
  out = static_cast<int64_t>(result);
  if (number.negative) out = -out;
  return true;
}

// "1e3", "1E3": the decimal exponent form of a quantity.
bool scan_exponent(std::string_view text, int64_t& factor) {
  if (text.size() < 2 || text.size() > 3 || (text[0] != 'e' && text[0] != 'E')) return false;
  int power = 0;
  for (char c : text.substr(1)) {
    if (c < '0' || c > '9') return false;
    power = power * 10 + (c - '0');
  }
  if (power > 18) return false;
  factor = 1;
  for (int i = 0; i < power; ++i) factor *= 10;
  return true;
}

template <size_t N>
bool parse_scaled(std::string_view text, const Suffix (&suffixes)[N], int64_t unit, int64_t& out) {
  Number number;
  if (!scan_number(text, number)) return false;
  const std::string_view suffix = text.substr(number.length);
  for (const Suffix& known : suffixes) {
    if (known.name != suffix) continue;
    const Wide factor = static_cast<Wide>(known.factor) * static_cast<Wide>(unit);
    if (factor > static_cast<Wide>(INT64_MAX)) return false;
    return scale(number, static_cast<int64_t>(factor), known.divisor, out);
  }
  int64_t factor = 0;
  return scan_exponent(suffix, factor) && unit == 1 && scale(number, factor, 1, out);
}

std::string tenths(int64_t value, int64_t unit, const char* name) {
  const auto wide = static_cast<Wide>(value) * 10;
  const auto scaled = static_cast<int64_t>(wide / static_cast<Wide>(unit));
  std::string out = std::to_string(scaled / 10);
  if (scaled % 10 != 0) out += "." + std::to_string(scaled % 10);
  return out + " " + name;
}

}  // namespace

sim::Expected<Bytes> parse_quantity(std::string_view text) {
  int64_t value = 0;
  if (!parse_scaled(text, kQuantitySuffixes, 1, value)) {
    return sim::Error{"", "`" + std::string(text) + "` is not a quantity",
                      "a number with Ki, Mi, Gi, Ti or k, M, G, T, for example 100Gi"};
  }
  return Bytes{value};
}

sim::Expected<BytesPerSec> parse_rate(std::string_view text) {
  std::string_view number = text;
  if (number.size() > 2 && number.substr(number.size() - 2) == "/s") number.remove_suffix(2);
  int64_t value = 0;
  if (!parse_scaled(number, kRateSuffixes, 1, value)) {
    return sim::Error{"", "`" + std::string(text) + "` is not a rate",
                      "bytes per second, for example 20MB/s, 20MiB/s or 10Gbit/s"};
  }
  return BytesPerSec{value};
}

sim::Expected<int64_t> parse_cpu_millis(std::string_view text) {
  int64_t value = 0;
  if (!parse_scaled(text, kQuantitySuffixes, 1000, value)) {
    return sim::Error{"", "`" + std::string(text) + "` is not a quantity of CPU",
                      "for example 500m, 2 or 1.5"};
  }
  return value;
}

std::string quantity_text(Bytes bytes) {
  if (bytes.value == 0) return "0";
  for (size_t i = std::size(kQuantitySuffixes); i-- > 8;) {
    if (bytes.value % kQuantitySuffixes[i].factor == 0) {
      return std::to_string(bytes.value / kQuantitySuffixes[i].factor) +
             std::string(kQuantitySuffixes[i].name);
    }
  }
  for (size_t i = 8; i-- > 2;) {
    if (bytes.value % kQuantitySuffixes[i].factor == 0) {
      return std::to_string(bytes.value / kQuantitySuffixes[i].factor) +
             std::string(kQuantitySuffixes[i].name);
    }
  }
  return std::to_string(bytes.value);
}

std::string cpu_text(int64_t millis) {
  return millis % 1000 == 0 ? std::to_string(millis / 1000) : std::to_string(millis) + "m";
}

std::string format_bytes(Bytes bytes) {
  if (bytes.value < 0) return "-" + format_bytes({-bytes.value});
  if (bytes.value < 1024) return std::to_string(bytes.value) + " B";
  if (bytes.value < 1LL << 20) return tenths(bytes.value, 1LL << 10, "KiB");
  if (bytes.value < 1LL << 30) return tenths(bytes.value, 1LL << 20, "MiB");
  if (bytes.value < 1LL << 40) return tenths(bytes.value, 1LL << 30, "GiB");
  return tenths(bytes.value, 1LL << 40, "TiB");
}

std::string format_rate(BytesPerSec rate) { return format_bytes({rate.value}) + "/s"; }

}  // namespace twin::api
