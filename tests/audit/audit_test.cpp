// The audit on clusters small enough to be judged by hand: six pods on three machines in two zones,
// and one that has nothing to be said against it.
#include "scenarios/audit/audit.h"

#include <gmock/gmock.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::audit {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kHead = R"(apiVersion: kafka-twin.io/v1alpha1
kind: Scenario
metadata: {name: audited}
spec:
  environment:
    nodes:
)";

struct Cluster {
  std::string machines = "{name: n1, zone: a}, {name: n2, zone: b}, {name: n3, zone: c}";
  std::string topics =
      "{name: orders, partitions: 6, replicas: 3, config: {min.insync.replicas: 2}}";
  std::string producers;
  std::string storage = "type: persistent-claim, size: 100Gi";
  std::string kafka = "rack: {topologyKey: topology.kubernetes.io/zone}";
  std::string config = "default.replication.factor: 3";
  std::string pod =
      "{topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, maxSkew: 1, "
      "whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {strimzi.io/cluster: c}}}]}";
  int controllers = 3, brokers = 3;
};

std::string pool(const Cluster& cluster, const std::string& role, int replicas) {
  return "---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaNodePool\nmetadata: {name: " + role +
         ", labels: {strimzi.io/cluster: c}}\nspec:\n  replicas: " + std::to_string(replicas) +
         "\n  roles: [" + role + "]\n  storage: {type: jbod, volumes: [{id: 0, " + cluster.storage +
         "}]}\n";
}

std::string text_of(const Cluster& cluster) {
  std::string text = std::string(kHead) + "      [" + cluster.machines + "]\n";
  text += "  workload:\n    topics: [" + cluster.topics + "]\n";
  text += "    producers: [" + cluster.producers + "]\n";
  text +=
      pool(cluster, "controller", cluster.controllers) + pool(cluster, "broker", cluster.brokers);
  text +=
      "---\napiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: c}\nspec:\n  kafka:\n"
      "    version: 4.2.0\n    listeners: [{name: plain, port: 9092, type: internal, tls: "
      "false}]\n";
  if (!cluster.kafka.empty()) text += "    " + cluster.kafka + "\n";
  if (!cluster.pod.empty()) text += "    template: {pod: " + cluster.pod + "}\n";
  return text + "    config: {" + cluster.config + "}\n";
}

Audit audit_of(const Cluster& cluster) {
  auto loaded = scenario::load_text(text_of(cluster), "audited.yaml");
  EXPECT_THAT(loaded.errors, IsEmpty()) << scenario::format_error(loaded.errors.front());
  auto made = audit(std::move(*loaded.scenario));
  EXPECT_TRUE(made) << made.error().to_string();
  return std::move(*made);
}

std::vector<std::string> codes_of(const Audit& made) {
  std::vector<std::string> codes;
  for (const Finding& finding : made.findings) codes.push_back(finding.code);
  return codes;
}

const Finding& finding_of(const Audit& made, const std::string& code,
                          const std::string& subject = "") {
  for (const Finding& finding : made.findings) {
    if (finding.code == code && (subject.empty() || finding.subject == subject)) return finding;
  }
  ADD_FAILURE() << "no finding " << code << " about " << subject;
  static const Finding none;
  return none;
}

int64_t cut_of(const Audit& made, DomainKind kind, std::optional<Cut> Survival::*cut) {
  for (const Survival& survival : made.survival) {
    if (survival.kind == kind && survival.*cut) return (survival.*cut)->size;
  }
  return -1;
}

TEST(Audit, AClusterInThreeZonesWithRacksHasNothingAgainstIt) {
  const Audit made = audit_of({});
  EXPECT_THAT(codes_of(made), IsEmpty());
  // Three voters, replicas in three zones, two of them needed.
  for (const DomainKind kind : {DomainKind::machine, DomainKind::zone}) {
    EXPECT_EQ(cut_of(made, kind, &Survival::quorum), 2);
    EXPECT_EQ(cut_of(made, kind, &Survival::writes), 2);
    EXPECT_EQ(cut_of(made, kind, &Survival::data), 3);
  }
}

// Two zones: one of them holds two of three voters and two of three replicas of each partition.
TEST(Audit, OfTwoZonesOneIsASinglePointOfFailure) {
  Cluster cluster;
  cluster.machines = "{name: n1, zone: a}, {name: n2, zone: a}, {name: n3, zone: b}";
  const Audit made = audit_of(cluster);
  EXPECT_EQ(cut_of(made, DomainKind::zone, &Survival::quorum), 1);
  EXPECT_EQ(cut_of(made, DomainKind::zone, &Survival::writes), 1);
  EXPECT_EQ(cut_of(made, DomainKind::zone, &Survival::data), 2);
  const auto zones = domains_of(made.deployment, DomainKind::zone);
  ASSERT_EQ(zones.size(), 2u);
  int64_t named = 0;
  for (const FailureDomain& zone : zones) {
    const Loss loss = loss_of(made.deployment, zone);
    // Every partition has a replica in each zone: two here or two there.
    EXPECT_EQ(loss.partitions, 6);
    EXPECT_EQ(loss.offline, 0);
    named += loss.harmless() ? 0 : 1;
  }
  EXPECT_GE(named, 1);
  EXPECT_THAT(codes_of(made), Contains("zone-is-a-single-point-of-failure"));
}

TEST(Audit, TopicsThatSpareNobody) {
  Cluster cluster;
  cluster.topics =
      "{name: one, partitions: 1, replicas: 1}, "
      "{name: tight, partitions: 1, replicas: 3, config: {min.insync.replicas: 3}}, "
      "{name: loose, partitions: 1, replicas: 3, config: {min.insync.replicas: 1}}, "
      "{name: unclean, partitions: 1, replicas: 3, config: {min.insync.replicas: 2, "
      "unclean.leader.election.enable: \"true\"}}";
  cluster.producers = "{topic: loose, recordsPerSecond: 10, acks: \"1\"}";
  cluster.config = "auto.create.topics.enable: true";
  const Audit made = audit_of(cluster);
  EXPECT_EQ(finding_of(made, "one-replica", "topic one").severity, Severity::danger);
  EXPECT_EQ(finding_of(made, "no-replica-to-spare", "topic tight").severity, Severity::danger);
  EXPECT_EQ(finding_of(made, "one-copy-is-enough", "topic loose").severity, Severity::warning);
  EXPECT_EQ(finding_of(made, "unclean-election", "topic unclean").severity, Severity::danger);
  EXPECT_EQ(finding_of(made, "producer-does-not-wait").what, "acks=1");
  EXPECT_THAT(codes_of(made), Contains("topics-appear-with-one-replica"));
  // Neither is a matter of machines: no machine is blamed for a topic that spares nobody.
  EXPECT_THAT(codes_of(made), Not(Contains("machine-is-a-single-point-of-failure")));
}

TEST(Audit, WhatPodsAreNotTold) {
  Cluster cluster;
  cluster.kafka = "";
  cluster.pod = "{terminationGracePeriodSeconds: 5}";
  cluster.controllers = 2;
  const Audit made = audit_of(cluster);
  EXPECT_THAT(codes_of(made), Contains("nothing-keeps-pods-apart"));
  EXPECT_THAT(codes_of(made), Contains("kafka-knows-no-racks"));
  EXPECT_THAT(finding_of(made, "short-grace").what, HasSubstr("5"));
  EXPECT_THAT(finding_of(made, "even-voters").then, HasSubstr("the loss of 0, as 1 would"));
}

// Two brokers on one machine: it takes two of three replicas of what both hold.
TEST(Audit, BrokersThatShareAMachine) {
  Cluster cluster;
  cluster.machines = "{name: n1, zone: a}, {name: n2, zone: b}";
  const Audit made = audit_of(cluster);
  EXPECT_THAT(codes_of(made), Contains("machine-is-a-single-point-of-failure"));
  EXPECT_EQ(cut_of(made, DomainKind::machine, &Survival::writes), 1);
  EXPECT_EQ(cut_of(made, DomainKind::machine, &Survival::data), 2);
}

TEST(Audit, StorageThatGoes) {
  Cluster cluster;
  cluster.storage = "type: ephemeral";
  EXPECT_THAT(codes_of(audit_of(cluster)), Contains("ephemeral-storage"));
  cluster.storage = "type: persistent-claim, size: 100Gi, deleteClaim: true";
  EXPECT_THAT(codes_of(audit_of(cluster)), Contains("claims-go-with-the-resource"));
  // Six logs of 15 GiB on each broker, of a disk of 100: 90 %.
  cluster.storage = "type: persistent-claim, size: 100Gi";
  cluster.topics =
      "{name: orders, partitions: 6, replicas: 3, dataPerPartition: 15Gi, config: "
      "{min.insync.replicas: 2}}";
  const Audit full = audit_of(cluster);
  EXPECT_THAT(finding_of(full, "disk-nearly-full", "broker 0").what, HasSubstr("(90 %)"));
}

TEST(Audit, OneVoterAndNothingNamed) {
  auto loaded = scenario::load_text(text_of({}), "audited.yaml");
  loaded.scenario->environment.nodes_named = false;
  const auto made = audit(std::move(*loaded.scenario));
  ASSERT_TRUE(made);
  EXPECT_THAT(codes_of(*made), Contains("machines-are-assumed"));
  Cluster one;
  one.controllers = 1;
  EXPECT_EQ(finding_of(audit_of(one), "one-voter").severity, Severity::danger);
}

}  // namespace
}  // namespace twin::audit
