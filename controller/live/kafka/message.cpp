#include "controller/live/kafka/message.h"

#include <algorithm>
#include <array>
#include <variant>

#include "controller/live/kafka/replies.h"
#include "controller/live/kafka/wire.h"
#include "sim/assert.h"

namespace twin::controller::live::kafka {

namespace {

constexpr std::string_view kClientId = "kafka-twin";
constexpr int32_t kServerTimeMs = 30'000;

constexpr std::array<ApiRow, 7> kRows = {{
    {Api::metadata, "Metadata", {9, 12}, 9},
    {Api::api_versions, "ApiVersions", {0, 3}, 3},
    {Api::describe_configs, "DescribeConfigs", {4, 4}, 4},
    {Api::describe_log_dirs, "DescribeLogDirs", {2, 4}, 2},
    {Api::list_reassignments, "ListPartitionReassignments", {0, 0}, 0},
    {Api::describe_quorum, "DescribeQuorum", {0, 2}, 0},
    {Api::describe_cluster, "DescribeCluster", {0, 2}, 0},
}};

std::string range_text(VersionRange range) {
  return std::to_string(range.min) + " to " + std::to_string(range.max);
}

bool flexible(const RequestHead& head) { return head.version >= row_of(head.api).flexible_from; }

Writer begin(const RequestHead& head) {
  const ApiRow& row = row_of(head.api);
  TWIN_ASSERT_LE(row.versions.min, head.version);
  TWIN_ASSERT_LE(head.version, row.versions.max);
  Writer out(flexible(head));
  out.i16(static_cast<int16_t>(head.api));
  out.i16(head.version);
  out.i32(head.correlation);
  out.classic_string(kClientId);
  out.tags();
  return out;
}

std::string framed(Writer& writer) {
  const std::string bytes = writer.take();
  Writer length(false);
  length.i32(static_cast<int32_t>(bytes.size()));
  return length.take() + bytes;
}

void config_resource(Writer& out, int8_t type, std::string_view name) {
  out.i8(type);
  out.string(name);
  out.null_array();  // all keys
  out.tags();
}

struct BodyWriter {
  Writer& out;
  int16_t version;

  void operator()(const api::DescribeClusterRequest& request) const {
    out.boolean(false);
    if (version >= 1) out.i8(1);  // brokers
    if (version >= 2) out.boolean(request.include_fenced);
  }
  void operator()(const api::DescribeTopicsRequest&) const {
    out.null_array();    // all topics
    out.boolean(false);  // create none
    if (version <= 10) out.boolean(false);
    out.boolean(false);
  }
  void operator()(const api::DescribeTopicConfigsRequest& request) const {
    TWIN_ASSERT(!request.all);
    out.array(request.topics.size());
    for (const auto& topic : request.topics) config_resource(out, 2, topic);
    out.boolean(false);  // no synonyms
    out.boolean(false);  // no documentation
  }
  void operator()(const api::DescribeBrokerConfigsRequest& request) const {
    out.array(1);
    config_resource(out, 4, std::to_string(request.broker.value));
    out.boolean(false);
    out.boolean(false);
  }
  void operator()(const api::DescribeLogDirsRequest&) const { out.null_array(); }
  void operator()(const api::ListReassignmentsRequest&) const {
    out.i32(kServerTimeMs);
    out.null_array();
  }
  void operator()(const api::DescribeQuorumRequest&) const {
    out.array(1);
    out.string("__cluster_metadata");
    out.array(1);
    out.i32(0);
    out.tags();
    out.tags();
  }
  template <class Other>
  void operator()(const Other&) const {
    TWIN_ASSERT_MSG(false, "a request without a message");
  }
};

struct ApiOf {
  Api operator()(const api::DescribeClusterRequest&) const { return Api::describe_cluster; }
  Api operator()(const api::DescribeTopicsRequest&) const { return Api::metadata; }
  Api operator()(const api::DescribeTopicConfigsRequest&) const { return Api::describe_configs; }
  Api operator()(const api::DescribeBrokerConfigsRequest&) const { return Api::describe_configs; }
  Api operator()(const api::DescribeLogDirsRequest&) const { return Api::describe_log_dirs; }
  Api operator()(const api::ListReassignmentsRequest&) const { return Api::list_reassignments; }
  Api operator()(const api::DescribeQuorumRequest&) const { return Api::describe_quorum; }
  template <class Other>
  sim::Expected<Api> operator()(const Other&) const {
    return sim::Error{"", "this client does not speak that request of Kafka", ""};
  }
};

void check_correlation(const RequestHead& head, Reader& in) {
  if (const int32_t got = in.i32(); !in.failed() && got != head.correlation)
    in.fail("answers request " + std::to_string(got) + ", not " + std::to_string(head.correlation));
}

sim::Error malformed(const RequestHead& head, const Reader& in) {
  const ApiRow& row = row_of(head.api);
  return {std::string(row.name) + " version " + std::to_string(head.version),
          "the answer cannot be read: " + in.problem(), ""};
}

}  // namespace

const ApiRow& row_of(Api api) {
  const auto* row = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const ApiRow& candidate) { return candidate.api == api; });
  TWIN_ASSERT(row != kRows.end());
  return *row;
}

sim::Expected<int16_t> choose_version(Api api, const Versions& server) {
  const ApiRow& row = row_of(api);
  const auto found = server.find(static_cast<int16_t>(api));
  if (found == server.end())
    return sim::Error{std::string(row.name), "the server does not know this request", ""};
  const VersionRange theirs = found->second;
  const int16_t version = std::min(row.versions.max, theirs.max);
  if (version >= row.versions.min && version >= theirs.min) return version;
  return sim::Error{std::string(row.name),
                    "the server speaks versions " + range_text(theirs) + ", this client " +
                        range_text(row.versions),
                    ""};
}

sim::Expected<Api> api_of(const api::KafkaBody& body) {
  return std::visit([](const auto& request) -> sim::Expected<Api> { return ApiOf{}(request); },
                    body);
}

std::string encode_request(const RequestHead& head, const api::KafkaBody& body) {
  TWIN_ASSERT(api_of(body).has_value() && api_of(body).value() == head.api);
  Writer out = begin(head);
  std::visit(BodyWriter{out, head.version}, body);
  out.tags();
  return framed(out);
}

std::string encode_api_versions(const RequestHead& head) {
  Writer out = begin(head);
  if (head.version >= 3) {
    out.string(kClientId);
    out.string("1");
  }
  out.tags();
  return framed(out);
}

sim::Expected<Reply> decode_reply(const RequestHead& head, const api::KafkaBody& body,
                                  std::string_view frame) {
  Reader in(frame, flexible(head));
  check_correlation(head, in);
  in.tags();
  Reply out;
  read_reply(in, head, body, out);
  in.tags();
  if (!in.failed() && in.left() > 0)
    in.fail(std::to_string(in.left()) + " bytes are left at the end");
  if (in.failed()) return malformed(head, in);
  if (out.error != 0) out.body = api::EmptyReply{};
  return out;
}

sim::Expected<VersionsReply> decode_api_versions(const RequestHead& head, std::string_view frame) {
  // The head of this answer is never flexible, and the body of a refusal is that of version 0.
  VersionsReply out;
  Reader peek(frame, false);
  check_correlation(head, peek);
  out.error = peek.i16();
  const int16_t version = out.error == 35 ? int16_t{0} : head.version;
  Reader in(frame, version >= 3);
  in.i32();
  in.i16();
  for (size_t left = in.array(6); left > 0 && !in.failed(); --left) {
    const int16_t key = in.i16();
    VersionRange& range = out.versions[key];
    range.min = in.i16();
    range.max = in.i16();
    in.tags();
  }
  if (version >= 1) in.i32();  // throttled
  in.tags();
  if (!in.failed() && in.left() > 0)
    in.fail(std::to_string(in.left()) + " bytes are left at the end");
  if (peek.failed()) return malformed(head, peek);
  if (in.failed()) return malformed(head, in);
  return out;
}

std::string error_text(int16_t code) {
  const auto name = api::kafka_error_name(static_cast<api::KafkaError>(code));
  const auto number = std::to_string(code);
  // The name of every code that is not in the table is that of -1.
  if (name == "UNKNOWN_SERVER_ERROR" && code != -1) return "error " + number;
  return std::string(name) + " (" + number + ")";
}

}  // namespace twin::controller::live::kafka
