#include "controller/api/quantity.h"

namespace twin::api {
namespace {

constexpr int64_t kNanos = 1'000'000'000;
constexpr int64_t kDaySeconds = 86'400;

// Days since 1970-01-01 of a date of the Gregorian calendar, and back: counted in years that begin
// in March, so that the leap day is the last one of a year.
int64_t days_of(int64_t year, int64_t month, int64_t day) {
  if (month <= 2) --year;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Date {
  int64_t year, month, day;
};

Date date_of(int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted + (shifted < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

void append_padded(int64_t value, size_t width, std::string& out) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

bool read_digits(std::string_view text, size_t at, size_t count, int64_t& out) {
  out = 0;
  if (at + count > text.size()) return false;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

// "", ".5", ".123456" before the final Z.
bool read_fraction(std::string_view text, int64_t& nanos) {
  nanos = 0;
  if (text.empty()) return true;
  if (text[0] != '.' || text.size() < 2 || text.size() > 10) return false;
  int64_t unit = kNanos / 10;
  for (char c : text.substr(1)) {
    if (c < '0' || c > '9') return false;
    nanos += (c - '0') * unit;
    unit /= 10;
  }
  return true;
}

}  // namespace

std::string timestamp_text(sim::Time at) {
  int64_t seconds = at.ns / kNanos;
  int64_t nanos = at.ns % kNanos;
  if (nanos < 0) {
    nanos += kNanos;
    --seconds;
  }
  int64_t days = seconds / kDaySeconds;
  int64_t rest = seconds % kDaySeconds;
  if (rest < 0) {
    rest += kDaySeconds;
    --days;
  }
  const Date date = date_of(days);
  std::string out;
  append_padded(date.year, 4, out);
  out += '-';
  append_padded(date.month, 2, out);
  out += '-';
  append_padded(date.day, 2, out);
  out += 'T';
  append_padded(rest / 3600, 2, out);
  out += ':';
  append_padded(rest / 60 % 60, 2, out);
  out += ':';
  append_padded(rest % 60, 2, out);
  if (nanos != 0) {
    out += '.';
    append_padded(nanos, 9, out);
    while (out.back() == '0') out.pop_back();
  }
  return out + 'Z';
}

sim::Expected<sim::Time> parse_timestamp(std::string_view text) {
  const sim::Error error{"", "`" + std::string(text) + "` is not a time",
                         "RFC 3339 in UTC, for example 2019-02-25T12:00:00Z"};
  int64_t year, month, day, hour, minute, second, nanos;
  const bool shape = text.size() >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
                     text[13] == ':' && text[16] == ':' && text.back() == 'Z';
  if (!shape || !read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) ||
      !read_digits(text, 8, 2, day) || !read_digits(text, 11, 2, hour) ||
      !read_digits(text, 14, 2, minute) || !read_digits(text, 17, 2, second) ||
      !read_fraction(text.substr(19, text.size() - 20), nanos)) {
    return error;
  }
  const bool in_range = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 &&
                        minute < 60 && second < 60 && year >= 1970 && year < 2262;
  if (!in_range) return error;
  const int64_t seconds =
      days_of(year, month, day) * kDaySeconds + hour * 3600 + minute * 60 + second;
  return sim::Time{seconds * kNanos + nanos};
}

}  // namespace twin::api
