// Topics and the settings that make them: can one broker restart, can one be lost, without
// anybody noticing?
#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "scenarios/audit/audit.h"

namespace twin::audit {

namespace {

using controller::rebalance::TopicView;
using namespace sim::literals;

int32_t replicas_of(const Deployment& deployment, const TopicView& topic) {
  return topic.partitions == 0 ? 0 : deployment.view.partitions[topic.first].replicas.size;
}

// The leader of the topic's first partition dies for a minute and a half.
model::Fault leader_dies(const Deployment& deployment, const TopicView& topic) {
  const auto& partition = deployment.view.partitions[topic.first];
  const api::NodeId leader = deployment.view.brokers[partition.replicas[0]].id;
  model::Fault fault;
  fault.kind = model::FaultKind::node_loss;
  fault.duration = 90_s;
  for (const PlacedNode& node : deployment.nodes) {
    if (node.broker && node.id == leader) fault.target = node.machine;
  }
  return fault;
}

// Topics of one kind share a finding: a cluster may have thousands.
struct Group {
  int32_t replicas = 0, min_isr = 0;
  auto operator<=>(const Group&) const = default;
};

std::string names(const std::vector<const TopicView*>& topics) {
  constexpr size_t kShown = 5;
  std::string text = topics.size() == 1 ? "topic " : fmt::format("{} topics: ", topics.size());
  for (size_t i = 0; i < topics.size() && i < kShown; ++i) {
    text += (i > 0 ? ", " : "") + topics[i]->name;
  }
  return topics.size() > kShown ? text + ", ..." : text;
}

void judge(const Deployment& deployment, const Group& group,
           const std::vector<const TopicView*>& topics, Findings& findings) {
  Finding finding;
  finding.subject = names(topics);
  finding.faults.push_back(leader_dies(deployment, *topics.front()));
  if (group.replicas == 1) {
    finding.severity = Severity::danger;
    finding.code = "one-replica";
    finding.what = "replication factor 1";
    finding.then =
        "its partitions are unavailable whenever their broker restarts, in every roll, and lost "
        "with "
        "its volume";
    finding.remedy = "replication factor 3, by kafka-reassign-partitions or KafkaRebalance";
  } else if (group.replicas <= group.min_isr) {
    finding.severity = Severity::danger;
    finding.code = "no-replica-to-spare";
    finding.what = fmt::format("replication factor {} with min.insync.replicas {}", group.replicas,
                               group.min_isr);
    finding.then = "acks=all stops whenever any of its brokers restarts, in every roll";
    finding.remedy = fmt::format("min.insync.replicas {}, or one replica more", group.replicas - 1);
  } else if (group.min_isr == 1) {
    finding.severity = Severity::warning;
    finding.code = "one-copy-is-enough";
    finding.what = fmt::format("min.insync.replicas 1 with replication factor {}", group.replicas);
    finding.then =
        "acks=all may acknowledge what one broker alone holds: while others are out of the ISR, "
        "its "
        "loss is the loss of acknowledged records";
    finding.remedy = "min.insync.replicas 2";
    finding.faults.clear();
    finding.shown_by = "kafka-twin check --operator strimzi@1.2";
  } else {
    return;
  }
  findings.push_back(std::move(finding));
}

void judge_unclean(const Deployment& deployment, Findings& findings) {
  if (deployment.unclean_topics.empty()) return;
  Finding finding;
  finding.severity = Severity::danger;
  finding.code = "unclean-election";
  finding.subject = deployment.unclean_topics.size() == 1
                        ? "topic " + *deployment.unclean_topics.begin()
                        : fmt::format("{} topics", deployment.unclean_topics.size());
  finding.what = "unclean.leader.election.enable=true";
  finding.then =
      "a replica that was behind may lead: acknowledged records are lost without an error";
  finding.remedy = "false, and elect by hand where a partition may lose records";
  finding.shown_by = "kafka-twin check";
  findings.push_back(std::move(finding));
}

void judge_defaults(const Deployment& deployment, Findings& findings) {
  const auto value = [&](const char* key) {
    return api::find_config(deployment.kafka->config, key);
  };
  const std::string* automatic = value("auto.create.topics.enable");
  const std::string* factor = value("default.replication.factor");
  const bool created = automatic == nullptr || *automatic != "false";
  if (!created || (factor != nullptr && *factor != "1")) return;
  if (deployment.view.brokers.size() < 2) return;
  Finding finding;
  finding.severity = Severity::warning;
  finding.code = "topics-appear-with-one-replica";
  finding.subject = "Kafka " + deployment.kafka->metadata.name;
  finding.what = "auto.create.topics.enable is on and default.replication.factor is 1";
  finding.then = "whoever writes to a name with a typing error makes a topic with one replica";
  finding.remedy = "default.replication.factor: 3, auto.create.topics.enable: false";
  finding.shown_by = "the finding one-replica of such a topic";
  findings.push_back(std::move(finding));
}

void judge_producers(const Deployment& deployment, Findings& findings) {
  for (const model::ProducerSpec& producer : deployment.workload.producers) {
    if (producer.acks == model::Acks::all) continue;
    const auto topic = deployment.view.find_topic(producer.topic);
    if (!topic) continue;
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = "producer-does-not-wait";
    finding.subject = "producers of topic " + producer.topic;
    finding.what = producer.acks == model::Acks::one ? "acks=1" : "acks=0";
    finding.then = "what the leader alone has is lost when it dies, acknowledged or not";
    finding.remedy = "acks=all, the default since 3.0";
    finding.faults.push_back(leader_dies(deployment, deployment.view.topics[*topic]));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

Findings topic_rules(const Deployment& deployment) {
  std::map<Group, std::vector<const TopicView*>> groups;
  for (const TopicView& topic : deployment.view.topics) {
    groups[{replicas_of(deployment, topic), topic.min_isr}].push_back(&topic);
  }
  Findings findings;
  for (const auto& [group, topics] : groups) judge(deployment, group, topics, findings);
  judge_unclean(deployment, findings);
  judge_defaults(deployment, findings);
  judge_producers(deployment, findings);
  return findings;
}

}  // namespace twin::audit
