#include "model/clients/retry.h"

#include "model/clients/account.h"
#include "model/clients/consumers.h"

namespace twin::model {
namespace {

using namespace sim::literals;

// Tries at 100, 300, 700, 1500, 2500, 3500 ms ...: waits of 100, 200, 400, 800, 1000, 1000.
TEST(RetryPolicy, CurrentClientsWaitTwiceAsLongEachTimeUpToASecond) {
  const RetryPolicy policy;
  EXPECT_EQ(policy.next_try(0_ms), 100_ms);
  EXPECT_EQ(policy.next_try(100_ms), 100_ms);
  EXPECT_EQ(policy.next_try(101_ms), 300_ms);
  EXPECT_EQ(policy.next_try(301_ms), 700_ms);
  EXPECT_EQ(policy.next_try(701_ms), 1500_ms);
  EXPECT_EQ(policy.next_try(1500_ms), 1500_ms);
  EXPECT_EQ(policy.next_try(1501_ms), 2500_ms);
  EXPECT_EQ(policy.next_try(9000_ms), 9500_ms);
  EXPECT_EQ(policy.next_try(9500_ms), 9500_ms);
}

TEST(RetryPolicy, ClientsBefore37WaitATenthOfASecondEachTime) {
  const RetryPolicy policy("3.6.2");
  EXPECT_EQ(policy.next_try(0_ms), 100_ms);
  EXPECT_EQ(policy.next_try(101_ms), 200_ms);
  EXPECT_EQ(policy.next_try(9001_ms), 9100_ms);
  EXPECT_EQ(policy.after_move(), 104_ms);
}

TEST(RetryPolicy, ClientsFrom37FollowALeaderWithoutAWait) {
  EXPECT_EQ(RetryPolicy("3.7.0").after_move(), 4_ms);
  EXPECT_EQ(RetryPolicy("4.1").after_move(), 4_ms);
  EXPECT_EQ(RetryPolicy("2.8.1").after_move(), 104_ms);
}

ProducerSpec spec() {
  ProducerSpec made;
  made.records_per_s = 1'000;
  return made;
}

TEST(Account, KeepsEverythingUpToTheDeliveryTimeout) {
  const Account account{true, sim::Time{0}};
  const Waiting what = waiting(spec(), 1'000, account, sim::kNever, sim::Time{0} + 120_s);
  EXPECT_EQ(what.kept, 120'000);
  EXPECT_EQ(what.lost, 0);
  EXPECT_EQ(what.oldest, 120_s);
}

TEST(Account, GivesUpWhatIsOlderThanTheDeliveryTimeout) {
  const Account account{true, sim::Time{0}};
  const Waiting what = waiting(spec(), 1'000, account, sim::kNever, sim::Time{0} + 150_s);
  EXPECT_EQ(what.kept, 120'000);
  EXPECT_EQ(what.lost, 30'000);
}

// Full at 10 s, looked at at 100 s: the first 10 s are in the buffer; of the 90 s before send(),
// the last 60 are left.
TEST(Account, GivesUpWhatCouldNotGetIntoAFullBufferForMaxBlock) {
  const Account account{true, sim::Time{0}};
  const Waiting what =
      waiting(spec(), 1'000, account, sim::Time{0} + 10_s, sim::Time{0} + 100_s);
  EXPECT_EQ(what.kept, 70'000);
  EXPECT_EQ(what.lost, 30'000);
  EXPECT_EQ(what.oldest, 100_s);
}

// Full at 10 s, looked at at 125 s: of the buffered 10 s the first 5 are older than 120 s.
TEST(Account, GivesUpBufferedAndBlockedRecordsByTheirOwnLimits) {
  const Account account{true, sim::Time{0}};
  const Waiting what =
      waiting(spec(), 1'000, account, sim::Time{0} + 10_s, sim::Time{0} + 125_s);
  EXPECT_EQ(what.kept, 5'000 + 60'000);
  EXPECT_EQ(what.lost, 5'000 + 55'000);
}

TEST(Account, RecordsFromAnEarlierStallAgeOn) {
  Account account{true, sim::Time{0} + 50_s};
  account.kept = 500;
  account.kept_at = sim::Time{0} + 20_s;
  Waiting what = waiting(spec(), 1'000, account, sim::kNever, sim::Time{0} + 60_s);
  EXPECT_EQ(what.kept, 10'500);
  EXPECT_EQ(what.oldest, 40_s);
  what = waiting(spec(), 1'000, account, sim::kNever, sim::Time{0} + 140_s);
  EXPECT_EQ(what.kept, 90'000);
  EXPECT_EQ(what.lost, 500);
}

// 5 batches of 16 KiB every 2 ms.
TEST(Account, ABurstIsWhatMayBeInFlightPerRoundTrip) {
  EXPECT_EQ(burst_rate(spec(), 2_ms), 5 * 16'384 * 500);
  ProducerSpec many = spec();
  many.clients = 3;
  EXPECT_EQ(burst_rate(many, 2_ms), 3 * 5 * 16'384 * 500);
}

// Java: "g".hashCode() is 103, "my-group".hashCode() is -1906497762.
TEST(CoordinatorPartition, IsTheOneOfGroupMetadataManager) {
  EXPECT_EQ(coordinator_partition("g", 50), 103U % 50);
  EXPECT_EQ(coordinator_partition("my-group", 50), 1906497762U % 50);
  EXPECT_EQ(coordinator_partition("", 50), 0U);
  EXPECT_EQ(coordinator_partition("polygenelubricants", 50), 0U);  // hashCode() is -2^31
}

}  // namespace
}  // namespace twin::model
