// Trace files on a real disk: whole or absent, errors as values.
#include "sim/trace_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/trace_support.h"

namespace twin::sim {
namespace {

namespace fs = std::filesystem;

class TraceFile : public ::testing::Test {
 protected:
  TraceFile() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::path(::testing::TempDir()) / (std::string("twin_") + test->name());
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~TraceFile() override { fs::remove_all(directory_); }

  std::string path(const char* name) const { return (directory_ / name).string(); }

  fs::path directory_;
};

TEST_F(TraceFile, IsThereUnderItsNameOnlyWhenItIsWhole) {
  const auto records = testing::drawn_records(1, 3'000);
  auto sink = FileSink::open(path("run.trace"));
  ASSERT_TRUE(sink) << sink.error().to_string();
  TraceWriter writer(**sink, {{"seed", "1"}});
  for (const auto& record : records) append(writer, record);
  writer.finish();
  EXPECT_FALSE(fs::exists(path("run.trace")));
  const Expected<void> finished = (*sink)->finish();
  ASSERT_TRUE(finished) << finished.error().to_string();
  EXPECT_TRUE(fs::exists(path("run.trace")));
  EXPECT_FALSE(fs::exists(path("run.trace.partial")));

  const auto bytes = read_file_bytes(path("run.trace"));
  ASSERT_TRUE(bytes) << bytes.error().to_string();
  const auto trace = testing::read_all(*bytes);
  EXPECT_EQ(trace.result, ReadResult::end) << trace.error;
  EXPECT_TRUE(trace.records == records);
}

TEST_F(TraceFile, OfARunThatWasAbandonedLeavesNothingAndKeepsTheOldOne) {
  {
    auto old = FileSink::open(path("run.trace"));
    (*old)->write(std::as_bytes(std::span("old", 3)));
    ASSERT_TRUE((*old)->finish());
  }
  {
    auto sink = FileSink::open(path("run.trace"));
    ASSERT_TRUE(sink);
    (*sink)->write(std::as_bytes(std::span("new", 3)));
  }
  EXPECT_FALSE(fs::exists(path("run.trace.partial")));
  EXPECT_EQ(read_file_bytes(path("run.trace"))->size(), 3u);
  EXPECT_EQ((*read_file_bytes(path("run.trace")))[0], std::byte{'o'});
}

TEST_F(TraceFile, InAMissingDirectoryIsAnErrorThatNamesTheFile) {
  const auto sink = FileSink::open(path("absent/run.trace"));
  ASSERT_FALSE(sink);
  EXPECT_NE(sink.error().where.find("absent/run.trace"), std::string::npos);
  EXPECT_NE(sink.error().what.find("No such file"), std::string::npos) << sink.error().what;
  EXPECT_FALSE(FileSink::open("")) << "no name";
}

TEST_F(TraceFile, OnAFullDiskIsAnErrorAtTheLatestWhenFinished) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  fs::create_symlink("/dev/full", path("run.trace.partial"));
  auto sink = FileSink::open(path("run.trace"));
  ASSERT_TRUE(sink);
  TraceWriter writer(**sink, {});
  for (const auto& record : testing::drawn_records(1, 30'000)) append(writer, record);
  writer.finish();
  const Expected<void> finished = (*sink)->finish();
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().what.find("No space left"), std::string::npos);
  EXPECT_FALSE(fs::exists(path("run.trace")));
}

TEST_F(TraceFile, ThatDoesNotExistCannotBeRead) {
  const auto bytes = read_file_bytes(path("absent.trace"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().where, path("absent.trace"));
  EXPECT_FALSE(read_file_bytes(directory_.string())) << "a directory";
}

}  // namespace
}  // namespace twin::sim
