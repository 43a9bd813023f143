// Wrong input of many kinds: each is named with file:line:column (or the option), with what would
// be right, and ends with status 2; nothing is played and nothing is written.
#include <filesystem>

#include <gmock/gmock.h>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;

struct Wrong {
  const char* name;
  const char* spec;   // below `spec:`
  const char* place;  // line:column
  const char* what;   // part of what is said
};

class WrongInput : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongInput, isNamedWithItsPlaceAndWhatWouldBeRight) {
  const Wrong& wrong = GetParam();
  const std::string path = write_file(
      std::string(wrong.name) + ".yaml",
      std::string("apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata: {name: x}\n"
                  "spec:\n") +
          wrong.spec);
  const Ran ran = kafka_twin("run " + path);
  EXPECT_EQ(ran.status, 2) << ran.out << ran.err;
  EXPECT_TRUE(ran.out.empty()) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr(path + ":" + wrong.place + ": "));
  EXPECT_THAT(ran.err, HasSubstr(wrong.what));
  EXPECT_THAT(ran.err, HasSubstr("; ")) << "what would be right";
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WrongInput,
    ::testing::Values(
        Wrong{"unknownKey", "  sead: 3\n", "5:3", "did you mean `seed`?"},
        Wrong{"wordForNumber", "  seed: many\n", "5:9", "whole number"},
        Wrong{"negativeSeed", "  seed: -1\n", "5:9", "at least 0"},
        Wrong{"listForMap", "  workload: [1]\n", "5:13", "keys and values"},
        Wrong{"unknownProfile", "  operator: strimzi@9\n", "5:13", "unknown operator profile"},
        Wrong{"badDuration", "  settle: 5 parsecs\n", "5:11", "90s"},
        Wrong{"unknownFigure", "  expect: {restart: 3}\n", "5:12", "did you mean `restarts`?"},
        Wrong{"figureNeedsNode", "  expect: {restartAt: 3s}\n", "5:12", "restartAt[4]"},
        Wrong{"textHasNoOrder", "  expect: {kafkaVersion: \"> 4.2.0\"}\n", "5:26", "no order"},
        Wrong{"noTrigger", "  steps:\n    - note: x\n    - note: y\n", "6:7", "does not say when"},
        Wrong{"twoTriggers", "  steps:\n    - {at: 1s, on: {call: 2}, note: x}\n", "6:7",
              "2 triggers"},
        Wrong{"noAction", "  steps:\n    - at: 1s\n", "6:7", "does nothing"},
        Wrong{"unknownFault", "  steps:\n    - {at: 1s, fault: {kind: broker-crush, target: p}}\n",
              "6:30", "did you mean `broker-crash`?"},
        Wrong{"faultWithoutTarget", "  steps:\n    - {at: 1s, fault: {kind: broker-crash}}\n",
              "6:23", "target: a pod"},
        Wrong{"faultTakesNoMode",
              "  steps:\n    - {at: 1s, fault: {kind: broker-crash, target: p, mode: x}}\n", "6:55",
              "takes no `mode`"},
        Wrong{"cutHasTwoEnds",
              "  steps:\n    - {at: 1s, fault: {kind: network-cut, target: operator}}\n", "6:23",
              "two ends"},
        Wrong{"unknownStep", "  steps:\n    - {at: 1s, heal: nothing}\n", "6:7",
              "no step has the id `nothing`"},
        Wrong{"unknownTopic", "  workload: {producers: [{topic: t, recordsPerSecond: 1}]}\n",
              "5:34", "topic `t`"},
        Wrong{"unknownTopicOfAGroup", "  workload: {groups: [{name: g, topics: [t]}]}\n", "5:42",
              "topic `t`"},
        Wrong{"twiceTheSameTopic", "  workload: {topics: [{name: t}, {name: t}]}\n", "5:41",
              "two topics are called `t`"},
        Wrong{"manyPartitions", "  workload: {topics: [{name: t, partitions: 2000000000}]}\n",
              "5:45", "at most 2000000 in all topics together"},
        Wrong{"manyZones", "  environment: {zones: 2000000000}\n", "5:24",
              "at most 10000 in all zones together"},
        Wrong{"manyNodesPerZone", "  environment: {nodesPerZone: 5000}\n", "5:31",
              "15000 nodes of Kubernetes are too many"},
        Wrong{"manyOperators", "  operator: {replicas: 2000000000}\n", "5:24",
              "a number from 1 to 100"},
        Wrong{"badKubernetes", "  environment: {kubernetes: two}\n", "5:29", "1.37"},
        Wrong{"badSize", "  workload: {topics: [{name: t, dataPerPartition: 3 apples}]}\n", "5:51",
              "dataPerPartition"},
        Wrong{"targetOfNothing", "  steps:\n    - {at: 1s, remove: my-cluster}\n", "6:24",
              "KIND/NAME"}),
    [](const auto& wrong) { return std::string(wrong.param.name); });

TEST(Input, everyMistakeOfAFileIsNamedAtOnce) {
  const std::string path =
      write_file("two.yaml", small_scenario("  seed: many\n  expect: {restart: 3}\n"));
  const Ran ran = kafka_twin("run " + path);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr(path + ":9:9: "));
  EXPECT_THAT(ran.err, HasSubstr(path + ":10:12: "));
}

TEST(Input, yamlThatIsNoneIsNamedWithItsPlace) {
  const std::string path = write_file("broken.yaml", "a: [1, 2\nb: }\n");
  const Ran ran = kafka_twin("run " + path);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr(path + ":2:"));
}

TEST(Input, aFileThatIsNotThere) {
  const Ran ran = kafka_twin("run " + scratch("nowhere.yaml"));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("nowhere.yaml: the file cannot be read"));
}

TEST(Input, optionsThatMeanNothing) {
  const std::string path = write_file("small.yaml", small_scenario());
  for (const char* arguments :
       {"", "fly", "run", "run --report pdf", "run --operator strimzi@9", "run --seed many",
        "run --seed -1", "run --seed 18446744073709551616", "check --seed 99999999999999999999999",
        "rum", "run --trace /", "run --set nonsense", "run --set Kafka/other.spec.x=1", "explain",
        "completion tcsh"}) {
    const std::string file = std::string(arguments).starts_with("run -") ? " " + path : "";
    const Ran ran = kafka_twin(arguments + file);
    EXPECT_EQ(ran.status, 2) << arguments << "\n" << ran.out;
    EXPECT_FALSE(ran.err.empty()) << arguments;
  }
}

TEST(Input, aSeedIsTakenAsItIsOrNotAtAll) {
  const std::string path = write_file("small.yaml", small_scenario());
  const Ran large = kafka_twin("run " + path + " --seed 18446744073709551615");
  EXPECT_EQ(large.status, 0);
  EXPECT_THAT(large.out, HasSubstr("18446744073709551615, "));
  const Ran larger = kafka_twin("run " + path + " --seed 99999999999999999999999");
  EXPECT_EQ(larger.status, 2);
  EXPECT_THAT(larger.err, HasSubstr("not a whole number from 0 to 18446744073709551615"));
}

TEST(Input, whatNeverEndsIsNotRead) {
  const std::string path = write_file("small.yaml", small_scenario());
  for (const char* device : {"/dev/zero", "/dev/full"}) {
    const std::string file = device;
    for (const std::string& command :
         {"run " + file, "plan " + file, "shrink " + file, "audit " + file,
          "explain " + file + " --at 1s --broker 0", "export " + file,
          "plan " + path + " --topics-to-move-json-file " + file}) {
      const Ran ran = kafka_twin(command);
      EXPECT_EQ(ran.status, 2) << command;
      EXPECT_THAT(ran.err, HasSubstr(file + ": is no regular file")) << command;
    }
    const std::string part =
        write_file("device.yaml", small_scenario("  include: [" + file + "]\n"));
    EXPECT_THAT(kafka_twin("run " + part).err, HasSubstr("is no regular file"));
  }
}

TEST(Input, aFileIsNoLargerThanSomebodyCouldWrite) {
  const std::string path = write_file("large.yaml", "");
  std::filesystem::resize_file(path, (uintmax_t{64} << 20) + 1);
  const Ran ran = kafka_twin("run " + path);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("larger than 64 MiB"));
}

TEST(Input, whatTheBrokersCannotHoldIsAMistakeOfTheFile) {
  const auto complaint = [&](const std::string& set) {
    const Ran ran = kafka_twin(std::string("run ") + kFirstRoll + " --set '" + set + "'");
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_TRUE(ran.out.empty()) << ran.out;
    EXPECT_THAT(ran.err, HasSubstr("--set " + set + ": "));
    return ran.err;
  };
  EXPECT_THAT(complaint("scenario.workload.topics.0.replicas=9"),
              HasSubstr("wants 9 replicas, and there are 3 brokers; at most 3"));
  EXPECT_THAT(complaint("KafkaNodePool/broker.spec.replicas=100000"),
              HasSubstr("at most 1000 Kafka nodes"));
  EXPECT_THAT(complaint("scenario.steps=[{at: 1s, scale: {KafkaNodePool/broker: 5000}}]"),
              HasSubstr("at most 1000 Kafka nodes"));
  EXPECT_THAT(complaint("scenario.workload.topics.0.partitions=2000000000"),
              HasSubstr("at most 2000000"));
}

// A part of a cluster is no cluster: whatever it is, nothing of it was played, and that is unknown.
TEST(Input, withoutAClusterTheVerdictIsUnknown) {
  const std::string head = "apiVersion: kafka.strimzi.io/v1\nkind: ";
  const std::string of = "\nmetadata: {name: x, labels: {strimzi.io/cluster: c}}\nspec: ";
  for (const std::string& text :
       {head + "KafkaTopic" + of + "{partitions: 3, replicas: 3}\n",
        head + "KafkaUser" + of + "{authentication: {type: tls}}\n",
        head + "KafkaRebalance" + of + "{}\n",
        head + "KafkaNodePool" + of +
            "{replicas: 3, roles: [broker], storage: {type: jbod, volumes: [{id: 0, type: "
            "persistent-claim, size: 1Gi}]}}\n"}) {
    const Ran ran = kafka_twin("run " + write_file("part-of.yaml", text), "COLUMNS=160");
    EXPECT_EQ(ran.status, 3) << text << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("without a cluster nothing of it is played"));
  }
}

// One mistake is one line, at the place where it was made.
TEST(Input, aMistakeInASetIsNamedThereAndAlone) {
  const std::string path = kFirstRoll;
  const auto complaint = [&](const std::string& set) {
    const Ran ran = kafka_twin("run " + path + " --set '" + set + "'");
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("--set " + set + ": "));
    return ran.err;
  };
  EXPECT_THAT(complaint("Kafka/my-clutser.spec.kafka.version=4.3.1"),
              HasSubstr("did you mean `Kafka/my-cluster`?"));
  EXPECT_THAT(complaint("KafkaNodePool/broker.spec.replicas=five"), HasSubstr("not an integer"));
  EXPECT_THAT(complaint("Kafka/my-cluster.spec.kafka.replicas=abc"), HasSubstr("not an integer"));
  EXPECT_THAT(complaint("scenario.expect={restarts: \">= x\"}"), HasSubstr("whole number"));
}

TEST(Input, aFolderIsNoScenario) {
  EXPECT_THAT(kafka_twin("run " TWIN_SOURCE_DIR "/scenarios").err, HasSubstr("is a folder"));
}

TEST(Input, aMisspeltCommandAndASetBeforeTheScenario) {
  EXPECT_THAT(kafka_twin("rum").err, HasSubstr("no command `rum`; did you mean `run`?"));
  const std::string path = write_file("small.yaml", small_scenario());
  EXPECT_EQ(kafka_twin("run --set scenario.seed=3 " + path).status, 0);
}

TEST(Input, aTraceThatCannotBeWrittenLeavesNothing) {
  const std::string path = write_file("small.yaml", small_scenario());
  const Ran ran = kafka_twin("run " + path + " --trace " + scratch("no/such/folder/t"));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("cannot be created"));
}

TEST(Input, whatIsNoTraceIsNotExplained) {
  const std::string path = write_file("small.yaml", small_scenario());
  const Ran ran = kafka_twin("explain " + path + " --at 5s --broker 0");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr(path));
  const Ran when = kafka_twin("explain " + path + " --at noon --broker 0");
  EXPECT_EQ(when.status, 2);
  EXPECT_THAT(when.err, HasSubstr("`noon` is not a time"));
}

}  // namespace
}  // namespace twin::cli_test
