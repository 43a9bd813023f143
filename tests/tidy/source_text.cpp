#include "tests/tidy/source_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace twin::tidy {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.starts_with(word) &&
         (text.size() == word.size() || !is_identifier_character(text[word.size()]));
}

// Takes `template <...>`, `[[...]]` and words like `static` off the front of a declaration.
std::string_view without_prefixes(std::string_view head) {
  static constexpr std::array<std::string_view, 7> kWords = {
      "static", "inline", "constexpr", "typedef", "friend", "export", "const"};
  for (bool again = true; again;) {
    again = false;
    head = trimmed(head);
    for (const std::string_view word : kWords) {
      if (!starts_with_word(head, word)) continue;
      head.remove_prefix(word.size());
      again = true;
    }
    if (head.starts_with("[[") && head.find("]]") != std::string_view::npos) {
      head.remove_prefix(head.find("]]") + 2);
      again = true;
    }
    if (!starts_with_word(head, "template")) continue;
    std::size_t end = head.find('<');
    for (int depth = 0; end < head.size(); ++end) {
      if (head[end] == '<') ++depth;
      if (head[end] == '>' && --depth == 0) break;
    }
    if (end >= head.size()) return head;
    head.remove_prefix(end + 1);
    again = true;
  }
  return head;
}

// Whether a lone '=' stands outside of all brackets: what follows is an initialiser.
bool assigns(std::string_view head) {
  int depth = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c != '=' || depth != 0) continue;
    const char before = i > 0 ? head[i - 1] : ' ';
    const char after = i + 1 < head.size() ? head[i + 1] : ' ';
    if (after != '=' && std::string_view("=<>!").find(before) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// Whether the text before a brace ends in `[captures]`, `[captures](...)` or `...) -> Type`.
bool ends_as_lambda(std::string_view head) {
  const auto arrow = head.rfind("->");
  if (arrow != std::string_view::npos && head.find('(', arrow) == std::string_view::npos) {
    head = trimmed(head.substr(0, arrow));
  }
  for (const std::string_view word : {"noexcept", "mutable"}) {
    if (head.ends_with(word)) head = trimmed(head.substr(0, head.size() - word.size()));
  }
  if (head.ends_with(')')) {
    int depth = 0;
    std::size_t i = head.size();
    while (i > 0) {
      --i;
      if (head[i] == ')') ++depth;
      if (head[i] == '(' && --depth == 0) break;
    }
    head = trimmed(head.substr(0, i));
  }
  if (!head.ends_with(']')) return false;
  // `int table[3] {` indexes something; a lambda's bracket follows an operator, comma or bracket.
  const auto bracket = head.rfind('[');
  if (bracket == std::string_view::npos) return false;
  const std::string_view before = trimmed(head.substr(0, bracket));
  return before.empty() || !is_identifier_character(before.back());
}

enum class Scope { kOuter, kFunction, kInitialiser };

struct OpenBrace {
  Scope scope;
  int paren_depth;         // brackets open in the scope around it
  std::size_t head_begin;  // where the declaration that owns the brace begins
};

Scope scope_of(std::string_view head, const OpenBrace* around, int paren_depth) {
  head = without_prefixes(head);
  if (around != nullptr && around->scope == Scope::kFunction) return Scope::kFunction;
  if (ends_as_lambda(head)) return Scope::kFunction;
  if (around != nullptr && around->scope == Scope::kInitialiser) return Scope::kInitialiser;
  if (paren_depth > 0) return Scope::kInitialiser;
  for (const std::string_view word : {"namespace", "class", "struct", "union", "enum", "extern"}) {
    if (starts_with_word(head, word) && !head.ends_with(')')) return Scope::kOuter;
  }
  if (head.find("operator") != std::string_view::npos) return Scope::kFunction;
  if (assigns(head)) return Scope::kInitialiser;
  return head.find('(') != std::string_view::npos ? Scope::kFunction : Scope::kInitialiser;
}

}  // namespace

bool is_identifier_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::vector<std::size_t> find_word(std::string_view code, std::string_view word) {
  std::vector<std::size_t> found;
  for (std::size_t at = code.find(word); at != std::string_view::npos;
       at = code.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_identifier_character(code[at - 1]);
    const bool ends = end == code.size() || !is_identifier_character(code[end]);
    if (begins && ends) found.push_back(at);
  }
  return found;
}

SourceText::SourceText(std::string text) : text_(std::move(text)), code_(text_) {
  split_lines();
  blank_out_literals_and_comments();
  read_and_blank_out_directives();
}

void SourceText::split_lines() {
  std::size_t begin = 0;
  while (begin < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', begin), text_.size());
    line_starts_.push_back(begin);
    lines_.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end + 1;
  }
}

int SourceText::line_of(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<int>(after - line_starts_.begin());
}

// The end of the string, raw string or character literal or comment that begins at `begin`, or
// `begin` itself when none does.
std::size_t SourceText::end_of_literal(std::size_t begin) const {
  const auto past = [this](std::size_t at, std::size_t length) {
    return at == std::string::npos ? text_.size() : at + length;
  };
  const char c = text_[begin];
  if (text_.compare(begin, 2, "//") == 0) return past(text_.find('\n', begin), 0);
  if (text_.compare(begin, 2, "/*") == 0) return past(text_.find("*/", begin + 2), 2);
  if (c == '"' && begin > 0 && text_[begin - 1] == 'R') {
    const std::size_t open = text_.find('(', begin);
    if (open == std::string::npos) return text_.size();
    const std::string close = ")" + text_.substr(begin + 1, open - begin - 1) + "\"";
    return past(text_.find(close, open), close.size());
  }
  if (c != '"' && c != '\'') return begin;
  const bool digit_separator = c == '\'' && begin > 0 && is_identifier_character(text_[begin - 1]);
  if (digit_separator) return begin;
  for (std::size_t i = begin + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == c || text_[i] == '\n') {
      return i + 1;
    }
  }
  return text_.size();
}

void SourceText::blank_out_literals_and_comments() {
  for (std::size_t i = 0; i < text_.size();) {
    // An include's quotes are not a literal: its name is read from text_.
    const std::size_t end = end_of_literal(i);
    const bool literal = text_[i] == '"' || text_[i] == '\'';
    for (std::size_t j = i; j < end; ++j) {
      const bool delimiter = literal && (j == i || j + 1 == end);
      if (code_[j] != '\n' && !delimiter) code_[j] = ' ';
    }
    i = std::max(end, i + 1);
  }
}

void SourceText::read_and_blank_out_directives() {
  bool continues = false;
  for (std::size_t n = 0; n < lines_.size(); ++n) {
    const std::size_t start = line_starts_[n];
    const std::string_view code = trimmed(std::string_view(code_).substr(start, lines_[n].size()));
    if (!continues && !code.starts_with('#')) continue;
    const std::string_view raw = lines_[n];
    if (!continues && trimmed(code.substr(1)).starts_with("include")) {
      const auto open = raw.find_first_of("<\"");
      const auto close = open == raw.npos ? open : raw.find_first_of(">\"", open + 1);
      if (close != raw.npos) {
        includes_.push_back({static_cast<int>(n) + 1,
                             std::string(raw.substr(open + 1, close - open - 1)),
                             raw[open] == '"'});
      }
    }
    continues = raw.ends_with('\\');
    std::fill_n(code_.begin() + static_cast<std::ptrdiff_t>(start), raw.size(), ' ');
  }
}

std::vector<Function> SourceText::functions() const {
  std::vector<Function> found;
  std::vector<OpenBrace> open;
  std::size_t head_begin = 0;
  int paren_depth = 0;
  const auto head_to = [&](std::size_t end) {
    return trimmed(std::string_view(code_).substr(head_begin, end - head_begin));
  };
  for (std::size_t i = 0; i < code_.size(); ++i) {
    const char c = code_[i];
    if (c == '(') ++paren_depth;
    if (c == ')') paren_depth = std::max(0, paren_depth - 1);
    if (c == ';' && paren_depth == 0) head_begin = i + 1;
    if (c == ':') {
      const std::string_view head = head_to(i);
      if (head == "public" || head == "private" || head == "protected") head_begin = i + 1;
    }
    if (c == '{') {
      const OpenBrace* around = open.empty() ? nullptr : &open.back();
      open.push_back({scope_of(head_to(i), around, paren_depth), paren_depth, head_begin});
      head_begin = i + 1;
      paren_depth = 0;
    }
    if (c != '}' || open.empty()) continue;
    const OpenBrace closed = open.back();
    open.pop_back();
    paren_depth = closed.paren_depth;
    const bool in_function = !open.empty() && open.back().scope == Scope::kFunction;
    const std::size_t next = std::min(code_.find_first_not_of(" \t\r\n", i + 1), code_.size());
    const char after = next < code_.size() ? code_[next] : ';';
    const bool in_table = !open.empty() && open.back().scope == Scope::kInitialiser;
    // `Thing() : a_{1}, b_{2} {` : these braces belong to the declaration that goes on, as do
    // those inside of its brackets.
    const bool member =
        closed.scope != Scope::kOuter && !in_table && (after == ',' || after == '{');
    head_begin = member || closed.paren_depth > 0 ? closed.head_begin : i + 1;
    if (closed.scope != Scope::kFunction || in_function) continue;
    if (member && closed.paren_depth == 0) continue;
    const std::size_t first = code_.find_first_not_of(" \t\r\n", closed.head_begin);
    found.push_back({line_of(first), line_of(i)});
  }
  return found;
}

}  // namespace twin::tidy
