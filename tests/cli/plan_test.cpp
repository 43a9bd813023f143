// kafka-twin plan: what is read, what is written, and how it ends.
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Four brokers in three racks; `orders` is placed by hand.
std::string description(const std::string& more = "", const std::string& brokers = "") {
  return "apiVersion: kafka-twin.io/v1alpha1\n"
         "kind: ClusterDescription\n"
         "metadata: {name: prod}\n"
         "spec:\n"
         "  brokers:\n" +
         (brokers.empty() ? std::string("    - {id: 0, rack: a, nic: 125MB/s, capacity: 100Gi}\n"
                                        "    - {id: 1, rack: b, nic: 125MB/s, capacity: 100Gi}\n"
                                        "    - {id: 2, rack: c, nic: 125MB/s, capacity: 100Gi}\n"
                                        "    - {id: 3, rack: a, nic: 125MB/s, capacity: 100Gi}\n")
                          : brokers) +
         "  topics:\n"
         "    - name: orders\n"
         "      dataPerPartition: 10Gi\n"
         "      inflowPerPartition: 1MB/s\n"
         "      placement: [[0, 1, 2], [1, 2, 0], [2, 0, 1]]\n" +
         more;
}

TEST(Plan, drainsADescribedCluster) {
  const std::string file = write_file("plan.yaml", description());
  const std::string out = scratch("plan.json"), back = scratch("back.json");
  const Ran ran = kafka_twin(fmt::format(
      "plan {} --strategy drain --brokers 0 --output {} --rollback {}", file, out, back));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("Plan: drain for prod\n"));
  EXPECT_THAT(ran.out, HasSubstr("3, 30 GiB over the network"));
  EXPECT_THAT(ran.out, HasSubstr("orders-0 [0,1,2] > [3,1,2], 10 GiB"));
  EXPECT_EQ(read_file(out),
            "{\"version\":1,\"partitions\":["
            "{\"topic\":\"orders\",\"partition\":0,\"replicas\":[3,1,2],"
            "\"log_dirs\":[\"any\",\"any\",\"any\"]},"
            "{\"topic\":\"orders\",\"partition\":1,\"replicas\":[1,2,3],"
            "\"log_dirs\":[\"any\",\"any\",\"any\"]},"
            "{\"topic\":\"orders\",\"partition\":2,\"replicas\":[2,3,1],"
            "\"log_dirs\":[\"any\",\"any\",\"any\"]}]}\n");
  EXPECT_THAT(read_file(back), HasSubstr("\"partition\":2,\"replicas\":[2,0,1]"));
}

TEST(Plan, readsWhatKafkasToolsPrint) {
  write_file("current.json",
             "Current partition replica assignment\n"
             "{\"version\":1,\"partitions\":[{\"topic\":\"t\",\"partition\":0,\"replicas\":[0,1],"
             "\"log_dirs\":[\"any\",\"any\"]}]}\n\nProposed partition reassignment configuration\n"
             "{\"version\":1,\"partitions\":[{\"topic\":\"t\",\"partition\":0,\"replicas\":[2],"
             "\"log_dirs\":[\"any\"]}]}\n");
  write_file("sizes.json",
             "Querying brokers for log directories information\n"
             "Received log directory information from brokers 0,1\n"
             "{\"version\":1,\"brokers\":[{\"broker\":0,\"logDirs\":[{\"logDir\":\"/d/0\","
             "\"error\":null,\"partitions\":[{\"partition\":\"t-0\",\"size\":2147483648,"
             "\"offsetLag\":0,\"isFuture\":false},{\"partition\":\"other-0\",\"size\":1073741824,"
             "\"offsetLag\":0,\"isFuture\":false}]}]}]}\n");
  const std::string file = write_file(
      "tools.yaml",
      "apiVersion: kafka-twin.io/v1alpha1\nkind: ClusterDescription\nmetadata: {name: prod}\n"
      "spec:\n  assignment: current.json\n  logDirs: sizes.json\n  brokers:\n"
      "    - {id: 0, capacity: 10Gi}\n    - {id: 1, capacity: 10Gi}\n    - {id: 2}\n");
  const Ran ran = kafka_twin("plan " + file + " --strategy drain --brokers 0");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("t-0 [0,1] > [2,1], 2 GiB"));
  // 2 GiB of t and 1 GiB of what is not planned, of 10 GiB.
  EXPECT_THAT(ran.out, HasSubstr("30 % > 10 %, peak 30 %"));
}

TEST(Plan, takesAScenarioAsItIsOnceReady) {
  const Ran ran = kafka_twin(fmt::format("plan {} --strategy kafka --seed 3", kFirstRoll));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("Plan: kafka for my-cluster\n"));
  EXPECT_THAT(ran.out, HasSubstr("of 62 change"));
  EXPECT_THAT(ran.out, HasSubstr("zone-a"));
  EXPECT_EQ(kafka_twin(fmt::format("plan {} --strategy kafka --seed 3", kFirstRoll)).out, ran.out);
  EXPECT_NE(kafka_twin(fmt::format("plan {} --strategy kafka --seed 4", kFirstRoll)).out, ran.out);
}

TEST(Plan, everyStrategy) {
  const std::string file = write_file("plan.yaml", description());
  for (const char* arguments :
       {"", "--strategy minimal", "--strategy add --brokers 3", "--strategy replace --replace 0=3",
        "--strategy even-disks", "--strategy leaders", "--strategy rack-repair"}) {
    const Ran ran = kafka_twin(fmt::format("plan {} {}", file, arguments));
    EXPECT_EQ(ran.status, 0) << arguments << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("Brokers, before and after")) << arguments;
  }
  // Rack a has 0 and 3, so half of its 30 GiB each, 13.5 to 16.5: of 20 and 10 GiB 3.5 are above
  // and 3.5 below.
  const std::string out = kafka_twin("plan " + file).out;
  EXPECT_THAT(out, HasSubstr("27 GiB > 7 GiB outside 10 % of even shares"));
  EXPECT_THAT(out, HasSubstr("no plan is cheaper"));
}

TEST(Plan, cutsSomebodyElsesPlan) {
  const std::string file = write_file("plan.yaml", description());
  const std::string plan =
      write_file("generated.txt",
                 "Current partition replica assignment\n{\"version\":1,\"partitions\":[]}\n\n"
                 "Proposed partition reassignment configuration\n"
                 "{\"version\":1,\"partitions\":[{\"topic\":\"orders\",\"partition\":1,"
                 "\"replicas\":[1,2,3],\"log_dirs\":[\"any\",\"any\",\"any\"]}]}\n");
  const Ran ran = kafka_twin(fmt::format("plan {} --reassignment-json-file {}", file, plan));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("orders-1 [1,2,0] > [1,2,3], 10 GiB"));
  const std::string wrong =
      write_file("wrong.json",
                 "{\"partitions\":[\n {\"topic\":\"orders\",\"partition\":7,\"replicas\":[1]}]}");
  const Ran refused = kafka_twin(fmt::format("plan {} --reassignment-json-file {}", file, wrong));
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("wrong.json:2:2: topic `orders` has no partition 7; 0 to 2"));
}

TEST(Plan, topicsBrokersAndRacksAsTheToolTakesThem) {
  const std::string file = write_file("plan.yaml", description());
  const std::string topics =
      write_file("topics.json", "{\"topics\":[{\"topic\":\"orders\"}],\"version\":1}");
  const Ran ran = kafka_twin(
      fmt::format("plan {} --strategy kafka --topics-to-move-json-file {} --broker-list 0,2,3 "
                  "--disable-rack-aware --report json",
                  file, topics));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("{\n  \"cluster\": \"prod\","));
  EXPECT_THAT(ran.out, HasSubstr("\"partitionsChanged\": 3"));
  const Ran racks = kafka_twin(fmt::format("plan {} --strategy kafka --broker-list 0,1", file));
  EXPECT_EQ(racks.status, 2);
  EXPECT_THAT(racks.err, HasSubstr("replication factor 3 is larger than the 2 brokers"));
}

TEST(Plan, followsTheWidth) {
  const std::string file = write_file("plan.yaml", description());
  for (const int width : {60, 80, 100, 120}) {
    const Ran ran = kafka_twin("plan " + file + " --strategy drain --brokers 0",
                               fmt::format("COLUMNS={}", width));
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), static_cast<size_t>(width)) << line;
    }
  }
  EXPECT_THAT(kafka_twin("plan " + file + " --strategy drain --brokers 0").out,
              Not(HasSubstr("\033[")));
  EXPECT_THAT(kafka_twin("plan " + file + " --strategy drain --brokers 0", "CLICOLOR_FORCE=1").out,
              HasSubstr("\033["));
}

TEST(Plan, whatCannotBeDoneEndsWithOne) {
  // Broker 3 has room for two of the three replicas.
  const std::string file =
      write_file("small.yaml", description("",
                                           "    - {id: 0, rack: a, capacity: 100Gi}\n"
                                           "    - {id: 1, rack: b, capacity: 100Gi}\n"
                                           "    - {id: 2, rack: c, capacity: 100Gi}\n"
                                           "    - {id: 3, rack: a, capacity: 24Gi}\n"));
  const Ran ran = kafka_twin("plan " + file + " --strategy drain --brokers 0");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("orders-2: its replica of 10 GiB on broker 0 finds no broker"));
  // At its peak that broker may not hold them both: one is held back.
  const Ran held =
      kafka_twin("plan " + file + " --strategy drain --brokers 0 --disk-limit 100 --peak-limit 50");
  EXPECT_EQ(held.status, 1);
}

struct WrongPlan {
  const char* name;
  const char* arguments;  // FILE stands for the description
  const char* said;
};

class WrongPlans : public ::testing::TestWithParam<WrongPlan> {};

TEST_P(WrongPlans, areNamedWithWhatWouldBeRight) {
  std::string arguments = GetParam().arguments;
  const std::string file = write_file("plan.yaml", description());
  write_file("bad-topics.json", "{\"topics\":[\n{\"name\":\"orders\"}]}");
  for (size_t at; (at = arguments.find("DIR/")) != arguments.npos;) {
    arguments.replace(at, 4, scratch(""));
  }
  const Ran ran = kafka_twin("plan " + arguments);
  EXPECT_EQ(ran.status, 2) << ran.out;
  EXPECT_TRUE(ran.out.empty()) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WrongPlans,
    ::testing::Values(
        WrongPlan{"strategy", "DIR/plan.yaml --strategy dran", "did you mean `drain`?"},
        WrongPlan{"nothingToDrain", "DIR/plan.yaml --strategy drain", "those to empty: --brokers"},
        WrongPlan{"unknownBroker", "DIR/plan.yaml --strategy drain --brokers 9",
                  "there is no broker 9; ids are 0, 1, 2, 3"},
        WrongPlan{"list", "DIR/plan.yaml --strategy drain --brokers 1,1", "in the list twice"},
        WrongPlan{"replace", "DIR/plan.yaml --strategy replace --replace 2", "OLD=NEW"},
        WrongPlan{"noFile", "DIR/none.yaml --strategy kafka", "the file cannot be read"},
        WrongPlan{"topicsFile",
                  "DIR/plan.yaml --strategy kafka --topics-to-move-json-file DIR/bad-topics.json",
                  "bad-topics.json:2:1: a topic without `topic`"},
        WrongPlan{"percent", "DIR/plan.yaml --strategy kafka --disk-limit 101",
                  "`101` is not a whole number from 1 to 100"},
        WrongPlan{"report", "DIR/plan.yaml --strategy kafka --report pdf", "text or json"},
        WrongPlan{"set", "DIR/plan.yaml --strategy kafka --set a.b=1", "nothing to set"}),
    [](const auto& wrong) { return std::string(wrong.param.name); });

TEST(Plan, mistakesOfADescriptionAreNamedAtOnce) {
  const std::string file = write_file(
      "wrong.yaml",
      description("    - {name: more, replicas: many}\n  minInsyncReplica: 2\n",
                  "    - {id: 0, rak: a}\n    - {id: 1, capacity: much}\n    - {id: 2}\n"));
  const Ran ran = kafka_twin("plan " + file + " --strategy kafka");
  EXPECT_EQ(ran.status, 2);
  for (const char* said :
       {":6:15: unknown key `rak` in `spec.brokers[0]`; did you mean `rack`?",
        ":7:25: `spec.brokers[1].capacity`", "`spec.topics[1].replicas` is `many`",
        "unknown key `minInsyncReplica` in `spec`; did you mean `minInsyncReplicas`?"}) {
    EXPECT_THAT(ran.err, HasSubstr(said));
  }
  const std::string unknown =
      write_file("ids.yaml", description("", "    - {id: 0}\n    - {id: 1}\n"));
  EXPECT_THAT(kafka_twin("plan " + unknown + " --strategy kafka").err,
              HasSubstr("ids.yaml:9:7: broker 2 is not described; ids are 0, 1"));
}

// Nine brokers without racks, 90 partitions of RF 3 anywhere: no two may go at once. In three
// groups of three a roll is three batches, and a crash more then takes three times as many below
// min ISR.
TEST(Plan, FastRollsProposesThePlacementThatMakesBatchesHelp) {
  const std::string cluster = TWIN_SOURCE_DIR "/scenarios/rolling/batch-cannot-help.yaml";
  const Ran ran = kafka_twin("plan " + cluster + " --goal fast-rolls --report json");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto parsed = nlohmann::json::parse(ran.out);
  const auto& rolls = parsed["fastRolls"];
  EXPECT_EQ(rolls["before"]["batches"], 9);
  EXPECT_EQ(rolls["after"]["batches"], 3);
  EXPECT_EQ(rolls["after"]["brokersAtOnce"], 3);
  EXPECT_TRUE(rolls["barred"].is_null());
  EXPECT_GT(parsed["networkBytes"].get<int64_t>(), 0);
  EXPECT_LT(rolls["after"]["playedSeconds"].get<double>(),
            rolls["before"]["playedSeconds"].get<double>() / 2);
  EXPECT_EQ(rolls["after"]["playedUnderMinIsrSeconds"], 0);
  EXPECT_GT(rolls["after"]["oneCrashMoreBelowMinIsr"].get<int64_t>(),
            rolls["before"]["oneCrashMoreBelowMinIsr"].get<int64_t>());
}

TEST(Plan, FastRollsSaysWhereNoPlacementHelps) {
  const std::string cluster = TWIN_SOURCE_DIR "/scenarios/rolling/batch-cannot-help.yaml";
  const std::string asked = "plan " + cluster + " --goal fast-rolls --spare-failures 1";
  const Ran ran = kafka_twin(asked);
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("No placement helps"));
  const auto rolls = nlohmann::json::parse(kafka_twin(asked + " --report json").out)["fastRolls"];
  EXPECT_THAT(rolls["barred"].get<std::string>(),
              HasSubstr("with 1 to spare for a failure none may go in a batch"));
  EXPECT_EQ(rolls["after"]["batches"], 9);
  EXPECT_EQ(kafka_twin("plan " + cluster + " --goal slow-rolls").status, 2);
  EXPECT_EQ(kafka_twin("plan " + cluster + " --goal fast-rolls --strategy drain").status, 2);
  EXPECT_EQ(kafka_twin("plan " + cluster + " --spare-failures 0").status, 2);
}

}  // namespace
}  // namespace twin::cli_test
