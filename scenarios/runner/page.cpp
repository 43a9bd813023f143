#include "scenarios/runner/page.h"

#include <fmt/format.h>

namespace twin::scenario {

namespace {

constexpr int kLabel = 31;        // the longest label and two blanks
constexpr int kLabelNarrow = 20;  // below 80 columns long labels stand on a line of their own

}  // namespace

void Page::heading(std::string_view text) {
  out_ += (out_.empty() ? "" : "\n") + paint(Paint::bold, std::string(text), colour_) + "\n";
}

void Page::row(std::string_view label, const std::string& value, Paint as) {
  const int column = width_ < 80 ? kLabelNarrow : kLabel;
  const bool apart = static_cast<int>(label.size()) > column - 2;
  if (apart) out_ += fmt::format("  {}\n", label);
  const std::vector<std::string> lines = wrap(value, width_ - column - 2);
  for (size_t i = 0; i < lines.size(); ++i) {
    out_ += fmt::format("  {:<{}}", i == 0 && !apart ? label : "", column);
    out_ += paint(as, lines[i], colour_) + "\n";
  }
}

void Page::item(const std::string& text, Paint as) {
  const std::vector<std::string> lines = wrap(text, width_ - 4);
  for (size_t i = 0; i < lines.size(); ++i) {
    out_ += (i == 0 ? "  - " : "    ") + paint(as, lines[i], colour_) + "\n";
  }
}

}  // namespace twin::scenario
