#include "controller/api/catalogue/versions.h"

namespace twin::api {

namespace {

// The next number in a version and what follows it; IV counts as a number of its own.
int64_t take_number(std::string_view& text) {
  while (!text.empty() && (text.front() < '0' || text.front() > '9')) text.remove_prefix(1);
  int64_t number = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    number = number * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return number;
}

struct Parts {
  int64_t numbers[3] = {0, 0, 0};
  int64_t intermediate = 0;  // IVn
};

Parts parse(std::string_view text) {
  Parts parts;
  const size_t dash = text.find('-');
  std::string_view release = text.substr(0, dash);
  for (int64_t& number : parts.numbers) number = take_number(release);
  if (dash != text.npos) {
    std::string_view rest = text.substr(dash);
    parts.intermediate = take_number(rest);
  }
  return parts;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  const Parts left = parse(a);
  const Parts right = parse(b);
  for (int i = 0; i < 3; ++i) {
    if (left.numbers[i] != right.numbers[i]) return left.numbers[i] <=> right.numbers[i];
  }
  return left.intermediate <=> right.intermediate;
}

}  // namespace twin::api
