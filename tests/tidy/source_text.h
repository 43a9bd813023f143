// A C++ source as the rules see it. The rules on names must not be set off by a comment or a
// string, and the rule on functions must not count braces inside one: `code` is the text with
// comments, literals and preprocessor lines blanked out, byte for byte in the same place, so that
// an offset in `code` is an offset in `text`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace twin::tidy {

struct Include {
  int line;          // 1-based
  std::string name;  // what stands between the quotes or angle brackets
  bool quoted;
};

struct Function {
  int first_line;  // 1-based, where its signature (or its template line) begins
  int last_line;   // where its closing brace is
};

class SourceText {
 public:
  explicit SourceText(std::string text);
  SourceText(const SourceText&) = delete;  // lines() points into text()
  SourceText& operator=(const SourceText&) = delete;

  const std::string& text() const { return text_; }
  const std::string& code() const { return code_; }
  const std::vector<std::string_view>& lines() const { return lines_; }
  const std::vector<Include>& includes() const { return includes_; }

  // 1-based line of a byte of text() or code().
  int line_of(std::size_t offset) const;

  // The functions with a body, found by matching braces: those at namespace or class scope, test
  // macros, and lambdas that start a variable or sit in a table. A function inside a function is
  // part of it. Namespaces, classes, enums and initialiser lists are not functions.
  std::vector<Function> functions() const;

 private:
  void blank_out_literals_and_comments();
  std::size_t end_of_literal(std::size_t begin) const;
  void read_and_blank_out_directives();
  void split_lines();

  std::string text_;
  std::string code_;
  std::vector<std::string_view> lines_;
  std::vector<std::size_t> line_starts_;
  std::vector<Include> includes_;
};

bool is_identifier_character(char c);

// The offsets at which `word` stands in `code` as a whole word (or words joined by ::).
std::vector<std::size_t> find_word(std::string_view code, std::string_view word);

}  // namespace twin::tidy
