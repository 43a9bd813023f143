#include "sim/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace twin::sim {
namespace {

TEST(Hasher, OrderLengthAndBoundariesMatter) {
  EXPECT_NE(Hasher{}.add(1).add(2).digest(), Hasher{}.add(2).add(1).digest());
  EXPECT_NE(Hasher{}.add("ab").add("c").digest(), Hasher{}.add("a").add("bc").digest());
  EXPECT_NE(Hasher{}.add(std::string_view("a\0", 2)).digest(), Hasher{}.add("a").digest());
  EXPECT_NE(Hasher{}.add("").digest(), Hasher{}.digest());
  EXPECT_NE(Hasher{1}.add(5).digest(), Hasher{2}.add(5).digest());
  EXPECT_NE(Hasher{}.add_pair(1, 2).digest(), Hasher{}.add_pair(2, 1).digest());
}

TEST(Hasher, AddingMayGoOnAfterADigest) {
  Hasher hash;
  hash.add(1);
  const uint64_t first = hash.digest();
  EXPECT_EQ(hash.digest(), first);
  hash.add(2);
  EXPECT_EQ(hash.digest(), Hasher{}.add(1).add(2).digest());
}

TEST(Hasher, TheValueIsFixedForAllPlatforms) {
  // Computed apart from this program, with integers of any size.
  EXPECT_EQ(Hasher{}.digest(), 0xc1d06de5aa696c3cu);
  EXPECT_EQ(Hasher{}.add(1).digest(), 0x234e25192ee1b1d3u);
  EXPECT_EQ(Hasher{}.add("Apache Kafka on Kubernetes").digest(), 0x364f6443e326d7a0u);
  EXPECT_EQ(Hasher{}.add_pair(7, ~uint64_t{0}).digest(), 0xce0b66eefed2780au);
}

TEST(Hasher, FlippingAnyInputBitFlipsAboutHalfOfTheOutput) {
  int64_t flipped = 0;
  constexpr int kWords = 200;
  for (uint64_t word = 0; word < kWords; ++word) {
    for (int bit = 0; bit < 64; ++bit) {
      const uint64_t other = word ^ (uint64_t{1} << bit);
      const uint64_t difference = Hasher{}.add(word).digest() ^ Hasher{}.add(other).digest();
      flipped += std::popcount(difference);
    }
  }
  const int64_t mean_times_100 = flipped * 100 / (kWords * 64);
  EXPECT_GT(mean_times_100, 3100);
  EXPECT_LT(mean_times_100, 3300);
}

TEST(Hasher, NoCollisionsAmongAHundredThousandNearbyInputs) {
  std::set<uint64_t> seen;
  for (uint64_t i = 0; i < 1000; ++i) {
    for (uint64_t j = 0; j < 100; ++j) seen.insert(Hasher{}.add(i).add(j).digest());
  }
  EXPECT_EQ(seen.size(), 100'000u);
}

}  // namespace
}  // namespace twin::sim
