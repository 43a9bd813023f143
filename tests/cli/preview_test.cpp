// kafka-twin preview as a user runs it.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The Kafka resource of the first roll's cluster with one more line in its config.
std::string manifest(const std::string& name, const std::string& line) {
  return write_file(
      name,
      "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: my-cluster}\nspec:\n"
      "  kafka:\n    version: 4.2.0\n    metadataVersion: 4.2-IV1\n"
      "    listeners: [{name: plain, port: 9092, type: internal, tls: false}]\n"
      "    config:\n      offsets.topic.replication.factor: 3\n"
      "      default.replication.factor: 3\n      min.insync.replicas: 2\n" +
          line + "    rack: {topologyKey: topology.kubernetes.io/zone}\n");
}

std::string rolling() {
  return manifest("rolling.yaml", "      auto.leader.rebalance.enable: \"false\"\n");
}

Ran preview(const std::string& file, const std::string& more = "") {
  return kafka_twin("preview " + file + " --against " + kFirstRoll + " " + more);
}

TEST(Preview, TheStatusSaysWhetherItHolds) {
  EXPECT_EQ(preview(rolling()).status, 0);
  EXPECT_EQ(preview(rolling(), "--window 30s").status, 1);
  EXPECT_EQ(preview(rolling(), "--window 2min").status, 0);
  EXPECT_EQ(preview(rolling(), "--fail-on 'restarts>2'").status, 1);
  EXPECT_EQ(preview(rolling(), "--fail-on 'restarts>3,under-min-isr'").status, 0);
  EXPECT_EQ(preview(manifest("refused.yaml", "      log.cleaner.threads: many\n")).status, 1);
  const std::string unknown = manifest("jvm.yaml", "    jvmOptions: {\"-Xmx\": 4g}\n");
  EXPECT_EQ(preview(unknown).status, 3);
  EXPECT_EQ(preview(unknown, "--fail-on not-modelled").status, 1);
}

TEST(Preview, JsonHasWhatThePageSays) {
  const Ran ran = preview(rolling(), "--report json --window 4h --fail-on 'unavailable>5s'");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto parsed = nlohmann::json::parse(ran.out);
  EXPECT_EQ(parsed["verdict"], "holds");
  EXPECT_EQ(parsed["windowSeconds"], 14400);
  ASSERT_EQ(parsed["restarts"].size(), 3U);
  EXPECT_EQ(parsed["restarts"][0]["pod"], "my-cluster-broker-0");
  EXPECT_EQ(parsed["restarts"][0]["reason"], "ConfigChangeRequiresRestart");
  EXPECT_EQ(parsed["changes"][0]["fields"][0]["path"],
            "spec.kafka.config.auto.leader.rebalance.enable");
  EXPECT_FALSE(parsed["failOn"][0]["met"]);
}

TEST(Preview, ItsOperatorCanBeAnotherOne) {
  const Ran ran = preview(rolling(), "--operator strimzi@1.2 --report json");
  EXPECT_EQ(nlohmann::json::parse(ran.out)["operator"], "strimzi@1.2");
}

TEST(Preview, MarkdownForAComment) {
  const Ran ran = preview(rolling(), "--report markdown");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("### kafka-twin preview of first-roll: holds\n"));
}

TEST(Preview, ChangesThatAreInNoManifest) {
  const std::string bare = std::string("preview --against ") + kFirstRoll + " ";
  const Ran nothing = kafka_twin(bare);
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("there is nothing to preview"));
  EXPECT_EQ(kafka_twin(bare + "--operator-from 0.47 --operator twin --operator-to 1.2").status, 2);
  EXPECT_EQ(kafka_twin(bare + "--operator-to 9.9").status, 2);
  const Ran same = kafka_twin(bare + "--operator-from 1.2 --operator-to 1.2 --report json");
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_TRUE(nlohmann::json::parse(same.out)["restarts"].empty());
  const Ran drained = kafka_twin(
      bare + "--drain-nodes kubernetes.io/hostname=node-a-1 --drain-cleaner --report json");
  EXPECT_EQ(drained.status, 0) << drained.err;
  EXPECT_EQ(nlohmann::json::parse(drained.out)["drained"][0], "node-a-1");
  const Ran rotated = kafka_twin(bare + "--rotate-ca clients-cert --report json");
  EXPECT_EQ(rotated.status, 0) << rotated.err;
  EXPECT_EQ(nlohmann::json::parse(rotated.out)["rotated"][0], "clients-cert");
  const Ran authority = kafka_twin(bare + "--rotate-ca cluster");
  EXPECT_EQ(authority.status, 2);
  EXPECT_THAT(authority.err, HasSubstr("--rotate-ca: `cluster` is nothing that can be rotated"));
  const Ran selector = kafka_twin(bare + "--drain-nodes pool=blue");
  EXPECT_EQ(selector.status, 2);
  EXPECT_THAT(selector.err, HasSubstr("--drain-nodes"));
}

// One seed and one set of measurements: the same page, however many processes play.
TEST(Preview, TheNumberOfProcessesChangesNothing) {
  const std::string measured =
      " --set 'scenario.environment.hardware.brokerStart=[9s, 12s, 20s]' --runs 8 --report json";
  const Ran one = preview(rolling(), "--jobs 1" + measured);
  const Ran two = preview(rolling(), "--jobs 2" + measured);
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(one.out, two.out);
  EXPECT_EQ(nlohmann::json::parse(one.out)["spread"]["runs"], 8);
}

TEST(Preview, WrongInputIsNamed) {
  const Ran file = preview("nowhere.yaml");
  EXPECT_EQ(file.status, 2);
  EXPECT_THAT(file.err, HasSubstr("nowhere.yaml"));
  const Ran field = preview(manifest("wrong.yaml", "    replicas: three\n"));
  EXPECT_EQ(field.status, 2);
  EXPECT_THAT(field.err, HasSubstr("wrong.yaml:13:"));
  const Ran condition = preview(rolling(), "--fail-on unavailabel");
  EXPECT_EQ(condition.status, 2);
  EXPECT_THAT(condition.err, HasSubstr("did you mean `unavailable`"));
  EXPECT_EQ(preview(rolling(), "--window soon").status, 2);
  EXPECT_EQ(preview(rolling(), "--operator strimzi@9").status, 2);
  EXPECT_EQ(preview(rolling(), "--set scenario.nothing=1").status, 2);
  EXPECT_EQ(kafka_twin("preview " + rolling()).status, 2);
}

}  // namespace
}  // namespace twin::cli_test
