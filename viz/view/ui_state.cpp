#include "viz/view/ui_state.h"

namespace twin::viz {

std::vector<std::string> panel_names() {
  return {"all", "cluster", "partitions", "charts", "decisions", "timeline"};
}

Panel panel_named(const std::string& name, bool& found) {
  const auto names = panel_names();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != name) continue;
    found = true;
    return static_cast<Panel>(i);
  }
  found = false;
  return Panel::all;
}

}  // namespace twin::viz
