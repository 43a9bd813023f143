// Indices back into names.
#include "model/trace/names.h"

#include <gtest/gtest.h>

#include "tests/trace/support.h"

namespace twin::trace {
namespace {

class NamesTest : public testing::Test {
 protected:
  template <class R>
  void define(const R& record, std::string_view text = {}) {
    test::feed([this](const sim::Record& r) { names.on_record(r); }, sim::Time{}, record, text);
  }
  Names names;
};

TEST_F(NamesTest, ANodeIsCalledByItsRoles) {
  define(NodeDefined{0, 1, -1, -1});
  define(NodeDefined{3, 2, -1, -1});
  define(NodeDefined{5, 3, -1, -1});
  EXPECT_EQ(names.node(0), "broker 0");
  EXPECT_EQ(names.node(3), "controller 3");
  EXPECT_EQ(names.node(5), "node 5");
  EXPECT_EQ(names.node(-1), "-");
}

TEST_F(NamesTest, APartitionIsCalledByItsTopicAndNumber) {
  define(StringDefined{0}, "orders");
  define(StringDefined{1}, "audit");
  define(TopicDefined{0, 0, 0, 12, 2, 0});
  define(TopicDefined{1, 1, 12, 3, 2, 0});
  EXPECT_EQ(names.partition(0), "orders-0");
  EXPECT_EQ(names.partition(11), "orders-11");
  EXPECT_EQ(names.partition(12), "audit-0");
  EXPECT_EQ(names.partition(15), "partition 15");
}

TEST_F(NamesTest, AnIndexThatNobodyDefinedHasNoName) {
  EXPECT_EQ(names.string(-5), "");
  EXPECT_EQ(names.string(7), "");
  EXPECT_EQ(names.topic(3), "topic 3");
  EXPECT_EQ(names.operator_name(1), "operator");
}

TEST_F(NamesTest, AnAbsurdIndexOfADamagedFileIsIgnored) {
  define(StringDefined{int64_t{1} << 40}, "huge");
  define(StringDefined{-3}, "negative");
  EXPECT_EQ(names.string(int64_t{1} << 40), "");
}

}  // namespace
}  // namespace twin::trace
