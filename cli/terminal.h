// What the terminal can take: width, colour, whether somebody watches. NO_COLOR (no-color.org) and
// COLUMNS are honoured; output that goes to a file or a pipe is plain and 100 columns wide.
#pragma once

namespace twin::cli {

struct Terminal {
  int width = 100;
  bool colour = false;
  bool interactive = false;
};

Terminal detect_terminal();

}  // namespace twin::cli
