// kafka-twin import as a user runs it: what it makes is what preview takes.
#include <gmock/gmock.h>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;

const char* const kObjects =
    "apiVersion: v1\nkind: List\nitems:\n"
    "- apiVersion: kafka.strimzi.io/v1\n  kind: Kafka\n"
    "  metadata: {name: acme, namespace: prod, uid: x}\n  spec:\n    kafka:\n"
    "      version: 4.2.0\n      metadataVersion: 4.2-IV1\n"
    "      listeners: [{name: plain, port: 9092, type: internal, tls: false}]\n"
    "      config: {min.insync.replicas: 2}\n"
    "- apiVersion: kafka.strimzi.io/v1\n  kind: KafkaNodePool\n"
    "  metadata: {name: all, namespace: prod, labels: {strimzi.io/cluster: acme}}\n"
    "  spec: {replicas: 3, roles: [controller, broker], storage: {type: ephemeral}}\n";

TEST(Import, WhatItMakesIsWhatPreviewTakes) {
  const std::string objects = write_file("objects.yaml", kObjects);
  const std::string cluster = scratch("imported.yaml");
  const Ran made = kafka_twin("import " + objects + " -o " + cluster);
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("missing: topics (kafka-topics --describe)"));
  const std::string change = write_file(
      "change.yaml",
      "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: acme}\nspec:\n  kafka:\n"
      "    version: 4.3.1\n    metadataVersion: 4.2-IV1\n"
      "    listeners: [{name: plain, port: 9092, type: internal, tls: false}]\n"
      "    config: {min.insync.replicas: 2}\n");
  const Ran ran = kafka_twin("preview " + change + " --against " + cluster + " --aborts 0");
  EXPECT_EQ(ran.status, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("spec.kafka.version: 4.2.0 -> 4.3.1"));
  EXPECT_THAT(ran.out, HasSubstr("not known: the cluster's file has no producers"));
}

TEST(Import, WrongInputIsNamed) {
  const std::string objects = write_file("objects.yaml", kObjects);
  EXPECT_EQ(kafka_twin("import " + objects + " -o " + objects).status, 2);
  EXPECT_EQ(kafka_twin("import nowhere.yaml").status, 2);
  EXPECT_EQ(kafka_twin("import " + objects + " --hardware quantum").status, 2);
  EXPECT_EQ(kafka_twin("import").status, 2);
}

}  // namespace
}  // namespace twin::cli_test
