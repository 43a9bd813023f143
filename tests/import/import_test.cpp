// A cluster's file made from what its own tools print; the texts are as they print them.
#include "scenarios/import/import.h"

#include <gmock/gmock.h>

#include "scenarios/import/snapshot.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::import {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

const char* const kObjects = R"(apiVersion: v1
kind: List
items:
- apiVersion: kafka.strimzi.io/v1
  kind: Kafka
  metadata:
    name: payments-prod
    namespace: acme
    uid: 0a1b
    resourceVersion: "12"
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: "{}"
      acme.example/owner: jane
  spec:
    kafka:
      listeners:
      - {name: plain, port: 9092, type: internal, tls: false}
      config:
        min.insync.replicas: 2
        default.replication.factor: 3
        ssl.truststore.location: /acme/trust
      rack: {topologyKey: topology.kubernetes.io/zone}
  status:
    kafkaVersion: 4.2.0
    kafkaMetadataVersion: 4.2-IV1
    operatorLastSuccessfulVersion: 1.0.0
- apiVersion: kafka.strimzi.io/v1
  kind: KafkaNodePool
  metadata:
    name: jane
    namespace: acme
    labels: {strimzi.io/cluster: payments-prod, team: acme}
  spec:
    replicas: 3
    roles: [controller, broker]
    storage: {type: persistent-claim, size: 100Gi, class: acme-gold}
  status: {nodeIds: [0, 1, 2]}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: data-0}
  spec: {storageClassName: acme-gold}
)";

std::string nodes() {
  std::string out = "apiVersion: v1\nkind: NodeList\nitems:\n";
  for (const char* zone : {"eu-1a", "eu-1b", "eu-1c"}) {
    for (const char* n : {"1", "2"}) {
      out += std::string("- metadata:\n    name: acme-") + zone + "-" + n +
             "\n    labels: {topology.kubernetes.io/zone: " + zone +
             "}\n  spec: {}\n  status:\n    allocatable: {cpu: 3920m, memory: 30Gi}\n"
             "    nodeInfo: {kubeletVersion: v1.31.4-eks}\n";
    }
  }
  out += "- metadata: {name: acme-control}\n  spec: {taints: [{key: x, effect: NoSchedule}]}\n";
  return out;
}

const char* const kTopics =
    "Topic: invoices\tTopicId: x\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: "
    "min.insync.replicas=2,cleanup.policy=compact,delete\n"
    "\tTopic: invoices\tPartition: 0\tLeader: 1\tReplicas: 1,2,0\tIsr: 1,2,0\n"
    "\tTopic: invoices\tPartition: 1\tLeader: 2\tReplicas: 2,0,1\tIsr: 2,0\n"
    "Topic: __consumer_offsets\tTopicId: y\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: \n"
    "\tTopic: __consumer_offsets\tPartition: 0\tLeader: 1\tReplicas: 1,2,0\tIsr: 1,2,0\n";

const char* const kGroups =
    "\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  "
    "CONSUMER-ID  HOST  CLIENT-ID\n"
    "jane-billing    invoices        0          100             110             10   -  -  -\n"
    "jane-billing    invoices        1          7               7               0    -  -  -\n"
    "\nConsumer group 'jane-billing' has no active members.\n";

const char* const kLogDirs =
    "Querying brokers for log directories information\nReceived log directory information from "
    "brokers 0,1\n"
    R"({"version":1,"brokers":[{"broker":0,"logDirs":[{"logDir":"/d","error":null,"partitions":[)"
    R"({"partition":"invoices-0","size":1000,"offsetLag":0,"isFuture":false},)"
    R"({"partition":"invoices-1","size":3000,"offsetLag":0,"isFuture":false}]}]},)"
    R"({"broker":1,"logDirs":[{"logDir":"/d","error":null,"partitions":[)"
    R"({"partition":"invoices-0","size":2000,"offsetLag":0,"isFuture":false}]}]}]})";

std::vector<Input> all_inputs() {
  return {{"objects.yaml", kObjects},
          {"nodes.yaml", nodes()},
          {"topics.txt", kTopics},
          {"groups.txt", kGroups},
          {"dirs.txt", kLogDirs}};
}

Imported imported(const std::vector<Input>& inputs, bool anonymize = false) {
  Options options;
  options.anonymize = anonymize;
  auto made = import_cluster(inputs, options);
  if (!made) ADD_FAILURE() << made.error().what;
  return made ? std::move(*made) : Imported{};
}

std::vector<std::string> missing_of(const Imported& made) {
  std::vector<std::string> list;
  for (const Missing& each : made.missing) list.push_back(each.what);
  return list;
}

scenario::Scenario loaded(const Imported& made) {
  auto result = scenario::load_text(made.yaml, "my-cluster.yaml");
  for (const sim::Error& error : result.errors) ADD_FAILURE() << scenario::format_error(error);
  return result.scenario ? std::move(*result.scenario) : scenario::Scenario{};
}

TEST(Import, TakesOverWhatIsThere) {
  const Imported made = imported(all_inputs());
  const scenario::Scenario cluster = loaded(made);
  EXPECT_EQ(cluster.operators.front().profile, "strimzi@1.2");
  EXPECT_EQ(cluster.operators.front().namespace_name, "acme");
  EXPECT_EQ(cluster.environment.kubernetes_version, "1.31");
  ASSERT_EQ(cluster.environment.nodes.size(), 6U) << "one is closed to pods";
  EXPECT_EQ(cluster.environment.nodes[0].zone, "eu-1a");
  EXPECT_EQ(cluster.environment.nodes[0].cpu_millis, 3920);
  ASSERT_EQ(cluster.workload.topics.size(), 1U) << "the offsets are made for the group";
  const scenario::TopicWorkload& topic = cluster.workload.topics[0];
  EXPECT_EQ(topic.partitions, 2);
  EXPECT_EQ(topic.placement[1][0].value, 2);
  EXPECT_EQ(*api::find_config(topic.config, "cleanup.policy"), "compact,delete");
  EXPECT_EQ(topic.data_per_partition.value, 2500) << "(2000 + 3000) / 2: the largest of each";
  ASSERT_EQ(cluster.workload.groups.size(), 1U);
  EXPECT_EQ(cluster.workload.groups[0].topics, std::vector<std::string>{"invoices"});
  EXPECT_THAT(made.yaml, HasSubstr("version: \"4.2.0\""));
  EXPECT_THAT(made.yaml, Not(HasSubstr("resourceVersion")));
  EXPECT_THAT(made.yaml, Not(HasSubstr("last-applied")));
}

TEST(Import, TellsWhatIsNotAsItWas) {
  const Imported made = imported(all_inputs());
  EXPECT_THAT(made.notes, Contains(HasSubstr("Strimzi 1.0.0 is played as strimzi@1.2")));
  EXPECT_THAT(made.notes, Contains(HasSubstr("1 partitions lack replicas now")));
  EXPECT_THAT(made.notes, Contains(HasSubstr("jane-billing lags by 10 records")));
  EXPECT_THAT(missing_of(made), ElementsAre(HasSubstr("how fast"), HasSubstr("producers")));
}

TEST(Import, EachInputThatIsNotThereIsMissed) {
  const Imported made = imported({{"objects.yaml", kObjects}});
  EXPECT_THAT(missing_of(made), ElementsAre(HasSubstr("machines"), HasSubstr("how fast"),
                                            HasSubstr("kafka-topics"), HasSubstr("kafka-log-dirs"),
                                            HasSubstr("consumer groups"), HasSubstr("producers")));
  EXPECT_THAT(made.yaml, HasSubstr("# Missing: topics (kafka-topics --describe)"));
}

TEST(Import, WhatIsMadeComesToRest) {
  const scenario::Report report = scenario::run_scenario(loaded(imported(all_inputs())), {});
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  EXPECT_EQ(report.nodes.size(), 3U);
}

TEST(Import, WithoutNamesNoneIsLeft) {
  const Imported made = imported(all_inputs(), true);
  for (const char* name : {"acme", "jane", "payments-prod", "invoices", "eu-1a"}) {
    EXPECT_THAT(made.yaml, Not(HasSubstr(name)));
  }
  const scenario::Scenario cluster = loaded(made);
  EXPECT_EQ(cluster.workload.topics[0].name, "topic-1");
  EXPECT_EQ(cluster.workload.groups[0].topics[0], "topic-1");
  EXPECT_EQ(cluster.environment.nodes[0].zone, "zone-1");
  const scenario::Report report = scenario::run_scenario(cluster, {});
  EXPECT_EQ(report.end, "settled") << report.end_detail;
}

std::string error_of(const std::vector<Input>& inputs) {
  const auto made = import_cluster(inputs, {});
  return made ? std::string() : made.error().where + " " + made.error().what;
}

TEST(Import, WrongInputIsNamed) {
  EXPECT_THAT(error_of({}), HasSubstr("there are 0 Kafka resources"));
  EXPECT_THAT(error_of({{"a", kObjects}, {"b", kObjects}}), HasSubstr("there are 2 Kafka"));
  EXPECT_THAT(error_of({{"notes.txt", "hello: world\n"}}), HasSubstr("notes.txt is nothing that"));
  EXPECT_THAT(error_of({{"bad.yaml", "kind: [\n"}}), HasSubstr("bad.yaml"));
  const std::string head = "Topic: a\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: \n";
  EXPECT_THAT(error_of({{"t.txt", head + "\tTopic: a\tPartition: x\tReplicas: 1\n"}}),
              HasSubstr("t.txt:2 is no partition"));
  EXPECT_THAT(error_of({{"t.txt", head + "\tTopic: a\tPartition: 0\tReplicas: 1,two\n"}}),
              HasSubstr("t.txt:2 `two` is no broker"));
  EXPECT_THAT(error_of({{"t.txt", head}}), HasSubstr("t.txt topic a lacks partitions"));
  EXPECT_THAT(error_of({{"g.txt", "GROUP  TOPIC  PARTITION  A  B  LAG\ng t one 1 2 3\n"}}),
              HasSubstr("g.txt:2 `one` is no partition"));
  EXPECT_THAT(error_of({{"d.txt", "{\"logDirs\": 3"}}), HasSubstr("d.txt"));
}

}  // namespace
}  // namespace twin::import
