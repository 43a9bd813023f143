// Changes that are in no manifest: another release of the operator, machines that are drained; and
// the preview as a comment.
#include <gmock/gmock.h>

#include "tests/preview/support.h"

namespace twin::preview {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// Three machines in each of three zones: one for each pod of a zone, and one to spare.
std::string selected(const std::string& selector) {
  const auto names = select_nodes(selector, cluster().environment);
  if (!names) return names.error().what;
  std::string text;
  for (const std::string& name : *names) text += (text.empty() ? "" : " ") + name;
  return text;
}

TEST(Selector, IsKubectls) {
  EXPECT_EQ(selected("topology.kubernetes.io/zone=zone-a"), "node-a-1 node-a-2 node-a-3");
  EXPECT_EQ(selected("topology.kubernetes.io/zone==zone-a"), "node-a-1 node-a-2 node-a-3");
  EXPECT_EQ(selected("kubernetes.io/hostname in (node-b-1, node-a-1)"), "node-a-1 node-b-1");
  EXPECT_EQ(selected("topology.kubernetes.io/zone notin (zone-a,zone-b)"),
            "node-c-1 node-c-2 node-c-3");
  EXPECT_EQ(selected("topology.kubernetes.io/zone=zone-a,kubernetes.io/hostname!=node-a-2"),
            "node-a-1 node-a-3");
  EXPECT_THAT(selected("kubernetes.io/hostname"), StartsWith("node-a-1 node-a-2"));
}

TEST(Selector, WhatIsWrongIsNamed) {
  EXPECT_THAT(selected("pool=blue"), HasSubstr("`pool` is a label that machines have not here"));
  EXPECT_THAT(selected("topology.kubernetes.io/zone=zone-q"), HasSubstr("no machine matches"));
  EXPECT_THAT(selected("!kubernetes.io/hostname"), HasSubstr("no machine matches"));
  EXPECT_THAT(selected("topology.kubernetes.io/zone=zone-a,"), HasSubstr("an empty part"));
  EXPECT_THAT(selected("topology.kubernetes.io/zone among (zone-a)"), HasSubstr("no selector"));
  EXPECT_THAT(selected("topology.kubernetes.io/zone in (zone-a"), HasSubstr("no selector"));
  EXPECT_THAT(selected("topology.kubernetes.io/zone!zone-a"), HasSubstr("no selector"));
  EXPECT_THAT(selected("=zone-a"), HasSubstr("label that machines have not"));
}

Request drained(bool cleaner) {
  Request request;
  request.cluster = cluster();
  request.drain.nodes =
      *select_nodes("topology.kubernetes.io/zone=zone-a", request.cluster.environment);
  request.drain.cleaner = cleaner;
  return request;
}

// Two Kafka pods live in the zone, a controller and a broker; each machine is away for five
// minutes, whatever is on it.
TEST(Drains, EvictionsTakeThePodsOfTheZone) {
  const Preview preview = played(drained(false));
  EXPECT_EQ(preview.report.end, "settled") << preview.report.end_detail;
  EXPECT_THAT(preview.report.restarts, IsEmpty());
  EXPECT_GE(preview.evictions.size(), 2U);
  for (const Eviction& each : preview.evictions) EXPECT_TRUE(each.ready) << each.pod;
  EXPECT_GE(preview.outcome().took.ns, 15 * 60 * int64_t{1'000'000'000});
  EXPECT_THAT(tasks_of(drained(false), preview), IsEmpty()) << "there is no turning back";
}

TEST(Drains, WithTheDrainCleanerTheOperatorRestartsThem) {
  const Preview preview = played(drained(true));
  EXPECT_EQ(preview.report.end, "settled") << preview.report.end_detail;
  EXPECT_THAT(preview.evictions, IsEmpty());
  EXPECT_GE(preview.report.restarts.size(), 2U);
  EXPECT_EQ(preview.report.under_min_isr.ns, 0);
}

Request rotated(std::string_view what) {
  Request request;
  request.cluster = cluster();
  request.rotations = *parse_rotations(what);
  return request;
}

// Six nodes: each goes once for a certificate, three times for another key.
TEST(Rotations, ACertificateIsOneRollAndAKeyThree) {
  const Preview renewed = played(rotated("cluster-cert"));
  EXPECT_EQ(renewed.report.end, "settled") << renewed.report.end_detail;
  EXPECT_THAT(renewed.report.restarts, SizeIs(6));
  EXPECT_EQ(renewed.report.under_min_isr.ns, 0);
  const Preview replaced = played(rotated("cluster-key"));
  EXPECT_THAT(replaced.report.restarts, SizeIs(18));
  EXPECT_EQ(replaced.report.under_min_isr.ns, 0);
  EXPECT_THAT(to_text(replaced, 100, false), HasSubstr("the key of the cluster CA is replaced"));
  EXPECT_THAT(to_markdown(replaced), HasSubstr("- the key of the cluster CA is replaced\n"));
  EXPECT_THAT(tasks_of(rotated("cluster-key"), replaced), IsEmpty()) << "there is no turning back";
}

TEST(Rotations, WhatIsWrongIsNamed) {
  EXPECT_THAT(parse_rotations("cluster-key,clients").error().what, HasSubstr("`clients`"));
  EXPECT_THAT(parse_rotations("cluster-key,cluster-key").error().what, HasSubstr("twice"));
  EXPECT_THAT(parse_rotations("cluster-key,").error().what, HasSubstr("``"));
  EXPECT_THAT(*parse_rotations("clients-key,cluster-cert"), SizeIs(2));
}

const std::vector<std::string> kOlder = {"Kafka/my-cluster.spec.kafka.version=4.0.0",
                                         "Kafka/my-cluster.spec.kafka.metadataVersion=4.0-IV3",
                                         "scenario.operator=strimzi@0.47"};

// 1.2 has no binaries of 4.0: it refuses to go on until the resource asks for newer ones.
TEST(OperatorUpgrade, AReleaseThatLacksTheVersionRefuses) {
  Request asked;
  asked.cluster = cluster(kOlder);
  asked.operator_to = "strimzi@1.2";
  const Preview preview = played(asked);
  EXPECT_EQ(preview.verdict, Verdict::does_not_hold);
  EXPECT_THAT(preview.report.restarts, IsEmpty());
  ASSERT_THAT(preview.refusals, SizeIs(1));
  EXPECT_EQ(preview.refusals[0].code, "UnsupportedKafkaVersionException");
}

TEST(OperatorUpgrade, WithAVersionThatItHasEveryPodRolls) {
  Request asked = request(kafka("", "4.2.0", "4.0-IV3"), kOlder);
  asked.operator_to = "strimzi@1.2";
  asked.aborts = 1;
  const Preview preview = played(asked);
  EXPECT_EQ(preview.report.end, "settled") << preview.report.end_detail;
  EXPECT_THAT(preview.report.restarts, SizeIs(6));
  EXPECT_EQ(preview.report.kafka_version, "4.2.0");
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("the operator: strimzi@0.47 -> strimzi@1.2"));
}

TEST(Markdown, TheAnswerStandsOpenAndDetailsAreFolded) {
  Request asked = request(kafka(kStatic));
  asked.fail_on = *parse_fail_on("restarts>2");
  const std::string text = to_markdown(played(asked));
  EXPECT_THAT(text, StartsWith("### kafka-twin preview of first-roll: does not hold\n"));
  EXPECT_THAT(text, HasSubstr("- restarts>2: it is 3\n"));
  EXPECT_THAT(text, HasSubstr("| restarts | 3 in 1 roll: 0 1 2 |"));
  EXPECT_THAT(text, HasSubstr("<details><summary>Restarts, in order</summary>"));
}

// What a manifest says is shown as text, whatever it is.
TEST(Markdown, NothingOfTheInputIsMarkup) {
  const Preview preview =
      played(request(kafka("      log.cleaner.threads: \"<img src=x>|**2**\"\n")));
  EXPECT_THAT(to_markdown(preview), Not(HasSubstr("<img")));
  EXPECT_THAT(to_markdown(preview), Not(HasSubstr("|**2**")));
}

}  // namespace
}  // namespace twin::preview
