// Pieces of Markdown as a pull request's comment takes it.
#pragma once

#include <string>
#include <string_view>

namespace twin::scenario {

// Text in a cell or an item: nothing of it is markup, and it stays on its line.
std::string markdown_plain(std::string_view text);
// Folded away behind its title.
std::string markdown_folded(std::string_view title, const std::string& body);

}  // namespace twin::scenario
