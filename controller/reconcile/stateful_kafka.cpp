// The brokers' set: model, size, template and roll.
#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "controller/client/retry.h"
#include "controller/reconcile/stateful_steps.h"
#include "controller/reconcile/waits.h"
#include "controller/upgrade/operator_releases.h"
#include "sim/marks.h"

namespace twin::controller::stateful {

namespace {

// Which configuration goes into the template. `twin` pins the protocol and the message format that
// it decided; Strimzi writes what the user says.
api::KafkaConfig configuration(Reconcile& run, Calls& calls, Progress& refused) {
  const api::Kafka& kafka = *run.observed.kafka;
  config::CheckedConfig checked =
      config::check_user_config(kafka.config, run.stateful.version, run.profile.operator_version);
  for (const std::string& ignored : checked.warnings) {
    run.decide(calls, DecisionKind::refuse, "ForbiddenConfiguration", ignored);
    if (run.profile.twin) run.warn("ForbiddenConfiguration", ignored);
  }
  if (!checked.errors.empty() && run.profile.twin) {
    const std::string message =
        "Kafka " + kafka.metadata.name + " has invalid spec.kafka.config: " + join(checked.errors);
    run.decide(calls, DecisionKind::refuse, "InvalidResourceException", message);
    refused = Progress::failed("InvalidResourceException", message);
  }
  if (run.profile.twin) {
    const upgrade::VersionChange& versions = run.stateful.versions;
    api::set_config(checked.accepted, "inter.broker.protocol.version", versions.protocol);
    api::set_config(checked.accepted, "log.message.format.version", versions.message_format);
  }
  return std::move(checked.accepted);
}

// Brokers above the wanted number that hold replicas; waiting, or done.
Progress held_back(Reconcile& run, Calls& calls, int32_t wanted, bool& held) {
  const KafkaReply* reply = ask_brokers(run, calls, "topics", api::DescribeTopicsRequest{});
  if (!reply) return Progress::waiting();
  const auto* body = std::get_if<api::DescribeTopicsReply>(&reply->body);
  held = true;  // nobody says that they are empty
  if (!reply->meta.ok() || !body || !body->topics) return Progress::done();
  held = false;
  for (const api::PartitionDescription& partition : body->topics->partitions) {
    for (const int32_t replica : partition.replicas) held |= replica >= wanted;
  }
  return Progress::done();
}

}  // namespace

Progress kafka_wished(Reconcile& run, Calls& calls) {
  return roll_wished(run, calls, run.stateful.live_kafka);
}

Progress kafka_model(Reconcile& run, Calls& calls) {
  const api::Kafka& kafka = *run.observed.kafka;
  StatefulCluster& cluster = run.stateful;
  if (!kafka.replicas || !kafka.storage) {
    const std::string message = "Kafka " + kafka.metadata.name +
                                " has a ZooKeeper ensemble but no spec.kafka." +
                                (kafka.replicas ? "storage" : "replicas");
    run.decide(calls, DecisionKind::refuse, "InvalidResourceException", message);
    return Progress::failed("InvalidResourceException", message);
  }
  Progress refused = Progress::done();
  cluster.config = configuration(run, calls, refused);
  if (refused.is_failed()) return refused;
  cluster.brokers = *kafka.replicas;
  cluster.kafka = make_kafka_set({&run.profile, &kafka, cluster.version, cluster.config});
  cluster.kafka_objects = make_kafka_objects(kafka);
  return Progress::done();
}

// Strimzi 0.11 removes brokers as told, whatever they hold.
Progress kafka_scale_down(Reconcile& run, Calls& calls) {
  StatefulCluster& cluster = run.stateful;
  const int32_t running = cluster.live_kafka ? cluster.live_kafka->replicas : 0;
  if (cluster.brokers >= running) return Progress::done();
  if (run.profile.twin && !run.profile.broken.removes_used_brokers) {
    bool held = false;
    const Progress asked = held_back(run, calls, cluster.brokers, held);
    if (!asked.is_done()) return asked;
    if (held) {
      TWIN_MARK("stateful_scale_down_prevented");
      const std::string why = "Cannot scale down from " + std::to_string(running) + " to " +
                              std::to_string(cluster.brokers) +
                              " brokers because those that would go have assigned "
                              "partition-replicas";
      run.decide(calls, DecisionKind::refuse, "ScaleDownPreventionCheck", why);
      run.warn("ScaleDownPreventionCheck", why);
      cluster.brokers = running;
      return Progress::done();
    }
  }
  if (calls.asked_at("scale#0/get") == sim::kNever) {
    run.decide(
        calls, DecisionKind::scale, "ScaleDown",
        "from " + std::to_string(running) + " to " + std::to_string(cluster.brokers) + " brokers",
        cluster.kafka->metadata.name);
  }
  return set_replicas(run, calls, cluster.kafka->metadata.name, cluster.brokers);
}

Progress kafka_objects(Reconcile& run, Calls& calls) {
  return keep_objects(run, calls, run.stateful.kafka_objects);
}

Progress kafka_set(Reconcile& run, Calls& calls) {
  return keep_set(run, calls, *run.stateful.kafka, run.stateful.live_kafka != nullptr);
}

Progress kafka_roll(Reconcile& run, Calls& calls) {
  return roll_old(run, calls, run.stateful.kafka->metadata.name);
}

Progress kafka_scale_up(Reconcile& run, Calls& calls) {
  return set_replicas(run, calls, run.stateful.kafka->metadata.name, run.stateful.brokers);
}

Progress kafka_pods_ready(Reconcile& run, Calls& calls) {
  return run.for_each(static_cast<size_t>(run.stateful.brokers), [&](size_t i) {
    const std::string name = run.stateful.kafka->metadata.name + "-" + std::to_string(i);
    return wait_for_pod(run, calls, name, name, PodWait::ready);
  });
}

}  // namespace twin::controller::stateful
