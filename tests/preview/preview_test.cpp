// Changes whose course is known beforehand, on a cluster of three controllers (3, 4, 5) and three
// brokers (0, 1, 2).
#include <gmock/gmock.h>

#include "scenarios/preview/table.h"
#include "tests/preview/support.h"

namespace twin::preview {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<int64_t> order(const Preview& preview) {
  std::vector<int64_t> nodes;
  for (const auto& restart : preview.report.restarts) nodes.push_back(restart.node);
  return nodes;
}

// The scenario's own step would roll the brokers: it is left out.
TEST(Preview, ADynamicSettingRestartsNobody) {
  const Preview preview = played(request(kafka(kDynamic)));
  EXPECT_EQ(preview.verdict, Verdict::holds) << testing::PrintToString(preview.reasons);
  EXPECT_THAT(preview.report.restarts, IsEmpty());
  EXPECT_THAT(preview.refusals, IsEmpty());
  ASSERT_THAT(preview.change.objects, SizeIs(1));
  EXPECT_THAT(preview.change.objects[0].fields,
              ElementsAre(Difference{"spec.kafka.config.log.cleaner.threads", "", "2"}));
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("none: no pod restarts"));
}

TEST(Preview, AStaticSettingRestartsEachBrokerWithItsReason) {
  const Preview preview = played(request(kafka(kStatic)));
  EXPECT_EQ(preview.verdict, Verdict::holds) << testing::PrintToString(preview.reasons);
  EXPECT_THAT(order(preview), ElementsAre(0, 1, 2));
  EXPECT_THAT(preview.restart_why,
              Each(HasSubstr("auto.leader.rebalance.enable cannot be changed while it runs")));
  EXPECT_THAT(preview.report.roll_list, SizeIs(1));
  EXPECT_EQ(preview.report.point_of_no_return, "");
}

// Raised only once the last binary is new: until then it is refused, and that does not last.
TEST(Preview, AnUpgradePassesThePointOfNoReturnBehindItsLastRestart) {
  const Preview preview = played(request(kafka("", "4.3.1", "4.3-IV0")));
  EXPECT_EQ(preview.verdict, Verdict::holds) << testing::PrintToString(preview.reasons);
  ASSERT_THAT(order(preview), SizeIs(6));
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(order(preview)[i] >= 3, i < 3) << i;
  ASSERT_TRUE(preview.report.no_return_after);
  EXPECT_GT(*preview.report.no_return_after, *preview.report.restarts.back().ready);
  EXPECT_EQ(preview.findings.no_way_back, 1);
  ASSERT_THAT(preview.refusals, SizeIs(1));
  EXPECT_EQ(preview.refusals[0].code, "MetadataVersionRefused");
  EXPECT_FALSE(preview.refusals[0].lasts);
  EXPECT_EQ(preview.findings.refusals, 0);
}

TEST(Preview, WithoutTheBumpThereIsAWayBack) {
  const Preview preview = played(request(kafka("", "4.3.1", "4.2-IV1")));
  EXPECT_THAT(order(preview), SizeIs(6));
  EXPECT_FALSE(preview.report.no_return_after);
  EXPECT_THAT(preview.report.point_of_no_return, HasSubstr("not passed"));
}

TEST(Preview, AValueThatKafkaDoesNotTakeIsRefused) {
  const Preview preview = played(request(kafka("      log.cleaner.threads: many\n")));
  EXPECT_EQ(preview.verdict, Verdict::does_not_hold);
  ASSERT_THAT(preview.refusals, SizeIs(1));
  EXPECT_TRUE(preview.refusals[0].lasts);
  EXPECT_THAT(preview.reasons, ElementsAre(HasSubstr("many")));
  EXPECT_THAT(preview.report.restarts, IsEmpty());
  EXPECT_EQ(finish(preview, 50), std::nullopt);
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("never: it is refused"));
}

// Strimzi rolls on a change of JVM options, which the twin does not play: no answer, not a good
// one.
TEST(Preview, WhatIsNotModelledMakesItUnknown) {
  const Preview preview =
      played(request(kafka("", "4.2.0", "4.2-IV1", "    jvmOptions: {\"-Xmx\": 4g}\n")));
  EXPECT_EQ(preview.verdict, Verdict::unknown);
  EXPECT_EQ(preview.findings.not_modelled, 1);
}

// Three brokers, one after the other: about 70 s.
TEST(Preview, TheWindowIsComparedWithTheFinish) {
  Request asked = request(kafka(kStatic));
  asked.window = sim::Duration{80'000'000'000};
  Preview preview = played(asked);
  EXPECT_EQ(preview.verdict, Verdict::holds);
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("1 min 20 s: fits, with "));
  asked.window = sim::Duration{60'000'000'000};
  judge(asked, preview);
  EXPECT_EQ(preview.verdict, Verdict::does_not_hold);
  EXPECT_THAT(preview.reasons, ElementsAre("it does not fit the window of 1 min 00 s"));
}

TEST(Preview, AConditionThatIsMetFailsIt) {
  Request asked = request(kafka(kStatic));
  asked.fail_on = *parse_fail_on("restarts>3,under-min-isr");
  Preview preview = played(asked);
  EXPECT_EQ(preview.verdict, Verdict::holds);
  asked.fail_on = *parse_fail_on("restarts>=3");
  judge(asked, preview);
  EXPECT_EQ(preview.verdict, Verdict::does_not_hold);
  EXPECT_THAT(preview.reasons, ElementsAre("restarts>=3: it is 3"));
}

// A topic of two replicas that both must be in sync: producers wait for every restart of one.
TEST(Preview, ATopicWithoutSlackIsFoundAndFelt) {
  Request asked = request(kafka(kStatic), {"scenario.workload.topics.0.replicas=2"});
  for (auto& each : asked.cluster.operators) each.profile = "strimzi@1.2";
  const Preview preview = played(asked);
  EXPECT_EQ(preview.findings.blocked, 1);
  EXPECT_THAT(preview.report.preflight[0], HasSubstr("not above min.insync.replicas 2"));
}

TEST(Preview, AClusterThatIsNotReadyIsBadInput) {
  const auto preview = play(request(kafka(kStatic), {"scenario.deployMax=1s"}), nullptr);
  ASSERT_FALSE(preview);
  EXPECT_THAT(preview.error().what, HasSubstr("does not come to rest even without the change"));
}

TEST(Table, TheLastColumnIsWrapped) {
  EXPECT_THAT(table({"a", "what"}, {{"1234", "one two three four five six"}}, 26),
              ElementsAre("a     what", "1234  one two three four", "      five six"));
}

}  // namespace
}  // namespace twin::preview
