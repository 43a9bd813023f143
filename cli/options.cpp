#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "controller/operator.h"

namespace twin::cli {

std::function<std::string(const std::string&)> one_of(std::vector<std::string> formats) {
  return [formats = std::move(formats)](const std::string& name) {
    if (std::find(formats.begin(), formats.end(), name) != formats.end()) return std::string();
    std::string known;
    for (const std::string& format : formats) {
      const bool last = &format == &formats.back();
      known += (known.empty() ? "" : last ? " or " : ", ") + format;
    }
    return fmt::format("no format `{}`; {}", name, known);
  };
}

std::string known_profile(const std::string& name) {
  if (!controller::profile_claim(name).empty()) return {};
  return fmt::format("unknown operator profile `{}`; one of {}", name,
                     fmt::join(controller::known_profiles(), ", "));
}

std::string whole_number(const std::string& text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (!text.empty() && read.ec == std::errc{} && read.ptr == end) return {};
  return fmt::format("`{}` is not a whole number from 0 to {}", text, UINT64_MAX);
}

std::function<std::string(const std::string&)> whole_number_up_to(int32_t most) {
  return [most](const std::string& text) {
    int32_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    const bool good = read.ec == std::errc{} && read.ptr == end && value >= 1 && value <= most;
    return good ? std::string()
                : fmt::format("`{}` is not a whole number from 1 to {}", text, most);
  };
}

}  // namespace twin::cli
