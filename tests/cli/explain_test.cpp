// What `kafka-twin explain` concludes, in words: during a roll, before a turn comes, after the end,
// for a node that goes last, for one that was never touched. The moments are of shipped scenarios.
#include <gmock/gmock.h>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string recorded(const std::string& name, const std::string& arguments) {
  const std::string trace = scratch(name);
  EXPECT_EQ(
      kafka_twin("run " TWIN_SOURCE_DIR "/scenarios/" + arguments + " --quiet --trace " + trace)
          .status,
      0);
  return trace;
}

// The paragraph below "Why, at ...?", on one line.
std::string conclusion(const std::string& trace, const std::string& at, int node) {
  const Ran ran =
      kafka_twin("explain " + trace + " --at " + at + " --broker " + std::to_string(node));
  EXPECT_EQ(ran.status, 0) << ran.err;
  const size_t from = ran.out.find("?\n  ") + 4;
  std::string text = ran.out.substr(from, ran.out.find("\n\n", from) - from);
  for (size_t i; (i = text.find("\n      ")) != text.npos;) text.replace(i, 7, " ");
  return text;
}

TEST(Explain, concludesFromTheReconcileThatRanThen) {
  const std::string trace = recorded("roll.trace", "rolling/first-roll.yaml");
  EXPECT_EQ(conclusion(trace, "0:00:31.010", 4),
            "the Kafka resource had been changed at 00:00:31.000, and no reconcile had begun since")
      << "20 ms before the operator knows";
  EXPECT_EQ(conclusion(trace, "0:00:45", 1),
            "it was not restarted, on purpose: pod my-cluster-broker-0 is not Ready yet");
  EXPECT_THAT(conclusion(trace, "0:00:32", 2),
              HasSubstr("its turn had not come: my-cluster-broker-0 was being restarted, since "
                        "00:00:31.178"));
  EXPECT_THAT(conclusion(trace, "0:00:45", 0),
              HasSubstr("it was being restarted: auto.leader.rebalance.enable cannot be changed "
                        "while it runs"));
  EXPECT_THAT(conclusion(trace, "0:01:00", 0), HasSubstr("its pod is Ready again"));
  // Nothing of the roll is for a controller.
  EXPECT_THAT(
      conclusion(trace, "0:00:45", 4),
      HasSubstr("found nothing to restart it for; my-cluster-broker-0 was being restarted"));
}

TEST(Explain, afterARollNobodyWaitsForItsTurn) {
  const std::string trace = recorded("after.trace", "rolling/first-roll.yaml");
  const std::string untouched = conclusion(trace, "0:02:30", 4);
  EXPECT_THAT(untouched, HasSubstr("there was nothing to restart it for: the cluster was as "
                                   "desired since 00:01:4"));
  EXPECT_EQ(conclusion(trace, "0:03:40", 3), untouched) << "a later reconcile that did nothing";
  EXPECT_THAT(conclusion(trace, "0:02:30", 0),
              HasSubstr("it had been restarted at 00:00:31.178, and the cluster was as desired"));
}

TEST(Explain, anEarlierReconcileIsNoAnswer) {
  const std::string trace =
      recorded("strimzi.trace", "upgrades/kraft-4.2-to-4.3.yaml --operator strimzi@1.2");
  EXPECT_EQ(conclusion(trace, "0:02:00", 0),
            "its turn had not come: my-cluster-controller-4 was being restarted, since "
            "00:01:48.188");
  EXPECT_THAT(conclusion(trace, "0:02:00", 3),
              HasSubstr("it was not restarted, on purpose: Will temporarily skip"));
  // As it was left when nothing had changed: the reason is said once.
  EXPECT_THAT(conclusion(trace, "0:00:46", 0),
              HasSubstr("it was left as it was: nothing to restart it for, as seen at 00:00:45"));
  EXPECT_THAT(conclusion(trace, "0:01:47.100", 0), HasSubstr("and no reconcile had begun since"));
}

TEST(Explain, theActiveControllerIsToldThatItGoesLast) {
  const std::string trace = recorded("twin.trace", "upgrades/kraft-4.2-to-4.3.yaml");
  EXPECT_THAT(conclusion(trace, "0:02:00", 3),
              HasSubstr("it was not restarted, on purpose: it is the active controller, which "
                        "goes after the other controllers"));
  EXPECT_THAT(conclusion(trace, "0:02:00", 5), Not(HasSubstr("active")));
}

}  // namespace
}  // namespace twin::cli_test
