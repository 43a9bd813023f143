// A real API server against the table, through the adapter. With TWIN_RECORD=FILE its answers are
// kept: tests/conformance/README.md.
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/conformance/player.h"
#include "tests/live/kubernetes/asking.h"
#include "tests/live/kubernetes/definitions.h"
#include "tests/live/kubernetes/recording.h"
#include "tests/live/kubernetes/rig.h"

namespace twin::live_test {
namespace {

class RealServer : public conformance::Server {
 public:
  RealServer(Rig& rig, Recorder* recorder) : rig_(rig), asking_(rig.admin()) {
    asking_.client.record(recorder);
  }
  void begin(const std::string& name) override { rig_.make_namespace(name); }
  KubeReply call(const KubeRequest& request) override {
    return asking_.ask(request).value_or(KubeReply{});
  }
  std::vector<WatchEvent> watch(const KubeRequest& request, size_t count) override {
    return asking_.first_events(request, count);
  }
  void compact() override { rig_.compact(); }

 private:
  Rig& rig_;
  Asking asking_;
};

TEST(LiveKubernetes, ARealServerAnswersAsTheTableSays) {
  std::string why;
  const auto binaries = Rig::binaries(why);
  if (binaries.empty()) GTEST_SKIP() << why;
  auto rig = Rig::start(binaries);
  ASSERT_TRUE(rig) << rig.error().to_string();
  ASSERT_TRUE(install_definitions(**rig));
  const auto cases = conformance::read_cases(TWIN_SOURCE_DIR "/tests/conformance/kubernetes.yaml");
  ASSERT_TRUE(cases) << cases.error().to_string();
  const char* record = std::getenv("TWIN_RECORD");
  Recording recording;
  for (const conformance::Case& each : *cases) {
    Recorder recorder(recording, each.name);
    RealServer server(**rig, &recorder);
    for (const std::string& wrong : conformance::Player(each, server).play()) {
      ADD_FAILURE() << wrong;
    }
  }
  if (record != nullptr) {
    ASSERT_TRUE(recording.write(record)) << record;
  }
}

}  // namespace
}  // namespace twin::live_test
