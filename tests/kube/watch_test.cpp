// Watches: order, delay, selectors, expiry and bookmarks. A watch event takes 20 ms.
#include "tests/kube/support.h"

namespace twin::model {
namespace {

using controller::WatchEventType;

class WatchTest : public KubeTest {
 public:
  void put(const std::string& name, const std::string& label, const std::string& value) {
    auto made = std::make_shared<api::ConfigMap>();
    made->metadata.name = name;
    made->metadata.namespace_name = "kafka";
    made->metadata.labels["l"] = label;
    made->data["k"] = value;
    kube.user_apply(*made);
  }
  void secret(const std::string& name) {
    auto made = std::make_shared<api::GenericObject>(api::Kind::secret);
    made->metadata.name = name;
    made->metadata.namespace_name = "kafka";
    create(made);
  }
  KubeReply watch(uint64_t id, const std::string& label, api::ResourceVersion since) {
    KubeRequest request;
    request.verb = Verb::watch;
    request.kind = api::Kind::config_map;
    request.namespace_name = "kafka";
    if (!label.empty()) request.selector["l"] = label;
    request.since = since;
    return kube.watch(id, request, *this);
  }
  api::ResourceVersion version() {
    KubeRequest request;
    request.verb = Verb::list;
    request.kind = api::Kind::config_map;
    return kube.execute(request).resource_version;
  }
  std::string types() const {
    std::string text;
    for (const controller::WatchEvent& event : seen) {
      text += "AMDBE"[static_cast<size_t>(event.type)];
    }
    return text;
  }
};

TEST_F(WatchTest, ChangesArriveInOrderTwentyMillisecondsLater) {
  EXPECT_TRUE(watch(1, "", version()).meta.ok());
  run_until(at(1_s));
  put("m", "x", "1");
  put("m", "x", "2");
  act(Verb::remove, api::Kind::config_map, "m");
  run_until(at(1'019_ms));
  EXPECT_EQ(types(), "");
  run_until(at(1'020_ms));
  EXPECT_EQ(types(), "AMD");
  EXPECT_LT(seen[0].resource_version, seen[1].resource_version);
  EXPECT_LT(seen[1].resource_version, seen[2].resource_version);
}

TEST_F(WatchTest, AWatchStartsWhereItsListEnded) {
  put("m", "x", "1");
  const api::ResourceVersion listed = version();
  put("n", "x", "1");
  EXPECT_TRUE(watch(1, "", listed).meta.ok());
  run_until(at(1_s));
  ASSERT_EQ(types(), "A");
  EXPECT_EQ(seen[0].object->metadata.name, "n");
}

// An object whose labels leave the selector is gone for this watch, and new when they come back.
TEST_F(WatchTest, ASelectorMakesItsOwnAdditionsAndDeletions) {
  put("m", "x", "1");
  watch(1, "y", version());
  put("m", "y", "1");
  put("m", "y", "2");
  put("m", "x", "2");
  run_until(at(1_s));
  EXPECT_EQ(types(), "AMD");
}

TEST_F(WatchTest, ExpiryEndsEveryWatchAndCompactsHistory) {
  const api::ResourceVersion start = version();
  watch(1, "", start);
  put("m", "x", "1");
  kube.expire_watches();
  put("n", "x", "1");
  run_until(at(1_s));
  ASSERT_EQ(types(), "E");  // what was queued is lost, and nothing follows
  EXPECT_EQ(seen[0].outcome, Outcome::gone);
  const KubeReply refused = watch(2, "", start);
  EXPECT_EQ(refused.meta.outcome, Outcome::gone);
  EXPECT_NE(refused.meta.message.find("too old resource version"), std::string::npos);
  EXPECT_TRUE(watch(3, "", version()).meta.ok());
}

// Nothing of the watched kind changes, but others do: a bookmark a minute tells the version, so
// that a client need not start from one that was compacted long ago. Without any change, silence.
TEST_F(WatchTest, AQuietWatchHasBookmarksWhileOthersChange) {
  watch(1, "", version());
  run_until(at(600_s));
  EXPECT_EQ(types(), "");
  secret("s");
  secret("t");
  run_until(at(659_s));
  EXPECT_EQ(types(), "");
  run_until(at(661_s));
  ASSERT_EQ(types(), "B");
  EXPECT_EQ(seen_at[0], at(660'020_ms));
  EXPECT_EQ(seen[0].resource_version, version());
  run_until(at(1000_s));
  EXPECT_EQ(types(), "B");
}

// With more changes than history keeps, a client that had a bookmark goes on where another has to
// list again.
TEST_F(WatchTest, ABookmarkSavesAListWhenHistoryIsCompacted) {
  const api::ResourceVersion start = version();
  watch(1, "", start);
  secret("s");
  run_until(at(70_s));
  ASSERT_EQ(types(), "B");
  for (int i = 0; i < 10'000; ++i) secret("s" + std::to_string(i));
  EXPECT_EQ(watch(2, "", start).meta.outcome, Outcome::gone);
  EXPECT_EQ(watch(3, "", seen[0].resource_version).meta.outcome, Outcome::ok);
}

TEST_F(WatchTest, AStoppedWatchIsSilent) {
  watch(1, "", version());
  put("m", "x", "1");
  kube.stop_watch(1);
  run_until(at(1_s));
  EXPECT_EQ(types(), "");
}

}  // namespace
}  // namespace twin::model
