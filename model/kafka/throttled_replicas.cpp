#include "model/kafka/throttled_replicas.h"

#include <algorithm>
#include <charconv>

namespace twin::model {

namespace {

// The whole text as a number, or nothing.
template <class Number>
bool read(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::optional<ThrottledReplicas> ThrottledReplicas::parse(std::string_view text) {
  ThrottledReplicas list;
  if (text == "*") {
    list.all_ = true;
    return list;
  }
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view entry = text.substr(0, comma);
    const size_t colon = entry.find(':');
    uint32_t partition = 0;
    int32_t broker = 0;
    if (colon == entry.npos || !read(entry.substr(0, colon), partition) ||
        !read(entry.substr(colon + 1), broker) || broker < 0) {
      return std::nullopt;
    }
    list.listed_.emplace_back(partition, broker);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  std::ranges::sort(list.listed_);
  return list;
}

bool ThrottledReplicas::contains(uint32_t partition, api::NodeId broker) const {
  return all_ || std::ranges::binary_search(listed_, std::pair{partition, broker.value});
}

}  // namespace twin::model
