#include "controller/api/value.h"

#include <charconv>

#include "sim/assert.h"

namespace twin::api {
namespace {

// The part of a dotted path up to the next dot. Keys may hold dots themselves ("strimzi.io/kind"):
// at_path tries the longest key first.
bool parse_index(std::string_view text, size_t& index) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  return error == std::errc{} && stop == end && !text.empty();
}

bool entries_equal(const Value::Map& a, const Value::Map& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const Value* other = nullptr;
    if (b[i].first == a[i].first) {
      other = &b[i].second;
    } else {
      for (const auto& [key, value] : b)
        if (key == a[i].first) other = &value;
    }
    if (!other || !(a[i].second == *other)) return false;
  }
  return true;
}

}  // namespace

Value Value::boolean(bool b) {
  Value v;
  v.kind_ = Kind::boolean;
  v.bool_ = b;
  return v;
}

Value Value::integer(int64_t i) {
  Value v;
  v.kind_ = Kind::integer;
  v.int_ = i;
  return v;
}

Value Value::real(std::string text) {
  Value v;
  v.kind_ = Kind::real;
  v.text_ = std::move(text);
  return v;
}

Value Value::string(std::string text) {
  Value v;
  v.kind_ = Kind::string;
  v.text_ = std::move(text);
  return v;
}

Value Value::list(List items) {
  Value v;
  v.kind_ = Kind::list;
  v.list_ = std::move(items);
  return v;
}

Value Value::map(Map entries) {
  Value v;
  v.kind_ = Kind::map;
  v.map_ = std::move(entries);
  return v;
}

bool Value::as_bool() const {
  TWIN_ASSERT(kind_ == Kind::boolean);
  return bool_;
}

int64_t Value::as_int() const {
  TWIN_ASSERT(kind_ == Kind::integer);
  return int_;
}

const std::string& Value::as_string() const {
  TWIN_ASSERT(kind_ == Kind::string || kind_ == Kind::real);
  return text_;
}

const Value::List& Value::items() const {
  TWIN_ASSERT(kind_ == Kind::list);
  return list_;
}

Value::List& Value::items() {
  TWIN_ASSERT(kind_ == Kind::list);
  return list_;
}

const Value::Map& Value::entries() const {
  TWIN_ASSERT(kind_ == Kind::map);
  return map_;
}

Value::Map& Value::entries() {
  TWIN_ASSERT(kind_ == Kind::map);
  return map_;
}

const Value* Value::find(std::string_view key) const {
  if (kind_ != Kind::map) return nullptr;
  for (const auto& [name, value] : map_)
    if (name == key) return &value;
  return nullptr;
}

Value* Value::find(std::string_view key) {
  return const_cast<Value*>(static_cast<const Value*>(this)->find(key));
}

const Value* Value::at_path(std::string_view dotted) const {
  if (dotted.empty()) return this;
  if (kind_ == Kind::list) {
    const size_t dot = dotted.find('.');
    size_t index = 0;
    if (!parse_index(dotted.substr(0, dot), index) || index >= list_.size()) return nullptr;
    return list_[index].at_path(dot == dotted.npos ? std::string_view{} : dotted.substr(dot + 1));
  }
  if (kind_ != Kind::map) return nullptr;
  // A key may hold dots ("min.insync.replicas"), so every prefix that ends before a dot is tried.
  for (size_t dot = dotted.size();; dot = dotted.rfind('.', dot - 1)) {
    if (dot == dotted.npos) return nullptr;
    if (const Value* child = find(dotted.substr(0, dot))) {
      const auto rest = dot == dotted.size() ? std::string_view{} : dotted.substr(dot + 1);
      if (const Value* found = child->at_path(rest)) return found;
    }
    if (dot == 0) return nullptr;
  }
}

Value& Value::set(std::string_view key, Value value) {
  if (kind_ == Kind::null) kind_ = Kind::map;
  TWIN_ASSERT(kind_ == Kind::map);
  if (Value* old = find(key)) {
    *old = std::move(value);
    return *old;
  }
  return map_.emplace_back(std::string(key), std::move(value)).second;
}

sim::Expected<bool> Value::set_path(std::string_view dotted, Value value) {
  if (dotted.empty()) return sim::Error{"", "the path is empty", "for example spec.kafka.version"};
  // A key with dots that exists already is replaced as it is.
  if (kind_ == Kind::map && find(dotted)) {
    set(dotted, std::move(value));
    return true;
  }
  if (kind_ == Kind::map) {
    for (size_t dot = dotted.rfind('.'); dot != dotted.npos && dot > 0;
         dot = dotted.rfind('.', dot - 1)) {
      Value* child = find(dotted.substr(0, dot));
      if (child && !child->is_scalar()) {
        return child->set_path(dotted.substr(dot + 1), std::move(value));
      }
    }
  }
  const size_t dot = dotted.find('.');
  const std::string_view head = dotted.substr(0, dot);
  const auto tail = dot == dotted.npos ? std::string_view{} : dotted.substr(dot + 1);
  if (kind_ == Kind::list) {
    size_t index = 0;
    if (!parse_index(head, index) || index >= list_.size()) {
      return sim::Error{"", "`" + std::string(head) + "` is no index of a list of " +
                                std::to_string(list_.size()),
                        "indices count from 0"};
    }
    if (tail.empty()) {
      list_[index] = std::move(value);
      return true;
    }
    return list_[index].set_path(tail, std::move(value));
  }
  if (kind_ != Kind::map && kind_ != Kind::null) {
    return sim::Error{"", "`" + std::string(head) + "` cannot be set inside the value `" +
                              scalar_text() + "`",
                      "only maps and lists have parts"};
  }
  if (tail.empty()) {
    set(head, std::move(value));
    return true;
  }
  Value* child = find(head);
  if (!child) child = &set(head, Value::map());
  return child->set_path(tail, std::move(value));
}

void Value::erase(std::string_view key) {
  if (kind_ != Kind::map) return;
  for (auto it = map_.begin(); it != map_.end(); ++it) {
    if (it->first == key) {
      map_.erase(it);
      return;
    }
  }
}

std::string Value::scalar_text() const {
  switch (kind_) {
    case Kind::boolean: return bool_ ? "true" : "false";
    case Kind::integer: return std::to_string(int_);
    case Kind::real:
    case Kind::string: return text_;
    default: return {};
  }
}

bool Value::operator==(const Value& other) const {
  if (kind_ != other.kind_) return false;
  switch (kind_) {
    case Kind::null: return true;
    case Kind::boolean: return bool_ == other.bool_;
    case Kind::integer: return int_ == other.int_;
    case Kind::real:
    case Kind::string: return text_ == other.text_;
    case Kind::list: return list_ == other.list_;
    case Kind::map: return entries_equal(map_, other.map_);
  }
  return false;
}

}  // namespace twin::api
