// Two objects, path by path.
#include <algorithm>

#include "scenarios/preview/change.h"

namespace twin::preview {

namespace {

using api::Value;

std::string text_of(const Value* value) {
  if (value == nullptr) return {};
  return value->is_scalar() ? value->scalar_text() : api::to_json(*value);
}

// What tells an item of a list from the others; "" when nothing does.
std::string key_of(const Value& item) {
  for (const char* key : {"name", "id"}) {
    const Value* value = item.find(key);
    if (value != nullptr && value->is_scalar()) return value->scalar_text();
  }
  return {};
}

// Every item has a key, and no two the same.
bool is_keyed(const Value& list) {
  std::vector<std::string> keys;
  for (const Value& item : list.items()) keys.push_back(key_of(item));
  std::ranges::sort(keys);
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end() &&
         std::find(keys.begin(), keys.end(), "") == keys.end();
}

const Value* item_with(const Value& list, const std::string& key) {
  for (const Value& item : list.items()) {
    if (key_of(item) == key) return &item;
  }
  return nullptr;
}

class Comparison {
 public:
  void compare(const std::string& path, const Value* before, const Value* after) {
    if (before != nullptr && after != nullptr) {
      if (*before == *after) return;
      if (before->is_map() && after->is_map()) return maps(path, *before, *after);
      if (before->is_list() && after->is_list() && is_keyed(*before) && is_keyed(*after)) {
        return lists(path, *before, *after);
      }
    }
    found_.push_back({path, text_of(before), text_of(after)});
  }
  std::vector<Difference> take() { return std::move(found_); }

 private:
  void maps(const std::string& path, const Value& before, const Value& after) {
    const std::string head = path.empty() ? "" : path + ".";
    for (const auto& [key, value] : before.entries()) {
      compare(head + key, &value, after.find(key));
    }
    for (const auto& [key, value] : after.entries()) {
      if (before.find(key) == nullptr) compare(head + key, nullptr, &value);
    }
  }

  void lists(const std::string& path, const Value& before, const Value& after) {
    for (const Value& item : before.items()) {
      const std::string key = key_of(item);
      compare(path + "[" + key + "]", &item, item_with(after, key));
    }
    for (const Value& item : after.items()) {
      const std::string key = key_of(item);
      if (item_with(before, key) == nullptr) compare(path + "[" + key + "]", nullptr, &item);
    }
  }

  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const Value& before, const Value& after) {
  Comparison comparison;
  comparison.compare("", &before, &after);
  return comparison.take();
}

}  // namespace twin::preview
