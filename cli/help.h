// What --help prints, laid out for the terminal: as wide as it is, at most 100 columns, so that
// nobody reads lines that are broken twice. Texts of commands and options are written without a
// width in mind: a line break in them is a blank, an empty line begins a paragraph.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace twin::cli {

class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(int width);
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_description(const CLI::App* program) const override;
  std::string make_footer(const CLI::App* program) const override;

 private:
  std::string entry(const std::string& name, const std::string& text) const;
  std::string paragraphs(const std::string& text) const;

  int width_;
};

}  // namespace twin::cli
