#include "scenarios/runner/text_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "sim/int128.h"

namespace twin::scenario {

namespace {

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::none:
      return "";
    case Paint::bold:
      return "1";
    case Paint::faint:
      return "2";
    case Paint::red:
      return "31";
    case Paint::green:
      return "32";
    case Paint::yellow:
      return "33";
    case Paint::blue:
      return "36";
  }
  return "";
}

Paint paint_of(TimelineLine::Tone tone) {
  using Tone = TimelineLine::Tone;
  switch (tone) {
    case Tone::plain:
      return Paint::none;
    case Tone::decision:
      return Paint::blue;
    case Tone::good:
      return Paint::green;
    case Tone::warning:
      return Paint::yellow;
    case Tone::bad:
      return Paint::red;
    case Tone::faint:
      return Paint::faint;
  }
  return Paint::none;
}

// Continuation bytes of UTF-8 take no column.
int columns_of(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// Where a word that is too long is cut: behind a dot, slash or comma, when one comes late enough.
size_t cut_of(std::string_view word, size_t limit) {
  const size_t at = word.substr(0, limit).find_last_of("./,-=");
  return at == word.npos || at + 1 < limit / 2 ? limit : at + 1;
}

}  // namespace

std::string paint(Paint as, const std::string& text, bool colour) {
  if (!colour || as == Paint::none) return text;
  return fmt::format("\033[{}m{}\033[0m", code_of(as), text);
}

std::vector<std::string> wrap(std::string_view text, int width) {
  const int limit = std::max(width, 20);
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const size_t blank = text.find(' ');
    std::string_view word = text.substr(0, blank);
    text = blank == text.npos ? std::string_view{} : text.substr(blank + 1);
    if (!line.empty() && columns_of(line) + 1 + columns_of(word) > limit) {
      lines.push_back(std::move(line));
      line.clear();
    }
    while (columns_of(word) > limit) {
      const size_t cut = cut_of(word, static_cast<size_t>(limit));
      lines.emplace_back(word.substr(0, cut));
      word.remove_prefix(cut);
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string format_line(const TimelineLine& line, int width, bool colour) {
  constexpr int kTime = 13;
  const int who_width = width < 80 ? 20 : width < 100 ? 26 : 28;
  std::string who = line.who;
  if (columns_of(who) >= who_width) {
    // The end of a pod's name tells them apart.
    who = ".." + who.substr(who.size() - static_cast<size_t>(who_width) + 4);
  }
  std::string out;
  const std::vector<std::string> lines = wrap(line.what, width - kTime - who_width);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i == 0) {
      out += fmt::format("{:<{}}{:<{}}", sim::format_clock(line.at), kTime, who, who_width);
    } else {
      out += std::string(static_cast<size_t>(kTime + who_width), ' ');
    }
    out += paint(paint_of(line.tone), lines[i], colour) + "\n";
  }
  return out;
}

std::string rate_text(int64_t bytes_per_s) {
  constexpr int64_t kMega = 1'000'000;
  const int64_t rest = bytes_per_s % kMega;
  if (rest == 0) return fmt::format("{} MB/s", bytes_per_s / kMega);
  if (rest % (kMega / 10) != 0) return api::format_rate({bytes_per_s});
  return fmt::format("{}.{} MB/s", bytes_per_s / kMega, rest / (kMega / 10));
}

std::string latency_text(sim::Duration latency) {
  constexpr int64_t kMinute = 60'000'000'000;
  if (latency.ns == 0 || latency.ns >= kMinute) return sim::format_duration(latency);
  int64_t unit = 1;
  for (const char* name : {"ns", "us", "ms"}) {
    if (latency.ns < unit * 1000) {
      const int64_t thousandths = sim::mul_div(latency.ns, 1000, unit);
      const int64_t whole = thousandths / 1000;
      if (whole >= 100 || thousandths % 1000 == 0) return fmt::format("{} {}", whole, name);
      if (whole >= 10) return fmt::format("{}.{} {}", whole, thousandths / 100 % 10, name);
      return fmt::format("{}.{:02} {}", whole, thousandths / 10 % 100, name);
    }
    unit *= 1000;
  }
  return fmt::format("{}.{} s", latency.ns / unit, latency.ns / (unit / 10) % 10);
}

}  // namespace twin::scenario
