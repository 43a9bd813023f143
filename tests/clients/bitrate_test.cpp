// The most that one partition carries, by hand.
#include "model/clients/bitrate.h"

#include <gmock/gmock.h>

namespace twin::model {
namespace {

using namespace sim::literals;
using ::testing::HasSubstr;

// 10 Gbit/s, 250 MB/s of disk, a window of 131,072 B.
BitrateQuestion question(sim::Duration trip) {
  BitrateQuestion asked;
  asked.round_trip = trip;
  return asked;
}

// 5 requests of 16 records of 1,000 B (16,384 hold no more) a millisecond: 80 MB/s. A fetch of 1
// MiB over 131.072 MB/s takes 8 ms and 1 ms: 116.5 MB/s, more than there is.
TEST(Bitrate, AcrossZonesTheProducersRequestsBind) {
  const Bitrate found = partition_bitrate({}, question(1_ms));
  EXPECT_EQ(found.in_bytes_per_s, 80'000'000);
  EXPECT_EQ(found.out_bytes_per_s, 80'000'000);
  EXPECT_THAT(found.in_bound, HasSubstr("5 requests of 16000 B a round trip of 1 ms"));
  EXPECT_THAT(found.out_bound, HasSubstr("keep up"));
}

// Two of them would send 160: within a disk of 250. Two consumers read all of it only if each
// could read 160, and a fetch brings 1,048,576 B in 9 ms: 116,508,444 a second each.
TEST(Bitrate, AConsumerReadsAFetchAtATime) {
  BitrateQuestion asked = question(1_ms);
  asked.producer.clients = 2;
  asked.consumers = 2;
  const Bitrate found = partition_bitrate({}, asked);
  EXPECT_EQ(found.in_bytes_per_s, 160'000'000);
  EXPECT_EQ(found.out_bytes_per_s, 2 * 116'508'444);
  EXPECT_THAT(found.out_bound, HasSubstr("fetch of 1048576 B each 9 ms"));
}

// Inside a zone, 0.2 ms: 400 MB/s of requests meet a disk of 250 MB/s. A fetch of 1 MiB over 655.36
// MB/s takes 1.6 ms and 0.2 ms.
TEST(Bitrate, InAZoneTheDiskBinds) {
  const Bitrate found = partition_bitrate({}, question(200_us));
  EXPECT_EQ(found.in_bytes_per_s, 250'000'000);
  EXPECT_EQ(found.in_bound, "the disk's writes");
  EXPECT_EQ(found.out_bytes_per_s, 250'000'000);
}

// 100 MB/s of card: one consumer reads what comes, two share what goes out.
TEST(Bitrate, ANarrowCardBindsBothWays) {
  Hardware hardware;
  hardware.nic_bytes_per_s = 100'000'000;
  BitrateQuestion asked = question(200_us);
  EXPECT_EQ(partition_bitrate(hardware, asked).in_bound, "the network card, incoming");
  EXPECT_EQ(partition_bitrate(hardware, asked).in_bytes_per_s, 100'000'000);
  asked.consumers = 2;
  EXPECT_EQ(partition_bitrate(hardware, asked).out_bytes_per_s, 100'000'000);
  EXPECT_EQ(partition_bitrate(hardware, asked).out_bound, "the network card, outgoing");
}

// A record that is larger than a batch goes alone: 5 of 20,000 B a round trip of 10 ms. The window
// would carry 13.1 MB/s, so that 5 of 100,000 B are bound by it.
TEST(Bitrate, LargeRecordsAndLongWays) {
  BitrateQuestion asked = question(10_ms);
  asked.producer.record_bytes = 20'000;
  EXPECT_EQ(partition_bitrate({}, asked).in_bytes_per_s, 10'000'000);
  asked.producer.record_bytes = 100'000;
  EXPECT_EQ(partition_bitrate({}, asked).in_bytes_per_s, 13'107'200);
  EXPECT_THAT(partition_bitrate({}, asked).in_bound, HasSubstr("socket window of 131072 B"));
}

}  // namespace
}  // namespace twin::model
