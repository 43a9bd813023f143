#include "cli/help.h"

#include <algorithm>

#include "scenarios/runner/text_layout.h"

namespace twin::cli {

namespace {

constexpr int kWidthMax = 100;

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

HelpFormatter::HelpFormatter(int width) : width_(std::min(width, kWidthMax)) {}

std::string HelpFormatter::entry(const std::string& name, const std::string& text) const {
  const size_t column = std::min(column_width_, static_cast<size_t>(width_) / 3);
  std::string out = "  " + name;
  if (out.size() >= column) out += "\n";
  bool beside = out.back() != '\n';
  for (const std::string& line :
       scenario::wrap(on_one_line(text), width_ - static_cast<int>(column))) {
    out += std::string(beside ? column - out.size() : column, ' ') + line + "\n";
    beside = false;
  }
  if (out.back() != '\n') out += "\n";
  return out;
}

std::string HelpFormatter::paragraphs(const std::string& text) const {
  std::string out;
  for (size_t from = 0; from < text.size();) {
    const size_t to = std::min(text.find("\n\n", from), text.size());
    for (const std::string& line :
         scenario::wrap(on_one_line(text.substr(from, to - from)), width_)) {
      out += line + "\n";
    }
    from = to + 2;
  }
  return out;
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  return entry(make_option_name(option, is_positional) + make_option_opts(option),
               make_option_desc(option));
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return entry(command->get_display_name(true), command->get_description());
}

std::string HelpFormatter::make_description(const CLI::App* program) const {
  return paragraphs(program->get_description());
}

std::string HelpFormatter::make_footer(const CLI::App* program) const {
  return paragraphs(program->get_footer());
}

}  // namespace twin::cli
