// A cluster at rest, on which a test plays the operator by hand: three controllers (3, 4, 5) and
// three brokers (0, 1, 2), 12 partitions of `orders` and 50 of __consumer_offsets with three
// replicas each and min.insync.replicas 2, so that every broker holds all 62. The real operator is
// off: what the test does is all that happens.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "model/trace/decode.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/properties.h"
#include "scenarios/runner/recorder.h"
#include "scenarios/runner/session.h"

namespace twin::scenario {

using namespace sim::literals;

constexpr int64_t kPartitionsOfRig = 62;

inline Scenario scenario_of_rig(const std::vector<std::string>& overrides = {}) {
  std::string path(TWIN_SOURCE_DIR);
  path += "/scenarios/rolling/first-roll.yaml";
  auto loaded = load_scenario(path, overrides);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().what);
  Scenario scenario = std::move(loaded.value());
  scenario.steps.clear();
  return scenario;
}

class Rig {
 public:
  explicit Rig(Scenario given = scenario_of_rig()) : scenario_(std::move(given)) {
    SessionOptions options;
    options.listeners = {&recorder};
    session_ = std::make_unique<Session>(scenario_, options);
    properties = std::make_unique<Properties>(world(), recorder);
    session_->add_listener(*properties);
    end = session_->run();
    EXPECT_EQ(end.reason, EndReason::settled);
    EXPECT_EQ(properties->violations().size(), 0U);
    if (world().operators.count() > 0) world().operators.kill(0);
  }

  model::World& world() { return session_->world(); }
  sim::Time now() { return world().kernel.now(); }
  void wait(sim::Duration length) { world().run_until(now() + length); }

  // The operator asks a broker (or a controller) and gets its answer at once.
  controller::CallId ask(const api::KafkaBody& body, int32_t node) {
    const controller::CallId id = next_call();
    controller::KafkaRequest request;
    request.node = {node};
    request.controller_listener = node >= 3;
    request.body = body;
    model::Kernel& kernel = world().kernel;
    const auto record = kernel.emit(trace::KafkaCallMade{static_cast<int64_t>(id.value), 0,
                                                         static_cast<int64_t>(body.index()), node});
    const model::Kernel::ScopedCause cause(kernel, record);
    sim::Duration extra{};
    const controller::KafkaReply reply = world().kafka.execute(request, &extra);
    answered(id, reply.meta.outcome);
    return id;
  }
  controller::CallId ask_topics(int32_t node) { return ask(api::DescribeTopicsRequest{}, node); }
  controller::CallId ask_quorum(int32_t node) { return ask(api::DescribeQuorumRequest{}, node); }
  // A call whose answer never came.
  controller::CallId ask_in_vain() {
    const controller::CallId id = next_call();
    world().kernel.emit(trace::KafkaCallMade{static_cast<int64_t>(id.value), 0, 1, 0});
    answered(id, controller::Outcome::unknown);
    return id;
  }

  // The operator decides to restart a pod for what it read, and deletes it.
  void restart(int64_t node, const std::string& pod, std::vector<controller::CallId> cites) {
    model::Kernel& kernel = world().kernel;
    std::vector<int64_t> tail;
    for (const controller::CallId cite : cites) tail.push_back(static_cast<int64_t>(cite.value));
    kernel.emit(trace::DecisionMade{0, static_cast<int64_t>(controller::DecisionKind::restart),
                                    node, kernel.string(pod), kernel.string("ByHand")},
                tail, "the test says so");
    remove(api::Kind::pod, pod);
  }
  void remove(api::Kind kind, const std::string& name) {
    model::Kernel& kernel = world().kernel;
    controller::KubeRequest request;
    request.verb = controller::Verb::remove;
    request.kind = kind;
    request.namespace_name = "kafka";
    request.name = name;
    const auto record = kernel.emit(trace::KubeCallMade{
        static_cast<int64_t>(next_call().value), 0, static_cast<int64_t>(request.verb),
        static_cast<int64_t>(kind), kernel.string(name), 0});
    const model::Kernel::ScopedCause cause(kernel, record);
    EXPECT_TRUE(world().kube.execute(request).meta.ok());
  }

  // The run ends now, at rest.
  void finish() { properties->finish(scenario_, end, {}); }

  // Names of the properties that were violated, in order.
  std::vector<std::string> violated() const {
    std::vector<std::string> names;
    for (const PropertyViolation& each : properties->violations()) names.push_back(each.property);
    return names;
  }
  std::string how() const {
    return properties->violations().empty() ? "" : properties->violations().back().how;
  }

  Recorder recorder;
  SessionEnd end;
  std::unique_ptr<Properties> properties;

 private:
  controller::CallId next_call() { return {recorder.last_call() + 1}; }
  void answered(controller::CallId id, controller::Outcome outcome) {
    world().kernel.emit(trace::ReplyReceived{static_cast<int64_t>(id.value),
                                             static_cast<int64_t>(outcome), now().ns});
  }
  Scenario scenario_;
  std::unique_ptr<Session> session_;
};

}  // namespace twin::scenario
