#include "sim/trace_format.h"

#include "sim/assert.h"

namespace twin::sim::format {

// A value's newline and backslash become "\n" and "\\", so that a line is one entry.
std::string metadata_to_text(const TraceMetadata& metadata) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    TWIN_ASSERT_MSG(!key.empty() && key.find_first_of("=\n") == std::string::npos,
                    "a metadata key is not empty and holds neither '=' nor a newline");
    text += key + "=";
    for (const char letter : value) {
      if (letter == '\n') text += "\\n";
      else if (letter == '\\') text += "\\\\";
      else text += letter;
    }
    text += "\n";
  }
  TWIN_ASSERT_LE(text.size(), kMaxMetadataBytes);
  return text;
}

namespace {

bool unescape(std::string_view text, std::string& value) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    if (++i == text.size()) return false;
    if (text[i] == 'n') value += '\n';
    else if (text[i] == '\\') value += '\\';
    else return false;
  }
  return true;
}

}  // namespace

bool metadata_from_text(std::string_view text, TraceMetadata& metadata) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    const std::string_view line = text.substr(0, end);
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    std::string value;
    if (!unescape(line.substr(equals + 1), value)) return false;
    metadata.emplace_back(std::string(line.substr(0, equals)), std::move(value));
    text.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace twin::sim::format
