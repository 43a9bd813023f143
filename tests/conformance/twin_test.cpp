// The twin's API server against the table.
#include <gtest/gtest.h>

#include "tests/conformance/player.h"
#include "tests/kube/support.h"

namespace twin::conformance {
namespace {

using controller::KubeReply;
using controller::KubeRequest;

class TwinServer : public model::KubeTest, public Server {
 public:
  void TestBody() override {}
  void begin(const std::string&) override {}
  KubeReply call(const KubeRequest& request) override { return kube.execute(request); }
  std::vector<controller::WatchEvent> watch(const KubeRequest& request, size_t) override {
    seen.clear();
    const KubeReply opened = kube.watch(1, request, *this);
    if (!opened.meta.ok()) {
      controller::WatchEvent refused;
      refused.type = controller::WatchEventType::error;
      refused.outcome = opened.meta.outcome;
      return {refused};
    }
    run_for(sim::Duration{1'000'000'000});
    kube.stop_watch(1);
    return seen;
  }
  void compact() override { kube.expire_watches(); }
};

TEST(KubernetesConformance, TheTwinAnswersAsTheTableSays) {
  const auto cases = read_cases(TWIN_SOURCE_DIR "/tests/conformance/kubernetes.yaml");
  ASSERT_TRUE(cases) << cases.error().to_string();
  ASSERT_GE(cases->size(), 20u);
  for (const Case& each : *cases) {
    TwinServer server;
    for (const std::string& wrong : Player(each, server).play()) ADD_FAILURE() << wrong;
  }
}

}  // namespace
}  // namespace twin::conformance
