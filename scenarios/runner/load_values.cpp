// Readers of single values: numbers with units, choices, words.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/runner/load_reader.h"

namespace twin::scenario {
namespace {

struct Unit {
  std::string_view name;
  int64_t ns;
};
constexpr std::array<Unit, 9> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"sec", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"min", 60'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"d", 86'400'000'000'000}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

sim::Error bad_duration(std::string_view text) {
  return {"", fmt::format("`{}` is not a duration", text),
          "a number with a unit: 250ms, 90s, 5min, 2h, 1h30min"};
}

// One "number unit" at the head of `rest`, which moves behind it. False: not one.
bool take_part(std::string_view& rest, int64_t& ns) {
  size_t at = 0;
  int64_t whole = 0;
  int64_t fraction = 0;
  int64_t scale = 1;
  while (at < rest.size() && is_digit(rest[at])) {
    if (whole > 1'000'000'000) return false;
    whole = whole * 10 + (rest[at++] - '0');
  }
  if (at == 0) return false;
  if (at < rest.size() && rest[at] == '.') {
    const size_t point = at++;
    while (at < rest.size() && is_digit(rest[at])) {
      if (scale > 100'000'000) return false;
      fraction = fraction * 10 + (rest[at++] - '0');
      scale *= 10;
    }
    if (at == point + 1) return false;
  }
  while (at < rest.size() && rest[at] == ' ') ++at;
  size_t end = at;
  while (end < rest.size() && rest[end] >= 'a' && rest[end] <= 'z') ++end;
  const std::string_view name = rest.substr(at, end - at);
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (whole > INT64_MAX / 4 / unit.ns) return false;
    ns += whole * unit.ns + fraction * (unit.ns / scale) + fraction * (unit.ns % scale) / scale;
    rest.remove_prefix(end);
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    return true;
  }
  return false;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Levenshtein distance, upper and lower case the same.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitute = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

}  // namespace

sim::Expected<sim::Duration> parse_duration(std::string_view text) {
  if (text == "0") return sim::Duration{};
  std::string_view rest = text;
  int64_t ns = 0;
  while (!rest.empty()) {
    if (!take_part(rest, ns) || ns < 0 || ns > INT64_MAX / 4) return bad_duration(text);
  }
  if (text.empty()) return bad_duration(text);
  return sim::Duration{ns};
}

std::string closest(std::string_view word, std::span<const std::string> known) {
  size_t best = std::max<size_t>(1, word.size() / 3) + 1;
  std::string found;
  for (const std::string& name : known) {
    const size_t away = distance(word, name);
    if (away < best) {
      best = away;
      found = name;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  const std::string near = closest(word, known);
  if (!near.empty()) return fmt::format("did you mean `{}`?", near);
  if (known.empty()) return "there is none";
  return fmt::format("known are {}", fmt::join(known, ", "));
}

bool read_text(const Node& node, std::string& out) {
  if (!node.value().is_scalar() || node.value().is_null()) {
    node.wrong_type("a text");
    return false;
  }
  out = node.value().scalar_text();
  return true;
}

bool read_word(const Node& node, std::string& out) {
  if (node.value().is_scalar() && node.value().scalar_text().empty()) {
    node.wrong_type("a name");
    return false;
  }
  return read_text(node, out);
}

bool read_flag(const Node& node, bool& out) {
  if (node.value().kind() != api::Value::Kind::boolean) {
    node.wrong_type("true or false");
    return false;
  }
  out = node.value().as_bool();
  return true;
}

bool read_integer(const Node& node, int64_t min, int64_t max, int64_t& out) {
  if (node.value().kind() != api::Value::Kind::integer) {
    node.wrong_type("a whole number");
    return false;
  }
  const int64_t value = node.value().as_int();
  if (value < min || value > max) {
    const std::string right = max == INT64_MAX || max == INT32_MAX
                                  ? fmt::format("at least {}", min)
                                  : fmt::format("a number from {} to {}", min, max);
    node.fail(fmt::format("`{}` is {}", node.path(), value), right);
    return false;
  }
  out = value;
  return true;
}

bool read_count(const Node& node, int32_t min, int32_t& out) {
  int64_t wide = 0;
  if (!read_integer(node, min, INT32_MAX, wide)) return false;
  out = static_cast<int32_t>(wide);
  return true;
}

namespace {

template <class T>
bool take(const Node& node, const sim::Expected<T>& parsed, T& out) {
  if (!parsed) {
    node.fail(fmt::format("`{}`: {}", node.path(), parsed.error().what), parsed.error().hint);
    return false;
  }
  out = *parsed;
  return true;
}

}  // namespace

bool read_duration(const Node& node, sim::Duration& out) {
  if (!node.value().is_scalar() || node.value().is_null()) {
    node.wrong_type("a duration, for example 90s");
    return false;
  }
  return take(node, parse_duration(node.value().scalar_text()), out);
}

bool read_bytes(const Node& node, api::Bytes& out) {
  if (!node.value().is_scalar() || node.value().is_null()) {
    node.wrong_type("a size, for example 100Gi");
    return false;
  }
  return take(node, api::parse_quantity(node.value().scalar_text()), out);
}

bool read_rate(const Node& node, api::BytesPerSec& out) {
  if (!node.value().is_scalar() || node.value().is_null()) {
    node.wrong_type("a rate, for example 5MB/s");
    return false;
  }
  return take(node, api::parse_rate(node.value().scalar_text()), out);
}

bool read_choice(const Node& node, std::span<const std::string> words, size_t& out) {
  std::string text;
  if (!read_text(node, text)) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] != text) continue;
    out = i;
    return true;
  }
  node.fail(fmt::format("`{}` is `{}`", node.path(), text), did_you_mean(text, words));
  return false;
}

}  // namespace twin::scenario
