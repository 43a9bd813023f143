// Kafka's protocol without a broker: answers encoded by hand from the field orders of the protocol,
// the same cut and changed at every byte, and servers that do not behave.
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "controller/live/kafka/connection.h"

namespace twin::live_test {
namespace {

using namespace controller::live::kafka;
using namespace std::string_literals;
using ::testing::HasSubstr;

constexpr sim::Duration kLong{20'000'000'000};

// DescribeCluster v0, correlation 7: no error, cluster "c", controller 2, broker 2 "h":9092, rack.
const std::string kCluster =
    "\0\0\0\7\0\0\0\0\0\0\0\0\2c\0\0\0\2\2\0\0\0\2\2h\0\0\x23\x84\2r\0\x80\0\0\0\0"s;
// DescribeQuorum v1: leader 1, epoch 5, high watermark 9, voter 1 at 10 with its times, no
// observer.
const std::string kQuorum =
    "\0\0\0\7\0\0\0\2\x13__cluster_metadata\2\0\0\0\0\0\0\0\0\0\1\0\0\0\5\0\0\0\0\0\0\0\x09"
    "\2\0\0\0\1\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0\2\xff\xff\xff\xff\xff\xff\xff\xff\0\1\0\0\0"s;

sim::Expected<Reply> cluster(std::string_view bytes) {
  return decode_reply({Api::describe_cluster, 0, 7}, api::DescribeClusterRequest{}, bytes);
}
sim::Expected<Reply> quorum(std::string_view bytes) {
  return decode_reply({Api::describe_quorum, 1, 7}, api::DescribeQuorumRequest{}, bytes);
}

TEST(KafkaWire, AnswersThatAreEncodedByHandAreRead) {
  const auto got = cluster(kCluster);
  ASSERT_TRUE(got) << got.error().to_string();
  const auto& reply = std::get<api::DescribeClusterReply>(got->body);
  EXPECT_EQ(reply.cluster_id, "c");
  ASSERT_EQ(reply.brokers.size(), 1U);
  EXPECT_EQ(reply.brokers[0].node.value, 2);
  EXPECT_EQ(reply.brokers[0].rack, "r");
  const auto of_quorum = quorum(kQuorum);
  ASSERT_TRUE(of_quorum) << of_quorum.error().to_string();
  const auto& voters = std::get<api::DescribeQuorumReply>(of_quorum->body).voters;
  ASSERT_EQ(voters.size(), 1U);
  EXPECT_EQ(voters[0].log_end_offset, 10);
  EXPECT_EQ(voters[0].last_fetch, sim::Time{2'000'000});
  EXPECT_FALSE(voters[0].last_caught_up);
}

TEST(KafkaWire, AnAnswerCutAnywhereIsAnErrorAndAChangedOneNeverReadsTooFar) {
  for (size_t n = 0; n < kCluster.size(); ++n)
    EXPECT_FALSE(cluster(std::string(kCluster, 0, n))) << n;
  for (size_t n = 0; n < kQuorum.size(); ++n) EXPECT_FALSE(quorum(std::string(kQuorum, 0, n))) << n;
  EXPECT_FALSE(cluster(kCluster + "x"));
  for (size_t at = 0; at < kQuorum.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      std::string changed = kQuorum;
      changed[at] = static_cast<char>(value);
      if (const auto got = quorum(changed); !got) {
        EXPECT_THAT(got.error().to_string(), HasSubstr("DescribeQuorum version 1"));
      }
    }
}

TEST(KafkaWire, TheHighestCommonVersionIsSpokenOrBothRangesAreNamed) {
  EXPECT_EQ(*choose_version(Api::metadata, {{3, {0, 11}}}), 11);
  EXPECT_EQ(*choose_version(Api::metadata, {{3, {0, 99}}}), 12);
  EXPECT_THAT(choose_version(Api::metadata, {{3, {0, 5}}}).error().to_string(),
              HasSubstr("0 to 5, this client 9 to 12"));
  EXPECT_FALSE(choose_version(Api::metadata, {}));
}

// Takes one connection, says `answer`, then closes or waits for the client to go.
struct Server {
  Server(std::string answer, bool stall) {
    listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    bind(listener, reinterpret_cast<sockaddr*>(&at), size);
    listen(listener, 1);
    getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
    port = std::to_string(ntohs(at.sin_port));
    thread = std::thread([this, answer, stall] {
      const int peer = accept(listener, nullptr, nullptr);
      char bytes[256];
      if (recv(peer, bytes, sizeof bytes, 0) > 0) send(peer, answer.data(), answer.size(), 0);
      while (stall && recv(peer, bytes, sizeof bytes, 0) > 0) {
      }
      ::close(peer);
    });
  }
  ~Server() {
    thread.join();
    ::close(listener);
  }
  int listener = -1;
  std::string port;
  std::thread thread;
};

std::string complaint(const std::string& answer, bool stall, sim::Duration time = kLong) {
  Server server(answer, stall);
  const auto got = Connection::open({"127.0.0.1", server.port}, time);
  return got ? "" : got.error().to_string();
}

TEST(KafkaWire, AServerThatStallsClosesOrLiesAboutALengthIsReported) {
  EXPECT_THAT(complaint("", true, sim::Duration{50'000'000}), HasSubstr("no time is left"));
  EXPECT_THAT(complaint("", false), HasSubstr("closed the connection"));
  EXPECT_THAT(complaint("\0\0\0\x40half"s, false), HasSubstr("closed the connection"));
  EXPECT_THAT(complaint("\x7f\xff\xff\xff"s, true), HasSubstr("no answer of Kafka"));
  EXPECT_THAT(complaint("\xff\xff\xff\xff"s, true), HasSubstr("no answer of Kafka"));
  EXPECT_THAT(complaint("\0\0\0\6\0\0\0\x09\0\0"s, true), HasSubstr("answers request 9, not 1"));
}

TEST(KafkaWire, AnAddressNeedsAHostAndAPort) {
  EXPECT_EQ(parse_endpoint("[::1]:9092")->host, "::1");
  for (const char* wrong : {"h", "h:", ":9092", "h:0", "h:65536", "::1:9092", "h:9x"})
    EXPECT_FALSE(parse_endpoint(wrong)) << wrong;
}

}  // namespace
}  // namespace twin::live_test
