// The topic operator of one cluster: KafkaTopics become topics of Kafka, batch by batch, when one
// changes and every two minutes whatever changed (STRIMZI_FULL_RECONCILIATION_INTERVAL_MS). Strimzi
// runs it in a pod of its own, the Entity Operator's; here it lives in the operator's process,
// begins when the cluster is Ready and ends with the process (docs/model/topics.md).
//
// Sources: BatchingLoop (linger 100 ms, at most 100 in a batch), BatchingTopicController.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller/calls.h"
#include "controller/client/informer.h"
#include "controller/topics/topic_changes.h"

namespace twin::controller::topics {

struct TopicOperatorOptions {
  std::string namespace_name;
  std::string cluster;
  bool throttles_are_others = false;  // of Cruise Control where it runs, of `twin` itself
};

class TopicOperator final : public InformerListener {
 public:
  TopicOperator(Ports& ports, TopicOperatorOptions options);

  // Each is true when it was meant for this operator.
  bool deliver(const KubeReply& reply);
  bool deliver(const KafkaReply& reply) { return calls_.deliver(reply); }
  bool deliver(const WatchEvent& event) { return informer_.deliver(event); }
  void step();

  void on_change(api::Kind kind, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;

 private:
  struct Answers {  // of Kafka
    const api::TopicsSnapshot& topics;
    const api::TopicConfigsSnapshot& configs;
    const std::vector<api::ReassignmentDescription>& moving;
  };
  // What became of a resource in this batch.
  struct Result {
    std::string condition = "Ready";
    std::optional<Refusal> refused;
    std::vector<CallId> cites;
  };

  void take_batch();
  bool find_brokers();
  bool read();
  bool act(const api::KafkaTopic& resource, const Answers& answers, Result& result);
  bool create(const api::KafkaTopic& resource, Result& result);
  bool change(const api::KafkaTopic& resource,
              const std::vector<api::IncrementalAlterConfigsRequest::Change>& changes,
              Result& result);
  bool write_statuses();
  std::vector<const api::KafkaTopic*> all() const;
  void decide(DecisionKind kind, const api::KafkaTopic& resource, const std::string& code,
              const std::string& reason, const std::vector<CallId>& cites);
  void end_batch();

  Ports& ports_;
  TopicOperatorOptions options_;
  Informer informer_;
  Calls calls_;
  sim::Time starts_at_;
  bool started_ = false;
  sim::Time next_full_ = sim::kNever;
  std::set<std::string> pending_;  // resources that changed
  sim::Time batch_at_ = sim::kNever;
  // Of the batch that is under way.
  std::vector<std::string> batch_;
  std::vector<api::NodeId> brokers_;
  std::map<std::string, Result> results_;
  std::map<std::string, std::string> said_;  // by resource: the refusal that was decided last
};

}  // namespace twin::controller::topics
