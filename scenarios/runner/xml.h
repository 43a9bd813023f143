// What JUnit reports need of XML.
#pragma once

#include <string>
#include <string_view>

namespace twin::scenario {

// Text as it may stand in an attribute or an element of XML 1.0.
std::string xml_escaped(std::string_view text);

}  // namespace twin::scenario
