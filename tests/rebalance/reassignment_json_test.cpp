// The tool's files, read and written. The forms and the refusals are those of apache/kafka's
// ReassignPartitionsUnitTest; places and advice are ours.
#include "controller/rebalance/reassignment_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twin::controller::rebalance {
namespace {

std::string error_of(const std::string& text) {
  const auto read = parse_reassignment(text, "f.json");
  if (read) return "none";
  return read.error().where + ": " + read.error().what + "; " + read.error().hint;
}

TEST(ReassignmentJson, isWrittenAsTheToolPrintsIt) {
  const std::vector<AssignmentEntry> entries = {
      {"bar", 0, {7, 8}, {"any", "any"}, 0},
      {"foo", 1, {4, 5, 6}, {"any", "/tmp/a", "any"}, 0},
  };
  EXPECT_EQ(
      to_reassignment_json(entries),
      "{\"version\":1,\"partitions\":"
      "[{\"topic\":\"bar\",\"partition\":0,\"replicas\":[7,8],\"log_dirs\":[\"any\",\"any\"]},"
      "{\"topic\":\"foo\",\"partition\":1,\"replicas\":[4,5,6],"
      "\"log_dirs\":[\"any\",\"/tmp/a\",\"any\"]}]}");
}

TEST(ReassignmentJson, isReadInTheFormsThatTheToolReads) {
  const auto read = parse_reassignment(
      "{\"partitions\":\n  [{\"replicas\":[1,2,3], \"topic\":\"foo\", \"partition\":0,"
      "\"note\":{\"a\":[1,null,true,-1.5e3,\"\\\"\"]}}],\"version\":1, \"more\": []}\n",
      "f.json");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ((*read)[0], (AssignmentEntry{"foo", 0, {1, 2, 3}, {"any", "any", "any"}, 0}));
}

TEST(ReassignmentJson, refusesWithThePlaceAndWhatWouldBeRight) {
  const std::string p = "{\"topic\":\"foo\",\"partition\":0,\"replicas\":";
  EXPECT_EQ(error_of("{\"version\":1,\n\"partitions\":[]}"),
            "f.json:1:1: no partitions; "
            "\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"replicas\":[1,2,3]}]");
  EXPECT_EQ(error_of("{\"version\":2,\"partitions\":[]}"),
            "f.json:1:12: version 2 is not supported; \"version\":1");
  EXPECT_EQ(error_of("{\"partitions\":[\n" + p + "[0,1]},\n " + p + "[2]}]}"),
            "f.json:3:2: foo-0 is there twice; each partition once");
  EXPECT_EQ(error_of("{\"partitions\":[\n" + p + "[0,\n 0]}]}"),
            "f.json:3:2: broker 0 is in the list twice; "
            "each broker holds one replica of a partition");
  EXPECT_EQ(error_of("{\"partitions\":[" + p + "[]}]}"),
            "f.json:1:56: 0 replicas; 1 to 10 broker ids");
  EXPECT_EQ(error_of("{\"partitions\":[" + p + "[1,2],\"log_dirs\":[\"any\"]}]}"),
            "f.json:1:16: 2 replicas and 1 log_dirs; "
            "one log directory, or \"any\", for each replica");
  EXPECT_EQ(error_of("{\"partitions\":[{\"topic\":\"foo\",\"replicas\":[1]}]}"),
            "f.json:1:16: a partition without `partition`; "
            "{\"topic\":\"orders\",\"partition\":0,\"replicas\":[1,2,3]}");
  EXPECT_EQ(error_of("{\"partitions\":[" + p + "[1.5]}]}"),
            "f.json:1:57: `1.5` is not a broker id, for example 1; "
            "a whole number from 0 to 2147483647");
  EXPECT_EQ(error_of("{\"partitions\":[" + p + "[1"),
            "f.json:1:58: the text ends in the middle; separate items by `,` and close with `]`");
  EXPECT_EQ(error_of("partitions: []"),
            "f.json:1:1: not a map; give {\"version\":1,\"partitions\":[...]}");
  EXPECT_EQ(error_of("{\"partitions\":[" + p + "[1]}]} x"),
            "f.json:1:63: something follows the end; one JSON value alone");
  EXPECT_EQ(error_of("{\"partitions\":[" + p + "[1],\"x\":nul}]}"),
            "f.json:1:64: `nul` is no value; a text in double quotes, a number, true, false, null, "
            "a list or a map");
}

TEST(ReassignmentJson, topicsToMove) {
  const auto topics = parse_topics_to_move(
      "{\"topics\": [{\"topic\": \"foo\"},{\"topic\": \"b\\u00e9\\t\"}], \"version\":1}", "t.json");
  ASSERT_TRUE(topics.has_value()) << topics.error().to_string();
  EXPECT_EQ(*topics, (std::vector<std::string>{"foo", "b\xc3\xa9\t"}));
  const auto twice =
      parse_topics_to_move("{\"topics\":[{\"topic\":\"foo\"},\n{\"topic\":\"foo\"}]}", "t.json");
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error().where, "t.json:2:1");
  EXPECT_EQ(twice.error().what, "topic `foo` is there twice");
  EXPECT_FALSE(parse_topics_to_move("{\"topics\":[{\"name\":\"foo\"}]}", "t.json").has_value());
  EXPECT_FALSE(parse_topics_to_move("{}", "t.json").has_value());
}

TEST(ReassignmentJson, brokerList) {
  EXPECT_EQ(*parse_broker_list("5, 2,3", "--broker-list"),
            (std::vector<api::NodeId>{{5}, {2}, {3}}));
  for (const char* wrong : {"", "1,,2", "1,1,2", "5,2,3,4,5", "a", "-1", "1;2", "99999999999"}) {
    EXPECT_FALSE(parse_broker_list(wrong, "--broker-list").has_value()) << wrong;
  }
}

// Whatever is written is read back as it was.
RC_GTEST_PROP(ReassignmentJson, isReadAsItWasWritten, ()) {
  std::vector<AssignmentEntry> entries;
  const int count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) {
    AssignmentEntry entry;
    entry.topic = *rc::gen::nonEmpty(rc::gen::container<std::string>(
        rc::gen::element('a', '"', '\\', '\n', '\t', '\x01', '/', '.', 'Z')));
    entry.partition = i;
    entry.replicas = *rc::gen::unique<std::vector<int32_t>>(
        static_cast<size_t>(*rc::gen::inRange(1, 5)), rc::gen::inRange(0, 1000));
    for (size_t r = 0; r < entry.replicas.size(); ++r) {
      entry.log_dirs.push_back(*rc::gen::element<std::string>("any", "/d/1", "/d/\"2\""));
    }
    entries.push_back(entry);
  }
  const auto read = parse_reassignment(to_reassignment_json(entries), "f.json");
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == entries);
}

// A text cut anywhere, or with one byte changed, is an error or another plan, and never a crash.
RC_GTEST_PROP(ReassignmentJson, damagedTextsAreErrors, ()) {
  std::string text =
      "{\"version\":1,\"partitions\":[{\"topic\":\"f\\u00e9\",\"partition\":0,"
      "\"replicas\":[1,2],\"log_dirs\":[\"any\",\"/a\"],\"x\":[{\"y\":null}]}]}";
  const auto at = static_cast<size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
  if (*rc::gen::arbitrary<bool>()) {
    RC_ASSERT(!parse_reassignment(text.substr(0, at), "f.json").has_value());
  } else {
    text[at] = static_cast<char>(*rc::gen::inRange(1, 256));
    const auto read = parse_reassignment(text, "f.json");
    if (!read.has_value()) RC_ASSERT(read.error().where.starts_with("f.json:"));
  }
}

}  // namespace
}  // namespace twin::controller::rebalance
