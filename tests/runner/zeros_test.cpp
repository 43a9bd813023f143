// The zeros of a report, made non-zero on the whole world: pods that somebody deletes while no
// controller runs stay away, and what that costs can be worked out by hand.
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

double seconds(sim::Duration time) { return static_cast<double>(time.ns) / 1e9; }

Report two_pods_deleted(int min_isr, int records_per_s, const std::string& more = "") {
  return run_text(
      scenario_text("  workload:\n    topics:\n      - {name: orders, partitions: 1, replicas: 3, "
                    "placement: [[0, 1, 2]], config: {min.insync.replicas: " +
                    std::to_string(min_isr) +
                    "}}\n"
                    "    producers: [{topic: orders, recordsPerSecond: " +
                    std::to_string(records_per_s) +
                    ", recordBytes: 1000}]\n"
                    "  steps:\n"
                    "    - {at: 50s, stopOperator: 0}\n"
                    "    - {at: 60s, fault: {kind: pod-delete, target: my-cluster-broker-1}}\n"
                    "    - {at: 60s, fault: {kind: pod-delete, target: my-cluster-broker-2}}\n" +
                    more + "    - {at: 260s, startOperator: 0}\n") +
      configured());
}

// Both leave the ISR some 0.25 s after their deletion, in their controlled shutdown. The operator
// is back at 260 s and makes the pods at once (0.3 s with its lists); they are scheduled and
// started (0.14 s), the JVM runs (3 s), registers (25 ms) and is unfenced (60 ms), and joins with
// its next fetches (0.2 to 0.7 s): nothing was taken meanwhile that it would have to catch up with.
// 204 s under min.insync.replicas. Of a stall of 204 s the producer gives up what is older than its
// delivery.timeout.ms of 120 s: 84 s of 100 records (20 MB, which fit into its buffer.memory).
TEST(Zeros, PodsDeletedWithoutAControllerAreTimeUnderMinIsrAndRejectedRecords) {
  const Report report = two_pods_deleted(2, 100);
  EXPECT_EQ(report.restarts.size(), 0U);
  EXPECT_NEAR(seconds(report.under_min_isr), 204, 1);
  EXPECT_NEAR(static_cast<double>(report.records_rejected), 8'400, 100);
  EXPECT_NEAR(seconds(report.produce_unavailable_longest), 204, 1);
  EXPECT_EQ(report.acknowledged_bytes_lost, 0);
}

// With min.insync.replicas 1 the broker that is left acknowledges alone, and loses power: of its
// 1 MB/s the last 30 s were never written back. It is dark for 20 s, of which its session hides 9,
// and starts again in some 5 (container, JVM, recovery of its log, registration).
TEST(Zeros, PowerLostByTheLastReplicaIsAcknowledgedBytesLost) {
  const Report report = two_pods_deleted(
      1, 1'000,
      "    - {at: 160s, fault: {kind: power-off, target: my-cluster-broker-0, duration: 20s}}\n");
  EXPECT_NEAR(static_cast<double>(report.acknowledged_bytes_lost), 30e6, 0.1e6);
  EXPECT_NEAR(seconds(report.offline), 16, 1.5);
}

}  // namespace
}  // namespace twin::scenario
