// The table against what a real API server answered when it was recorded. The adapter must ask as
// it asked then: a request that differs is a failure of its own.
#include <gtest/gtest.h>

#include "controller/live/json.h"
#include "tests/conformance/player.h"
#include "tests/live/kubernetes/asking.h"
#include "tests/live/kubernetes/fake_server.h"
#include "tests/live/kubernetes/recording.h"

namespace twin::live_test {
namespace {

constexpr const char* kRecorded =
    TWIN_SOURCE_DIR "/tests/conformance/recorded/kubernetes-1.37.2.jsonl";

// Answers each request of a case with what was answered to it then.
class RecordedServer : public conformance::Server {
 public:
  explicit RecordedServer(const std::vector<Exchange>& exchanges) {
    for (const Exchange& each : exchanges) {
      server_.will(each.watch ? watch_answer(each.answer) : json_answer(each.status, each.answer));
    }
    live::Credentials credentials;
    credentials.server = server_.url();
    asking_.emplace(credentials);
  }
  void begin(const std::string&) override {}
  KubeReply call(const KubeRequest& request) override {
    return asking_->ask(request).value_or(KubeReply{});
  }
  std::vector<WatchEvent> watch(const KubeRequest& request, size_t count) override {
    return asking_->first_events(request, count);
  }
  void compact() override {}
  std::vector<FakeServer::Request> requests() const { return server_.requests(); }

 private:
  FakeServer server_;
  std::optional<Asking> asking_;
};

// A body as the value that it is.
api::Value body_of(const std::string& text) {
  auto value = live::parse_json(text, "");
  return value ? *value : api::Value::string(text);
}

TEST(RecordedKubernetes, TheAdapterReadsARealServersAnswersAsTheTableSays) {
  const auto cases = conformance::read_cases(TWIN_SOURCE_DIR "/tests/conformance/kubernetes.yaml");
  ASSERT_TRUE(cases) << cases.error().to_string();
  Recording recording;
  ASSERT_TRUE(recording.read(kRecorded)) << kRecorded;
  size_t compared = 0;
  for (const conformance::Case& each : *cases) {
    SCOPED_TRACE(each.name);
    const std::vector<Exchange> exchanges = recording.of(each.name);
    ASSERT_FALSE(exchanges.empty()) << "not recorded yet: tests/conformance/README.md";
    RecordedServer server(exchanges);
    for (const std::string& wrong : conformance::Player(each, server).play()) {
      ADD_FAILURE() << wrong;
    }
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), exchanges.size());
    for (size_t i = 0; i < requests.size(); ++i, ++compared) {
      EXPECT_EQ(requests[i].method, exchanges[i].method);
      EXPECT_EQ(requests[i].target, exchanges[i].target);
      EXPECT_TRUE(body_of(requests[i].body) == body_of(exchanges[i].body))
          << requests[i].body << "\nand then it was\n"
          << exchanges[i].body;
    }
  }
  EXPECT_EQ(compared, recording.exchanges.size()) << "a case was recorded that is not in the table";
}

}  // namespace
}  // namespace twin::live_test
