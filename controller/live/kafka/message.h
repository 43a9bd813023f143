// Kafka's admin messages as bytes: the typed requests and replies of controller/api/kafka.h, each
// in the versions that one table names (field orders: clients/src/main/resources/common/message
// of Apache Kafka). Which version is spoken is what both sides know, the highest of those.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "controller/api/kafka.h"
#include "sim/expected.h"

namespace twin::controller::live::kafka {

enum class Api : int16_t {
  metadata = 3,
  api_versions = 18,
  describe_configs = 32,
  describe_log_dirs = 35,
  list_reassignments = 46,
  describe_quorum = 55,
  describe_cluster = 60,
};

struct VersionRange {
  int16_t min = 0;
  int16_t max = 0;
};
using Versions = std::map<int16_t, VersionRange>;  // by api key

// What this code speaks of it.
struct ApiRow {
  Api api;
  std::string_view name;
  VersionRange versions;
  int16_t flexible_from;
};
const ApiRow& row_of(Api api);

// The highest version of both sides; an error names both ranges.
sim::Expected<int16_t> choose_version(Api api, const Versions& server);

struct RequestHead {
  Api api = Api::api_versions;
  int16_t version = 0;
  int32_t correlation = 0;
};

// Which message asks it; an error for a request that this client does not speak.
sim::Expected<Api> api_of(const api::KafkaBody& body);
// The whole frame with its length. REQUIRES: a version of the table, head.api == api_of(body);
// DescribeTopicConfigs names its topics (Kafka has no "all").
std::string encode_request(const RequestHead& head, const api::KafkaBody& body);
std::string encode_api_versions(const RequestHead& head);

struct Reply {
  int16_t error = 0;  // Kafka's code for the request as a whole, or for the first part that failed
  std::string message;
  api::KafkaReplyBody body;  // empty on errors
};
// From a frame without its length. An error is about bytes that are no such reply.
// `body` is the request: what it asked for says which reply is made.
sim::Expected<Reply> decode_reply(const RequestHead& head, const api::KafkaBody& body,
                                  std::string_view frame);

struct VersionsReply {
  int16_t error = 0;  // 35: the server answered as version 0, and says what it speaks
  Versions versions;
};
sim::Expected<VersionsReply> decode_api_versions(const RequestHead& head, std::string_view frame);

// "error 58" where nobody here tells the code apart.
std::string error_text(int16_t code);

}  // namespace twin::controller::live::kafka
