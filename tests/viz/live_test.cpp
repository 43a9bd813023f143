// Live mode without a window: the run goes on, is acted on, taken back, saved and judged, and the
// side panel says so.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "viz/view/live_desk.h"
#include "viz/view/offscreen.h"

namespace twin::viz {
namespace {

using namespace sim::literals;
using ::testing::HasSubstr;

constexpr const char* kStuck = TWIN_SOURCE_DIR "/scenarios/lessons/node-lost-pod-stuck.yaml";
constexpr const char* kTaint =
    "{set: {Node/node-a-1: {spec.taints: [{key: node.kubernetes.io/out-of-service, value: "
    "nodeshutdown, effect: NoExecute}]}}}";

class Live : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = LiveDesk::open(kStuck, {});
    ASSERT_TRUE(opened) << opened.error().to_string();
    desk = std::move(*opened);
  }
  bool says(const std::string& words, int width = 1600, int height = 900) {
    auto screen = Offscreen::open(width, height, scale_for(width, height));
    if (!screen) return true;  // no OpenGL: the pictures' own tests say that they are skipped
    std::vector<Drawn> drawn;
    (*screen)->draw(*desk, &drawn);
    std::string all;
    for (const Drawn& each : drawn) all += each.what + "\n";
    if (all.find(words) == all.npos) ADD_FAILURE() << "nowhere: " << words << "\n" << all;
    return true;
  }
  void type(const std::string& text) {
    for (const char c : text) desk->type(static_cast<unsigned char>(c));
  }
  void answer(const std::string& text) {
    desk->enter();
    type(text);
    desk->enter();
  }

  std::unique_ptr<LiveDesk> desk;
};

TEST_F(Live, playingShowsTheRunAndOpensWhatComes) {
  EXPECT_EQ(desk->session().now().ns, 0);
  desk->dashboard().ui.playing = true;
  desk->dashboard().ui.speed = 10;
  for (int i = 0; i < 40; ++i) desk->tick(0.1);
  EXPECT_EQ(desk->session().now(), 40_s);
  EXPECT_EQ(desk->dashboard().replay.at(), desk->session().zero() + 40_s);
  EXPECT_GT(desk->dashboard().ui.view_end, desk->recording().last) << "room for what comes";
  says("0:00:40");
  says("Live");
  // Looking back does not undo; playing from there shows the same again.
  const uint64_t fingerprint = desk->session().fingerprint();
  desk->dashboard().replay.seek(desk->session().zero() + 20_s);
  says("Looking back");
  desk->tick(0.5);
  EXPECT_EQ(desk->dashboard().replay.at(), desk->session().zero() + 25_s);
  EXPECT_EQ(desk->session().now(), 40_s);
  EXPECT_EQ(desk->session().fingerprint(), fingerprint);
}

TEST_F(Live, anOfferedActIsTypedOutEditedAndDone) {
  desk->advance(5_s);
  ASSERT_THAT(desk->offered().front().label, HasSubstr("Delete my-cluster-broker-0"));
  desk->type('1');
  EXPECT_TRUE(desk->typing());
  says("{fault: {kind: pod-delete, target:");
  desk->cancel();
  EXPECT_TRUE(desk->session().acts().empty());
  desk->dashboard().ui.pinned_node = 2;
  desk->type('1');
  desk->enter();
  ASSERT_EQ(desk->session().acts().size(), 1U) << desk->told();
  EXPECT_THAT(desk->session().acts().front().what, HasSubstr("my-cluster-broker-2"));
  desk->advance(5'500_ms);
  EXPECT_TRUE(desk->dashboard().replay.cursor().nodes().at(2).pod_deleting);
  says("fault: {kind: pod-delete, target:");
  type("u");
  EXPECT_TRUE(desk->session().acts().empty());
  EXPECT_EQ(desk->dashboard().ui.pinned_node, 2) << "what the user chose stays";
}

TEST_F(Live, whatIsNoActIsSaidAndChangesNothing) {
  desk->advance(5_s);
  type(":heal: nothing}");
  desk->enter();
  EXPECT_THAT(desk->told(), HasSubstr("no step has the id `nothing`"));
  EXPECT_TRUE(desk->session().acts().empty());
  says("no step has the id");
}

TEST_F(Live, theRunGoesOnFromWhereOneLooks) {
  desk->advance(30_s);
  desk->act("{fault: {kind: pod-delete, target: my-cluster-broker-1}}");
  desk->advance(90_s);
  desk->dashboard().replay.seek(desk->session().zero() + 20_s);
  type("r");
  EXPECT_EQ(desk->session().now(), 20_s);
  EXPECT_EQ(desk->recording().last, desk->session().zero() + 20_s);
  EXPECT_THAT(desk->told(), HasSubstr("one act is forgotten"));
}

TEST_F(Live, offersTurnAroundWithWhatWasDone) {
  const auto has = [&](const std::string& label) {
    const auto all = desk->offered();
    return std::any_of(all.begin(), all.end(),
                       [&](const OfferedAct& each) { return each.label == label; });
  };
  desk->advance(5_s);
  for (const OfferedAct& each : desk->offered()) {
    if (each.label == "Pause reconciliation" || each.label == "Stop the operator") {
      desk->act(each.text);
    }
  }
  EXPECT_TRUE(has("Resume reconciliation")) << desk->told();
  EXPECT_TRUE(has("Start the operator"));
  for (const OfferedAct& each : desk->offered()) {
    if (each.label == "Resume reconciliation" || each.label == "Start the operator") {
      desk->act(each.text);
    }
  }
  EXPECT_TRUE(has("Pause reconciliation"));
  EXPECT_TRUE(has("Stop the operator"));
  EXPECT_EQ(desk->session().acts().size(), 4U);
}

TEST_F(Live, aLessonIsTakenToItsScore) {
  says("A node is lost and its pod stuck");
  desk->enter();
  says("Question 1 of 3");
  answer("soon");
  EXPECT_THAT(desk->told(), HasSubstr("No."));
  type("e");
  says("settled means that everything is at rest");
  answer("timeMax");
  EXPECT_THAT(desk->told(), HasSubstr("Right. It is timeMax."));
  EXPECT_EQ(desk->exam()->points(), 1);
  desk->enter();
  type("a");
  EXPECT_THAT(desk->told(), HasSubstr("No."));
  type("b");
  EXPECT_EQ(desk->exam()->points(), 3);
  desk->enter();
  answer("310s");
  EXPECT_EQ(desk->exam()->points(), 6) << desk->told();
  desk->enter();
  says("Your task");
  desk->advance(120_s);
  type("j");
  EXPECT_THAT(desk->told(), HasSubstr("Not yet."));
  desk->act(kTaint);
  type("j");
  EXPECT_THAT(desk->told(), HasSubstr("Done. "));
  desk->enter();
  says("Not passed");
  says("8 of 12 points.");
}

TEST_F(Live, whatWasDoneIsSavedAsAScenario) {
  desk->advance(120_s);
  desk->act(kTaint);
  const std::string path = (std::filesystem::path(testing::TempDir()) / "live-saved.yaml").string();
  desk->save(path);
  EXPECT_THAT(desk->told(), HasSubstr("Written: "));
  const scenario::LoadResult saved = scenario::load(path);
  ASSERT_TRUE(saved.scenario) << scenario::format_error(saved.errors.front());
  EXPECT_EQ(scenario::run_scenario(*saved.scenario, {}).fingerprint,
            desk->session().finish().fingerprint);
  std::filesystem::remove(path);
  desk->save("/nowhere/at/all.yaml");
  EXPECT_THAT(desk->told(), HasSubstr("cannot be written"));
}

TEST_F(Live, aSmallScreenShowsThePanelToo) {
  desk->enter();
  desk->enter();  // begins to type
  says("Your answer", 1024, 640);
  says("Question 1 of 3", 1024, 640);
  type("timeMax");
  says("timeMax_", 1024, 640);
}

TEST_F(Live, whatTheTimeMaxEndsIsSaid) {
  desk->dashboard().ui.playing = true;
  desk->dashboard().ui.speed = 10'000;
  for (int i = 0; i < 8; ++i) desk->tick(0.1);
  EXPECT_FALSE(desk->dashboard().ui.playing);
  EXPECT_THAT(desk->told(), HasSubstr("its timeMax is 1 h"));
}

}  // namespace
}  // namespace twin::viz
