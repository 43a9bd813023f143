// A trace sees neither the controller nor the faults, so its catalogue repeats the names of their
// enumerations. Here both are seen: the names are the same, and as many.
#include <string_view>
#include <variant>

#include <gtest/gtest.h>

#include "controller/ports.h"
#include "model/faults/fault.h"
#include "model/trace/records.h"

namespace twin::model {
namespace {

// The name that the trace prints for a value of the record's field.
template <class Record>
std::string_view printed(std::string_view field, int64_t value) {
  const trace::RecordInfo* info = trace::record_info(static_cast<uint16_t>(Record::kType));
  if (info == nullptr) return "no such record";
  for (const trace::FieldInfo& each : info->fields) {
    if (each.name == field && each.enum_name != nullptr) return each.enum_name(value);
  }
  return "no such field";
}

TEST(NamesInATrace, EveryFaultKindHasItsOwn) {
  const auto count = static_cast<int64_t>(fault_kinds().size());
  for (const FaultKindInfo& info : fault_kinds()) {
    const auto value = static_cast<int64_t>(info.kind);
    EXPECT_EQ(printed<trace::FaultInjected>("fault_kind", value), info.name);
  }
  EXPECT_EQ(printed<trace::FaultInjected>("fault_kind", count), "?");
}

// The last of each enumeration, so that one that grows is noticed.
TEST(NamesInATrace, OutcomesVerbsAndDecisionsAreThePortsOwn) {
  using controller::DecisionKind;
  using controller::Outcome;
  using controller::Verb;
  constexpr auto kOutcomes = static_cast<int64_t>(Outcome::unresolved);
  for (int64_t value = 0; value <= kOutcomes; ++value) {
    EXPECT_EQ(printed<trace::ReplyReceived>("outcome", value),
              outcome_name(static_cast<Outcome>(value)));
  }
  EXPECT_EQ(printed<trace::ReplyReceived>("outcome", kOutcomes + 1), "?");
  constexpr auto kVerbs = static_cast<int64_t>(Verb::evict);
  for (int64_t value = 0; value <= kVerbs; ++value) {
    EXPECT_EQ(printed<trace::KubeCallMade>("verb", value), verb_name(static_cast<Verb>(value)));
  }
  EXPECT_EQ(printed<trace::KubeCallMade>("verb", kVerbs + 1), "?");
  constexpr auto kDecisions = static_cast<int64_t>(DecisionKind::scale);
  for (int64_t value = 0; value <= kDecisions; ++value) {
    EXPECT_EQ(printed<trace::DecisionMade>("decision_kind", value),
              decision_kind_name(static_cast<DecisionKind>(value)));
  }
  EXPECT_EQ(printed<trace::DecisionMade>("decision_kind", kDecisions + 1), "?");
}

TEST(NamesInATrace, WatchEventsAndKafkaRequestsAreAsMany) {
  constexpr auto kEvents = static_cast<int64_t>(controller::WatchEventType::error);
  EXPECT_EQ(printed<trace::WatchEventDelivered>("watch_event", kEvents), "error");
  EXPECT_EQ(printed<trace::WatchEventDelivered>("watch_event", kEvents + 1), "?");
  constexpr auto kRequests = static_cast<int64_t>(std::variant_size_v<api::KafkaBody>);
  const api::KafkaBody last = api::BrokerMetricsRequest{};
  EXPECT_EQ(printed<trace::KafkaCallMade>("request", static_cast<int64_t>(last.index())),
            "BrokerMetrics");
  EXPECT_EQ(printed<trace::KafkaCallMade>("request", kRequests - 1), "BrokerMetrics");
  EXPECT_EQ(printed<trace::KafkaCallMade>("request", kRequests), "?");
}

}  // namespace
}  // namespace twin::model
