// Short ways to read documents in tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "controller/api/fields.h"
#include "controller/api/object.h"
#include "controller/api/strimzi.h"
#include "controller/api/value.h"

namespace twin::api::test {

// One document; an error fails the test.
inline Document document(const std::string& text, const std::string& file = "test.yaml") {
  auto parsed = parse_yaml(text, file);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().to_string());
  if (!parsed || parsed->size() != 1) return {};
  return (*parsed)[0];
}

inline Value yaml(const std::string& text) { return document(text).root; }

inline std::shared_ptr<Object> object(const std::string& text) {
  auto decoded = decode(document(text));
  EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().to_string());
  return decoded ? *decoded : nullptr;
}

template <class T>
const T& typed(const std::shared_ptr<Object>& object) {
  EXPECT_TRUE(object);
  EXPECT_EQ(kind_name(object->kind), kind_name(T::kKind));
  return static_cast<const T&>(*object);
}

inline std::string error_text(const std::string& text) {
  auto parsed = parse_yaml(text, "test.yaml");
  if (!parsed) return parsed.error().to_string();
  for (const Document& each : *parsed) {
    auto decoded = decode(each);
    if (!decoded) return decoded.error().to_string();
  }
  return "no error";
}

inline std::vector<std::string> paths(const std::vector<FieldReport>& reports) {
  std::vector<std::string> out;
  for (const FieldReport& each : reports) out.push_back(each.path);
  return out;
}

}  // namespace twin::api::test
