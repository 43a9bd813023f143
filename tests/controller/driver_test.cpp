// The operator's process behind ports that answer as a test says: what it must not write, when it
// must end, and how it tries again.
#include "controller/driver.h"

#include <functional>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace twin::controller {
namespace {

using namespace sim::literals;

bool writes(Verb verb) { return verb != Verb::get && verb != Verb::list && verb != Verb::watch; }

// Answers after 10 ms what `reply` says, and counts.
class ScriptedPorts : public Ports {
 public:
  std::function<KubeReply(const KubeRequest&)> reply;
  sim::Duration latency{10_ms};
  Process* process = nullptr;
  int calls = 0, writing = 0;
  bool exited = false;
  std::vector<std::pair<sim::Time, Decision>> decisions;
  CallId kafka_watch;

  sim::Time now() const override { return now_; }
  void wake_at(sim::Time at) override {
    if (!wakes_.insert(std::max(at, now_)).second) return;  // one wake an instant is enough
    at_.emplace(std::max(at, now_), [this] {
      wakes_.erase(now_);
      process->on_wake();
    });
  }
  CallId call(KubeRequest request) override {
    const CallId id{++next_};
    ++calls;
    writing += writes(request.verb) ? 1 : 0;
    if (request.verb == Verb::watch && request.kind == api::Kind::kafka) kafka_watch = id;
    KubeReply answer = reply(request);
    answer.meta.id = id;
    answer.meta.asked = now_;
    at_.emplace(now_ + latency, [this, answer]() mutable {
      answer.meta.answered = answer.meta.as_of = now_;
      process->on_reply(answer);
    });
    return id;
  }
  CallId call(KafkaRequest request) override {
    const CallId id{++next_};
    ++calls;
    KafkaReply answer;
    answer.meta.id = id;
    at_.emplace(now_ + request.timeout, [this, answer] { process->on_reply(answer); });
    return id;
  }
  void stop_watch(CallId) override {}
  void decided(Decision decision) override { decisions.emplace_back(now_, std::move(decision)); }
  void exit_process() override { exited = true; }

  // Fails the test when time stands still.
  void run_until(sim::Time end) {
    constexpr int kAtOnceMax = 1'000;
    int at_once = 0;
    while (!at_.empty() && at_.begin()->first <= end) {
      auto next = at_.extract(at_.begin());
      at_once = next.key() == now_ ? at_once + 1 : 0;
      ASSERT_LT(at_once, kAtOnceMax) << "the process spins at " << now_.ns << " ns";
      now_ = next.key();
      next.mapped()();
    }
    now_ = end;
  }
  // When reconciles began, in seconds.
  std::vector<int64_t> begins() const {
    std::vector<int64_t> times;
    for (const auto& [at, decision] : decisions) {
      if (decision.code == "Started") times.push_back(at.ns / 1'000'000'000);
    }
    return times;
  }

 private:
  sim::Time now_{};
  uint64_t next_ = 0;
  std::set<sim::Time> wakes_;
  std::multimap<sim::Time, std::function<void()>> at_;
};

KubeReply outcome(Outcome what) {
  KubeReply reply;
  reply.meta.outcome = what;
  return reply;
}

std::unique_ptr<Process> operator_on(ScriptedPorts& ports, bool election) {
  OperatorOptions options;
  options.leader_election = election;
  auto process = make_operator(options, ports);
  ports.process = process->get();
  return std::move(*process);
}

// Nothing is known, so nothing is done: half an hour of time-outs, with and without election.
TEST(Driver, PortsThatOnlyAnswerUnknownSeeNoWrite) {
  for (const bool election : {false, true}) {
    ScriptedPorts ports;
    ports.reply = [](const KubeRequest&) { return outcome(Outcome::unknown); };
    const auto process = operator_on(ports, election);
    process->start();
    ports.run_until(sim::Time{} + 30_min);
    EXPECT_GT(ports.calls, 10);
    EXPECT_EQ(ports.writing, 0);
  }
}

// The Lease can be renewed for 20 s. The last renewal began at 18 to 20 s, so its deadline (10 s)
// passes before 30 s: the process ends and asks for nothing more.
TEST(Driver, AProcessThatLostItsLeaseEndsAndStaysSilent) {
  ScriptedPorts ports;
  ports.reply = [&](const KubeRequest& request) {
    if (request.kind != api::Kind::lease) return outcome(Outcome::ok);
    if (ports.now() >= sim::Time{} + 20_s) return outcome(Outcome::unknown);
    return outcome(request.verb == Verb::get ? Outcome::not_found : Outcome::ok);
  };
  const auto process = operator_on(ports, true);
  process->start();
  ports.run_until(sim::Time{} + 19_s);
  EXPECT_FALSE(ports.exited);
  ports.run_until(sim::Time{} + 31_s);
  EXPECT_TRUE(ports.exited);
  const int calls = ports.calls;
  ports.run_until(sim::Time{} + 10_min);
  EXPECT_EQ(ports.calls, calls);
}

std::shared_ptr<api::Kafka> a_kafka(int64_t generation) {
  auto kafka = std::make_shared<api::Kafka>();
  kafka->metadata.name = "c";
  kafka->metadata.namespace_name = "kafka";
  kafka->metadata.uid = {1};
  kafka->metadata.generation = generation;
  kafka->metadata.resource_version = {static_cast<uint64_t>(generation)};
  return kafka;
}

// Reading the resource is forbidden, so each reconcile fails the same way: it is tried again after
// 5, 10, 20, 40, 80 s. A change of the resource at 50 s does not wait for the retry at 75 s.
TEST(Driver, TriesAgainLessAndLessOftenAndTakesAChangeAtOnce) {
  ScriptedPorts ports;
  ports.reply = [&](const KubeRequest& request) {
    if (request.verb == Verb::get) return outcome(Outcome::forbidden);
    KubeReply reply = outcome(Outcome::ok);
    if (request.verb == Verb::list && request.kind == api::Kind::kafka) {
      reply.items = {a_kafka(1)};
    }
    return reply;
  };
  const auto process = operator_on(ports, false);
  process->start();
  ports.run_until(sim::Time{} + 50_s);
  EXPECT_EQ(ports.begins(), (std::vector<int64_t>{0, 5, 15, 35}));
  WatchEvent event;
  event.watch = ports.kafka_watch;
  event.type = WatchEventType::modified;
  event.object = a_kafka(2);
  event.resource_version = {2};
  process->on_watch(event);
  ports.run_until(sim::Time{} + 51_s);
  EXPECT_EQ(ports.begins(), (std::vector<int64_t>{0, 5, 15, 35, 50}));
}

std::shared_ptr<api::StrimziPodSet> a_set(const std::string& name) {
  auto set = std::make_shared<api::StrimziPodSet>();
  set->metadata.name = name;
  set->metadata.namespace_name = "kafka";
  set->metadata.uid = {7};
  auto pod = std::make_shared<api::Pod>();
  pod->metadata.name = name + "-0";
  set->selector = {{"set", name}};
  set->pods.push_back(pod);
  return set;
}

// No pod can be made, so each set is tried again after 1, 2, 4 s ... The second is due while the
// answer for the first is 50 ms away: that is waited for, and nothing is asked until then.
TEST(Driver, SetsThatFailInTurnWaitForEachOther) {
  ScriptedPorts ports;
  int created = 0;
  ports.reply = [&](const KubeRequest& request) {
    KubeReply reply = outcome(request.verb == Verb::create ? Outcome::forbidden : Outcome::ok);
    created += request.verb == Verb::create ? 1 : 0;
    if (created > 2) ports.latency = 50_ms;
    if (request.verb == Verb::list && request.kind == api::Kind::strimzi_pod_set) {
      reply.items = {a_set("a"), a_set("b")};
    }
    return reply;
  };
  const auto process = operator_on(ports, false);
  process->start();
  ports.run_until(sim::Time{} + 10_s);
  EXPECT_EQ(created, 8);  // both at 0, 1, 3 and 7 s
}

// This test links the operator without controller/bugs, as a live one does.
TEST(Profiles, AnOperatorByItselfKnowsNoneThatIsBrokenOnPurpose) {
  EXPECT_NE(find_profile("twin"), nullptr);
  EXPECT_EQ(find_profile("bug:ignores-isr"), nullptr);
  EXPECT_EQ(find_profile("bug:two-at-once"), nullptr);
}

}  // namespace
}  // namespace twin::controller
