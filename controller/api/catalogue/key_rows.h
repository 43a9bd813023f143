// Rows of the configuration model, in the short form in which the tables are written, and the
// tables.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "controller/api/catalogue/config_keys.h"

namespace twin::api {

namespace rows {

inline constexpr ValueType kBool = ValueType::boolean;
inline constexpr ValueType kInt = ValueType::integer;
inline constexpr ValueType kReal = ValueType::real;
inline constexpr ValueType kText = ValueType::string;
inline constexpr ValueType kList = ValueType::list;
inline constexpr ValueType kSecret = ValueType::password;
inline constexpr UpdateMode kReadOnly = UpdateMode::read_only;
inline constexpr UpdateMode kPerBroker = UpdateMode::per_broker;
inline constexpr UpdateMode kClusterWide = UpdateMode::cluster_wide;
// Is it in Strimzi's list of keys that matter to pure controllers?
inline constexpr bool kYes = true;
inline constexpr bool kNo = false;
inline constexpr int64_t kNone = std::numeric_limits<int64_t>::min();

}  // namespace rows

// A key in Kafka versions [since, until); "" is open.
struct KeyRow {
  std::string_view name;
  ValueType type;
  UpdateMode mode;
  bool controller_relevant;
  std::string_view default_value;
  int64_t min = rows::kNone;
  int64_t max = rows::kNone;
  std::string_view allowed = "";
  std::string_view since = "";
  std::string_view until = "";
};

std::span<const KeyRow> key_rows_a_to_k();
std::span<const KeyRow> key_rows_l_to_z();
std::span<const KeyRow> key_rows_security();

}  // namespace twin::api
