// What steps do, when, and what is said when they cannot.
#include <gmock/gmock.h>

#include "model/faults/fault.h"
#include "model/trace/decode.h"
#include "scenarios/runner/session.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using ::testing::HasSubstr;

// Times of the records of one type.
class Times : public model::TraceListener {
 public:
  explicit Times(trace::RecordType type) : type_(type) {}
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != type_) return;
    times.push_back(record.at);
    texts.emplace_back(record.text);
  }
  std::vector<sim::Time> times;
  std::vector<std::string> texts;

 private:
  trace::RecordType type_;
};

struct Played {
  SessionEnd end;
  Times faults{trace::RecordType::FaultInjected};
  Times kills{trace::RecordType::OperatorKilled};
  Times starts{trace::RecordType::OperatorStarted};
  uint64_t calls = 0;
};

void play(const std::string& spec, Played& out) {
  const Scenario scenario = loaded(scenario_text(spec) + configured());
  SessionOptions options;
  options.listeners = {&out.faults, &out.kills, &out.starts};
  Session session(scenario, options);
  out.end = session.run();
  out.calls = session.world().operators.calls_made(0);
}

TEST(Steps, anyFaultMayStrikeAtACallOfTheOperator) {
  Played run;
  play(
      "  steps:\n    - on: {call: 3}\n"
      "      fault: {kind: pod-delete, target: my-cluster-broker-1}\n",
      run);
  EXPECT_EQ(run.end.reason, EndReason::settled) << run.end.detail;
  ASSERT_EQ(run.faults.times.size(), 1U);
  EXPECT_THAT(run.faults.texts[0], HasSubstr("pod-delete of my-cluster-broker-1"));
  EXPECT_GT(run.faults.times[0], run.end.zero) << "the operator makes calls when its timer says so";
}

TEST(Steps, aCrashAtACallIsRecordedWhenItStruck) {
  Played run;
  play(
      "  steps:\n    - on: {call: 3, side: before}\n"
      "      fault: {kind: operator-crash, duration: 10s}\n",
      run);
  EXPECT_EQ(run.end.reason, EndReason::settled) << run.end.detail;
  ASSERT_EQ(run.kills.times.size(), 1U);
  ASSERT_EQ(run.faults.times.size(), 1U);
  EXPECT_EQ(run.faults.times[0], run.kills.times[0]);
  EXPECT_GT(run.faults.times[0], run.end.zero);
  // Once at the beginning, once 10 s after the crash.
  ASSERT_EQ(run.starts.times.size(), 2U);
  EXPECT_EQ((run.starts.times[1] - run.kills.times[0]).ns, 10'000'000'000);
}

TEST(Steps, aCrashSomeTimeAfterACallComesThatMuchLater) {
  Played at_once, later;
  const std::string on = "  steps:\n    - on: {call: 3}\n";
  const std::string fault = "      fault: {kind: pod-delete, target: my-cluster-broker-1}\n";
  play(on + fault, at_once);
  play(on + "      after: 7s\n      fault: {kind: operator-crash, duration: 5s}\n", later);
  ASSERT_EQ(at_once.faults.times.size(), 1U);
  ASSERT_EQ(later.kills.times.size(), 1U);
  EXPECT_EQ((later.kills.times[0] - at_once.faults.times[0]).ns, 7'000'000'000);
}

TEST(Steps, aCallThatIsNeverMadeIsNamedAtTheEnd) {
  Played run;
  play(
      "  timeMax: 5min\n  steps:\n    - on: {call: 1000000}\n"
      "      fault: {kind: operator-crash}\n",
      run);
  EXPECT_EQ(run.end.reason, EndReason::time_max);
  EXPECT_THAT(run.end.detail, HasSubstr("the operator made no call 1000000"));
  EXPECT_TRUE(run.faults.times.empty());
}

TEST(Steps, healingWhatHasNotHappenedIsABadStep) {
  Played run;
  play(
      "  steps:\n"
      "    - {id: slow, at: 60s, fault: {kind: slow-disk, target: my-cluster-broker-0, "
      "amount: 50}}\n"
      "    - {at: 10s, heal: slow}\n",
      run);
  EXPECT_EQ(run.end.reason, EndReason::bad_step);
  EXPECT_THAT(run.end.detail, HasSubstr("step slow was not taken yet"));
}

TEST(Steps, aTargetThatIsNotThereIsABadStepAndSaysWhatWouldBe) {
  Played run;
  play("  steps:\n    - {at: 5s, fault: {kind: broker-crash, target: my-cluster-broker-7}}\n", run);
  EXPECT_EQ(run.end.reason, EndReason::bad_step);
  EXPECT_THAT(run.end.detail, HasSubstr("target: a pod"));
}

}  // namespace
}  // namespace twin::scenario
