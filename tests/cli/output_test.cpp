// What users and programs get: exit status, the lines that matter, formats, widths, colours.
#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string first_roll(const std::string& options) {
  return fmt::format("run {} {}", kFirstRoll, options);
}

TEST(ExitStatus, holdsDoesNotHoldUnknown) {
  EXPECT_EQ(kafka_twin(first_roll("--quiet")).status, 0);
  EXPECT_EQ(kafka_twin(first_roll("--quiet --set scenario.expect.restarts=4")).status, 1);
  EXPECT_EQ(
      kafka_twin(first_roll("--quiet --set Kafka/my-cluster.spec.kafka.version=9.9.9")).status, 1);
  EXPECT_EQ(
      kafka_twin(first_roll("--quiet --set Kafka/my-cluster.spec.kafka.tieredStorage={}")).status,
      3);
}

TEST(Output, preflightTimelineReportInThatOrder) {
  const Ran ran = kafka_twin(first_roll(""));
  EXPECT_THAT(ran.out, StartsWith("first-roll under twin\n"));
  const size_t preflight = ran.out.find("\nPre-flight\n");
  const size_t timeline = ran.out.find("\nTimeline\n");
  const size_t report = ran.out.find("\nReport\n");
  EXPECT_LT(preflight, timeline);
  EXPECT_LT(timeline, report);
  EXPECT_THAT(ran.out, HasSubstr("verdict                        holds"));
  for (const char* label : {"rolls, restarts", "leader moves", "leaders at the end",
                            "time with URP", "under min.insync.replicas", "produce unavailable",
                            "worst consumer lag", "re-replicated", "acknowledged bytes lost",
                            "unlucky restarts", "assumed", "seed, fingerprint", "not measured"}) {
    EXPECT_THAT(ran.out, HasSubstr(label));
  }
  EXPECT_THAT(kafka_twin(first_roll("--quiet")).out, Not(HasSubstr("Timeline")));
}

TEST(Output, aTopicThatGoesDarkIsSaidBeforeAnythingHappens) {
  const Ran ran = kafka_twin(first_roll("--set scenario.workload.topics.0.replicas=1"));
  EXPECT_LT(ran.out.find("topic orders: replication factor 1"), ran.out.find("\nTimeline\n"));
}

TEST(Output, followsTheWidthAndTheColours) {
  for (const int width : {60, 80, 120}) {
    const Ran ran = kafka_twin(first_roll(""), fmt::format("COLUMNS={}", width));
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), static_cast<size_t>(width)) << line;
    }
  }
  const char* escape = "\033[";
  EXPECT_THAT(kafka_twin(first_roll("")).out, Not(HasSubstr(escape))) << "a file has no colours";
  EXPECT_THAT(kafka_twin(first_roll(""), "CLICOLOR_FORCE=1").out, HasSubstr(escape));
  EXPECT_THAT(kafka_twin(first_roll(""), "CLICOLOR_FORCE=1 NO_COLOR=1").out,
              Not(HasSubstr(escape)));
}

TEST(Output, everyFormat) {
  EXPECT_THAT(kafka_twin(first_roll("--report json")).out, StartsWith("[\n"));
  EXPECT_THAT(kafka_twin(first_roll("--report junit")).out, StartsWith("<?xml"));
  EXPECT_THAT(kafka_twin(first_roll("--report markdown")).out,
              StartsWith("### Kafka Twin: first-roll\n"));
}

TEST(Output, junitFailsWhereTheExitStatusDoes) {
  const char* three = TWIN_SOURCE_DIR "/scenarios/upgrades/three-rolls-2.0.1-to-2.1.0.yaml";
  const Ran expected = kafka_twin(fmt::format("run {} --report junit", three));
  EXPECT_EQ(expected.status, 0);
  EXPECT_THAT(expected.out, HasSubstr("failures=\"0\""));
  EXPECT_THAT(expected.out, HasSubstr("<skipped message=\"violated, as the scenario expects"));
  EXPECT_THAT(expected.out, Not(HasSubstr("<failure")));
  // A cluster that is never Ready: nothing else is expected, and all the same something fails.
  const Ran broken =
      kafka_twin(first_roll("--report junit --set Kafka/my-cluster.spec.kafka.version=9.9.9 "
                            "--set scenario.expect={}"));
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.out, HasSubstr("name=\"the run comes to rest\">\n      <failure"));
}

TEST(Output, markdownComparesProfilesInOneTable) {
  const Ran ran =
      kafka_twin(first_roll("--report markdown --set 'scenario.compareWith=[strimzi@1.2]'"));
  EXPECT_THAT(ran.out, HasSubstr("| | twin | strimzi@1.2 |\n|---|---|---|\n| verdict | holds |"));
}

TEST(Output, aReaderThatLeavesAndADiskThatIsFull) {
  const std::string program = TWIN_BINARY_DIR "/kafka-twin ";
  const std::string left = program + first_roll("--trace " + scratch("left.trace")) +
                           " | head -1 >/dev/null; exit "
                           "${PIPESTATUS[0]}";
  EXPECT_EQ(WEXITSTATUS(std::system(("bash -c '" + left + "'").c_str())), 0);
  EXPECT_TRUE(std::filesystem::exists(scratch("left.trace")));
  if (!std::filesystem::is_character_file("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  for (const std::string& command : {first_roll(""), std::string("--help")}) {
    const std::string full = program + command + " >/dev/full 2>" + scratch("full.err");
    EXPECT_EQ(WEXITSTATUS(std::system(full.c_str())), 2) << command;
    EXPECT_THAT(read_file(scratch("full.err")), HasSubstr("No space left on device"));
  }
}

TEST(Output, aTraceIntoADeviceLeavesTheDevice) {
  std::filesystem::create_symlink("/dev/null", scratch("device"));
  EXPECT_EQ(kafka_twin(first_roll("--quiet --trace " + scratch("device"))).status, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(scratch("device"))) << "not replaced by a file";
  EXPECT_FALSE(std::filesystem::exists(scratch("device.partial")));
}

TEST(Output, sameSeedSameReportAndTheTraceChangesNothing) {
  const std::string trace = scratch("t.trace");
  const Ran one = kafka_twin(first_roll("--seed 7"));
  const Ran two = kafka_twin(first_roll("--seed 7 --trace " + trace));
  EXPECT_EQ(one.out, two.out);
  EXPECT_TRUE(std::filesystem::exists(trace));
  EXPECT_FALSE(std::filesystem::exists(trace + ".partial"));
}

// "Pre-flight" stands before the timeline; below it only what the opening could not know.
TEST(Output, theSamePreflightIsPrintedOnce) {
  const auto times = [](const std::string& text, const std::string& what) {
    int count = 0;
    for (size_t at = 0; (at = text.find(what, at)) != text.npos; ++at) ++count;
    return count;
  };
  EXPECT_EQ(times(kafka_twin(first_roll("")).out, "Pre-flight\n"), 1);
  EXPECT_EQ(times(kafka_twin(first_roll("--quiet")).out, "Pre-flight\n"), 1);
  const std::string impossible =
      "--set 'scenario.workload.topics.0.config={min.insync.replicas: 4}' "
      "--set scenario.timeMax=60s --set scenario.expect={}";
  const std::string text = kafka_twin(first_roll(impossible), "COLUMNS=160").out;
  EXPECT_EQ(times(text, "Pre-flight\n"), 1);
  EXPECT_EQ(times(text, "is below min.insync.replicas 4, acks=all never works"), 1) << text;
}

TEST(Output, anErrorClassIsSaidOnce) {
  const Ran ran =
      kafka_twin("run " TWIN_SOURCE_DIR "/scenarios/upgrades/kraft-refusals.yaml", "COLUMNS=160");
  EXPECT_THAT(ran.out, HasSubstr("[KafkaUpgradeException]: The current metadata version"));
  EXPECT_THAT(ran.out, HasSubstr("[KafkaUpgradeException]: failed: The current"));
  EXPECT_THAT(ran.out, Not(HasSubstr("]: KafkaUpgradeException:")));
  EXPECT_THAT(ran.out, Not(HasSubstr("failed: KafkaUpgradeException:")));
}

TEST(Output, aTraceNeverReplacesWhatIsRead) {
  const std::string text = read_file(kFirstRoll);
  const std::string path = write_file("replaced.yaml", text);
  std::filesystem::create_hard_link(path, scratch("second-name.yaml"));
  for (const std::string& output : {path, scratch("second-name.yaml")}) {
    const Ran ran = kafka_twin("run " + path + " --trace " + output);
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_THAT(ran.err, HasSubstr(output + ": is read by this command"));
    EXPECT_TRUE(ran.out.empty()) << "nothing was played";
    EXPECT_EQ(read_file(path), text);
  }
  // What it includes, and its hardware.
  const std::string part = write_file("part.yaml", "");
  const std::string profile = write_file("profile.yaml", "profile: loopback\n");
  const std::string whole =
      write_file("whole.yaml", small_scenario("  include: [part.yaml]\n"
                                              "  environment: {hardware: profile.yaml}\n"));
  ASSERT_EQ(kafka_twin("run " + whole).status, 0);
  for (const std::string& output : {part, profile}) {
    EXPECT_EQ(kafka_twin("run " + whole + " --trace " + output).status, 2) << output;
    EXPECT_EQ(kafka_twin("shrink " + whole + " --output " + output).status, 2) << output;
    EXPECT_EQ(kafka_twin("plan " + whole + " --output " + output).status, 2) << output;
  }
  const std::string trace = scratch("exported.trace");
  ASSERT_EQ(kafka_twin("run " + whole + " --trace " + trace).status, 0);
  EXPECT_THAT(kafka_twin("export " + trace + " --out " + trace).err, HasSubstr("is read by"));
  EXPECT_EQ(read_file(profile), "profile: loopback\n");
}

TEST(Explain, saysWhyItDidAndWhyItDidNot) {
  const std::string trace = scratch("explain.trace");
  ASSERT_EQ(kafka_twin(first_roll("--quiet --trace " + trace)).status, 0);
  const Ran ran = kafka_twin("explain " + trace + " --at 0:00:35 --broker 0");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("Why, at 00:00:35.000?"));
  EXPECT_THAT(ran.out, HasSubstr("What was true"));
  EXPECT_THAT(ran.out, HasSubstr("rests on call"));
  const Ran nobody = kafka_twin("explain " + trace + " --at 35s --broker 77");
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.err, HasSubstr("nodes are 0, 1, 2, 3, 4, 5"));
  const Ran late = kafka_twin("explain " + trace + " --at 100h --broker 1");
  EXPECT_EQ(late.status, 2);
  EXPECT_THAT(late.err, HasSubstr("the run ended at"));
}

TEST(Interrupt, reportsSoFarAndLeavesNoHalfTrace) {
  // timeout(1) sends SIGINT after a tenth of a second; the run would take thousands of years.
  const std::string trace = scratch("cut.trace");
  const std::string command =
      fmt::format("env -u COLUMNS timeout --preserve-status -s INT 0.3 {}/kafka-twin {} >{} 2>&1",
                  TWIN_BINARY_DIR,
                  first_roll(fmt::format("--quiet --trace {} --set scenario.settle=100000h "
                                         "--set scenario.timeMax=200000h",
                                         trace)),
                  scratch("cut.out"));
  const int waited = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(waited), 130);
  EXPECT_THAT(read_file(scratch("cut.out")), HasSubstr("interrupted: by the user"));
  EXPECT_FALSE(std::filesystem::exists(trace + ".partial"));
}

TEST(Help, atEveryLevelAndVersion) {
  for (const char* arguments :
       {"--help", "run --help", "explain --help", "plan --help", "completion --help"}) {
    const Ran ran = kafka_twin(arguments);
    EXPECT_EQ(ran.status, 0) << arguments;
    EXPECT_THAT(ran.out, HasSubstr("Usage: kafka-twin")) << arguments;
  }
  EXPECT_THAT(kafka_twin("--version").out, StartsWith("kafka-twin "));
}

TEST(Help, isAsWideAsTheTerminalAndNoWiderThanAPage) {
  for (const int width : {60, 80, 100, 140}) {
    for (const char* arguments : {"--help", "run --help", "check --help", "operate --help"}) {
      const Ran ran = kafka_twin(arguments, fmt::format("COLUMNS={}", width));
      std::istringstream lines(ran.out);
      size_t widest = 0;
      for (std::string line; std::getline(lines, line);) widest = std::max(widest, line.size());
      const size_t most = static_cast<size_t>(std::min(width, 100));
      EXPECT_LE(widest, most) << arguments;
      EXPECT_GT(widest, most - 12) << arguments << ": the room is used\n" << ran.out;
    }
  }
}

// What bash asks of the script when a user presses TAB: `@` and `=` break words for it.
TEST(Completion, bashAnswers) {
  const std::string script = write_file("c.bash", kafka_twin("completion bash").out);
  const auto answer = [&](const std::string& line) {
    const std::string ask = write_file(
        "ask.bash", "source " + script + "\ncompopt() { :; }\nCOMP_LINE='" + line +
                        "'\nCOMP_POINT=${#COMP_LINE}\nCOMP_WORDBREAKS=$' \\t\\n\"@><=;|&(:'\n"
                        "_kafka_twin\necho \"${COMPREPLY[*]}\"\n");
    std::system(("bash --norc " + ask + " >" + scratch("answer") + " 2>&1").c_str());
    return read_file(scratch("answer"));
  };
  EXPECT_EQ(answer("kafka-twin r"), "run\n");
  EXPECT_EQ(answer("kafka-twin run --op"), "--operator\n");
  EXPECT_EQ(answer("kafka-twin run --operator "), "twin strimzi@0.11 strimzi@0.47 strimzi@1.2\n");
  EXPECT_EQ(answer("kafka-twin run --operator strimzi@0"), "0.11 0.47\n");
  EXPECT_EQ(answer("kafka-twin run --operator=strimzi@1"), "1.2\n");
  EXPECT_EQ(answer("kafka-twin run x.yaml --report j"), "json junit\n");
  EXPECT_EQ(answer("kafka-twin completion "), "bash zsh fish\n");
}

TEST(Completion, isAcceptedByItsShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = kafka_twin(fmt::format("completion {}", shell));
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("explain")) << shell;
    const std::string path = write_file(fmt::format("completion.{}", shell), ran.out);
    if (std::system(fmt::format("command -v {} >/dev/null", shell).c_str()) != 0) continue;
    EXPECT_EQ(std::system(fmt::format("{} -n {}", shell, path).c_str()), 0) << shell;
  }
}

}  // namespace
}  // namespace twin::cli_test
