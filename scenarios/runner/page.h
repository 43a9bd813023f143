// A page of text for a terminal: headings, rows of label and value, items; wrapped to its width.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/runner/text_layout.h"

namespace twin::scenario {

class Page {
 public:
  Page(int width, bool colour) : width_(width), colour_(colour) {}

  void heading(std::string_view text);
  void row(std::string_view label, const std::string& value, Paint as = Paint::none);
  // Red when it is not zero.
  void must_be_zero(std::string_view label, bool zero, const std::string& value) {
    row(label, value, zero ? Paint::none : Paint::red);
  }
  // As it is, two blanks before it: a row of a table that is made to fit.
  void line(const std::string& text, Paint as = Paint::none) {
    out_ += "  " + paint(as, text, colour_) + "\n";
  }
  void item(const std::string& text, Paint as = Paint::none);
  std::string take() { return std::move(out_); }

 private:
  int width_;
  bool colour_;
  std::string out_;
};

}  // namespace twin::scenario
