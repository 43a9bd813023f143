// exec:CMD and exec-operator:CMD as a user has them: the examples of docs/EXEC.md roll a cluster
// and keep it safe, in run, check, the crash sweep and shrink; a program that is wrong is told so,
// and one that is careless is found.
#include <filesystem>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;

std::string exec(const std::string& command) { return " --operator 'exec:" + command + "'"; }
std::string example() {
  return exec(std::string("python3 ") + TWIN_SOURCE_DIR "/docs/exec/roller.py");
}

std::string folder(const std::string& name) {
  const std::string path = scratch(name);
  std::filesystem::remove_all(path);
  return path;
}

TEST(Exec, TheExampleRollsACluster) {
  const Ran ran = kafka_twin(std::string("run ") + kFirstRoll + example() + " --report json");
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"restarts\""));
}

TEST(Exec, TheSameRunTwiceIsTheSame) {
  const std::string command = std::string("run ") + kFirstRoll + example() + " --report json";
  EXPECT_EQ(kafka_twin(command).out, kafka_twin(command).out);
}

// Killed before and after calls, it starts anew and the cluster still gets there.
TEST(Exec, TheExampleIsKilledAtAnyCall) {
  const Ran ran =
      kafka_twin(std::string("check ") + kFirstRoll + example() +
                 " --crash-sweep --shard 5/60 --report json --out " + folder("exec-sweep"));
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_GT(nlohmann::json::parse(ran.out)["operators"][0]["judged"], 2);
}

std::string whole(const std::string& command) {
  return " --operator 'exec-operator:" + command + "'";
}
std::string whole_example() {
  return whole(std::string("python3 ") + TWIN_SOURCE_DIR "/docs/exec/operator.py");
}

// It gives controllers the brokers' configuration, so all six nodes restart, one at a time.
TEST(ExecOperator, TheExampleDeploysAndRollsACluster) {
  const Ran ran = kafka_twin(std::string("run ") + kFirstRoll + whole_example() + " --report json");
  const auto report = nlohmann::json::parse(ran.out)[0];
  EXPECT_EQ(report["end"], "settled") << ran.err;
  EXPECT_EQ(report["restarts"].size(), 6U);
  EXPECT_TRUE(report["violations"].empty());
  EXPECT_EQ(ran.out,
            kafka_twin(std::string("run ") + kFirstRoll + whole_example() + " --report json").out);
}

TEST(ExecOperator, TheExampleIsKilledAtAnyCall) {
  const Ran ran =
      kafka_twin(std::string("check ") + kFirstRoll + whole_example() +
                 " --crash-sweep --shard 5/100 --report json --out " + folder("exec-whole-sweep"));
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_GT(nlohmann::json::parse(ran.out)["operators"][0]["judged"], 2);
}

// It deletes every pod that it is told of once the configuration changed.
TEST(ExecOperator, WhatIsCarelessIsFoundAndMadeSmall) {
  const std::string program = scratch("careless-operator.py");
  const std::string good = TWIN_SOURCE_DIR "/docs/exec/operator.py";
  write_file("careless-operator.py", "source = open('" + good +
                                         "').read()\n"
                                         "source = source.replace('def obstacle(world, pod):', "
                                         "'def obstacle(world, pod):\\n    return None')\n"
                                         "exec(source)\n");
  const Ran ran = kafka_twin("check --runs 60 --shrink-runs 4 --out " + folder("exec-whole-bad") +
                             whole("python3 " + program));
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("made small in"));
}

TEST(ExecOperator, WhatIsNoAnswerIsNamed) {
  struct Wrong {
    const char* program;
    const char* said;
  };
  for (const Wrong& each :
       {Wrong{"while read x; do echo nonsense; done", "is not a JSON object"},
        Wrong{"while read x; do echo \"{\\\"do\\\": [{\\\"stop\\\": 1}]}\"; done",
              "`stop` is no action"},
        Wrong{"while read x; do echo \"{\\\"do\\\": [{\\\"delete\\\": {}}]}\"; done",
              "`delete` needs a kind"},
        Wrong{"while read x; do echo \"{\\\"do\\\": [{\\\"apply\\\": {}}]}\"; done", "`apply`:"},
        Wrong{"while read x; do echo \"{\\\"wakeMs\\\": 1}\"; done", "`wakeMs` is not from 100"},
        Wrong{"exit 3", "ended with status 3 before it answered"}}) {
    const Ran ran = kafka_twin(std::string("run ") + kFirstRoll + whole(each.program));
    EXPECT_EQ(ran.status, 2) << each.program;
    EXPECT_THAT(ran.err, HasSubstr(each.said)) << each.program;
  }
}

// It restarts whatever wants it, all at once.
TEST(Exec, ACarelessProgramIsFoundAndItsCaseMadeSmall) {
  const std::string out = folder("exec-careless");
  const std::string program = scratch("careless.py");
  write_file(
      "careless.py",
      "import json, sys\n"
      "for line in sys.stdin:\n"
      "    nodes = json.loads(line)['nodes']\n"
      "    pods = [n['pod'] for n in nodes if n['restartFor']]\n"
      "    away = [n for n in nodes if not n['ready']]\n"
      "    print(json.dumps({'restart': pods, 'done': not pods and not away}), flush=True)\n");
  const Ran ran =
      kafka_twin("check --runs 20 --shrink-runs 4 --out " + out + exec("python3 " + program));
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("made small in"));
}

TEST(Exec, WhatIsNoAnswerIsNamed) {
  struct Wrong {
    const char* program;
    const char* said;
  };
  for (const Wrong& each :
       {Wrong{"while read x; do echo nonsense; done", "is not a JSON object"},
        Wrong{"while read x; do echo \"{\\\"restart\\\": [\\\"pod-9\\\"]}\"; done",
              "`pod-9` is no pod of the cluster"},
        Wrong{"while read x; do echo \"{\\\"stop\\\": true}\"; done", "`stop` is not known"},
        Wrong{"while read x; do echo \"{\\\"wakeMs\\\": 1}\"; done", "`wakeMs` is not from 100"},
        Wrong{"exit 3", "ended with status 3 before it answered"},
        Wrong{"./no-such-program", "ended with status 127 before it answered"}}) {
    const Ran ran = kafka_twin(std::string("run ") + kFirstRoll + exec(each.program));
    EXPECT_EQ(ran.status, 2) << each.program;
    EXPECT_THAT(ran.err, HasSubstr(each.said)) << each.program;
  }
}

TEST(Exec, ASilentProgramIsNotWaitedForForEver) {
  const Ran ran = kafka_twin(std::string("run ") + kFirstRoll + exec("sleep 1000"));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("said nothing for 10 s"));
}

// In a campaign it is a finding, and the other runs go on.
TEST(Exec, AWrongProgramIsAFindingOfACampaign) {
  const Ran ran =
      kafka_twin("check --runs 3 --keep-going --out " + folder("exec-wrong") + exec("exit 4"));
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("ended with status 4"));
}

}  // namespace
}  // namespace twin::cli_test
