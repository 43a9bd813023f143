#include "controller/live/json.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace twin::controller::live {

namespace {

using api::Value;
using Json = nlohmann::json;

class Builder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return put({}); }
  bool boolean(bool b) override { return put(Value::boolean(b)); }
  bool number_integer(number_integer_t i) override { return put(Value::integer(i)); }
  bool number_unsigned(number_unsigned_t u) override {
    if (u <= static_cast<uint64_t>(INT64_MAX)) return put(Value::integer(static_cast<int64_t>(u)));
    return put(Value::real(std::to_string(u)));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return put(Value::real(text));
  }
  bool string(string_t& text) override { return put(Value::string(std::move(text))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Value::map()); }
  bool start_array(size_t) override { return open(Value::list()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& text) override {
    keys_.back() = std::move(text);
    return true;
  }
  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    failed_at_ = position;
    return false;
  }

  Value take() { return std::move(root_); }
  size_t failed_at() const { return failed_at_; }
  const std::string& refusal() const { return refusal_; }

 private:
  bool open(Value value) {
    if (open_.size() >= static_cast<size_t>(kJsonDepthMax)) {
      refusal_ = "JSON nests deeper than " + std::to_string(kJsonDepthMax);
      return false;
    }
    open_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Value done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    if (done.is_map() && has_twins(done)) {
      refusal_ = "a key of a JSON object is there twice";
      return false;
    }
    return put(std::move(done));
  }
  static bool has_twins(const Value& map) {
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : map.entries()) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
  }
  bool put(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_list()) {
      open_.back().items().push_back(std::move(value));
    } else {
      // Not set(): it looks for the key first, which a million keys would make slow.
      open_.back().entries().emplace_back(keys_.back(), std::move(value));
    }
    return true;
  }

  Value root_;
  std::vector<Value> open_;
  std::vector<std::string> keys_;
  size_t failed_at_ = 0;
  std::string refusal_;
};

}  // namespace

sim::Expected<Value> parse_json(std::string_view text, const std::string& where) {
  Builder builder;
  if (Json::sax_parse(text.begin(), text.end(), &builder)) return builder.take();
  if (!builder.refusal().empty()) return sim::Error{where, builder.refusal(), ""};
  return sim::Error{where,
                    "not JSON, from byte " + std::to_string(builder.failed_at()) + " of " +
                        std::to_string(text.size()),
                    ""};
}

}  // namespace twin::controller::live
