#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace twin::cli {

namespace {

constexpr int kWidthMin = 40;
constexpr int kWidthMax = 160;

bool set_and_not_empty(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

Terminal detect_terminal() {
  Terminal terminal;
  terminal.interactive = isatty(STDOUT_FILENO) == 1;
  int width = terminal.width;
  winsize size{};
  if (terminal.interactive && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    width = size.ws_col;
  }
  if (const char* columns = std::getenv("COLUMNS")) {
    const int asked = std::atoi(columns);
    if (asked > 0) width = asked;
  }
  terminal.width = std::clamp(width, kWidthMin, kWidthMax);
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
  terminal.colour = terminal.interactive && !dumb && !set_and_not_empty("NO_COLOR");
  if (set_and_not_empty("CLICOLOR_FORCE") && !set_and_not_empty("NO_COLOR")) {
    terminal.colour = true;
  }
  return terminal;
}

}  // namespace twin::cli
