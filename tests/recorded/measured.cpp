#include "tests/recorded/measured.h"

namespace twin::recorded {

namespace {

// Attempts 1 to 10 of brokers 1 and 2 in turn, then the reconcile that fails for it.
std::vector<std::string> problems_out_of_sync() {
  std::vector<std::string> problems;
  for (int attempt = 1; attempt <= 10; ++attempt) {
    problems.push_back("1 UnforceableProblem");
    problems.push_back("2 UnforceableProblem");
  }
  problems.push_back("- UnforceableProblem");
  // The second reconcile, until the throttle goes at 164.2 s: 0.25 to 8 s have passed, that is
  // seven attempts each.
  for (int attempt = 1; attempt <= 7; ++attempt) {
    problems.push_back("1 UnforceableProblem");
    problems.push_back("2 UnforceableProblem");
  }
  return problems;
}

Case case_1() {
  using M = Moment;
  return {"1-read-only-config",
          0,
          {4, 5, 3, 0, 1, 2},
          {"3 ForceableProblem"},
          {"Ready"},
          {{"initial order", M::order, -1, 1, 0.83},
           {"controller 3 put off", M::refused, 3, 1, 1.14},
           {"controller 4 deleted", M::deleted, 4, 1, 1.27},
           {"controller 4 Ready", M::ready, 4, 1, 21.7},
           {"controller 5 deleted", M::deleted, 5, 1, 22.05},
           {"controller 5 Ready", M::ready, 5, 1, 42.5},
           {"controller 3 deleted", M::deleted, 3, 1, 42.75},
           {"controller 3 Ready", M::ready, 3, 1, 64.0},
           {"broker 0 deleted", M::deleted, 0, 1, 64.5},
           {"broker 0 Ready", M::ready, 0, 1, 87.2},
           {"broker 1 deleted", M::deleted, 1, 1, 87.6},
           {"broker 1 Ready", M::ready, 1, 1, 110.6},
           {"broker 2 deleted", M::deleted, 2, 1, 110.8},
           {"broker 2 Ready", M::ready, 2, 1, 134.0},
           {"status written", M::ended, -1, 1, 135.2}}};
}

Case case_2a() {
  using M = Moment;
  return {"2a-dynamic-config-brokers",
          0,
          {},
          {},
          {"Ready"},
          {{"broker 0 reconfigured", M::reconfigured, 0, 1, 1.6},
           {"broker 1 reconfigured", M::reconfigured, 1, 1, 1.8},
           {"broker 2 reconfigured", M::reconfigured, 2, 1, 2.0},
           {"status written", M::ended, -1, 1, 3.0}}};
}

Case case_2b() {
  return {"2b-dynamic-config-controllers", 0, {4, 5, 3}, {"3 ForceableProblem"}, {"Ready"}, {}};
}

Case case_3() {
  using M = Moment;
  return {"3-4-topics-at-their-minimum",
          0,
          {0, 1, 2},
          {},
          {"Ready"},
          {{"broker 0 deleted", M::deleted, 0, 1, 1.74},
           {"broker 1 deleted", M::deleted, 1, 1, 14.95},
           {"broker 2 deleted", M::deleted, 2, 1, 27.18},
           {"status written", M::ended, -1, 1, 42.2}},
          {{"t1m1", 13.0},
           {"t2m2", 13.2},
           {"t3m3", 30.1,
            "brokers 1 and 2 back to back: the recording's producer got nothing in between, and "
            "its request had to time out after 30 s; the twin's got answers in between"}}};
}

Case case_3b() {
  using M = Moment;
  return {"3b-out-of-sync",
          1,
          {0, 1, 2},
          problems_out_of_sync(),
          {"Ready"},
          {{"broker 0 deleted", M::deleted, 0, 1, 1.28},
           {"broker 0 Ready", M::ready, 0, 1, 14.1},
           {"broker 1 refused", M::refused, 1, 1, 14.19},
           {"broker 2 refused", M::refused, 2, 1, 14.24},
           {"broker 1 given up", M::gave_up, 1, 1, 142.39},
           {"broker 2 given up", M::gave_up, 2, 1, 142.46},
           {"reconcile failed", M::ended, -1, 1, 142.5},
           {"broker 1 deleted", M::deleted, 1, 1, 175.8},
           {"broker 1 Ready", M::ready, 1, 1, 189.4},
           {"broker 2 deleted", M::deleted, 2, 1, 189.6},
           {"status written", M::ended, -1, 2, 204.6}}};
}

Case case_6() {
  using M = Moment;
  return {"6-broker-does-not-start",
          1,
          {0},
          {"0 FatalProblem", "- FatalProblem", "0 FatalProblem", "- FatalProblem", "0 FatalProblem",
           "- FatalProblem"},
          {"NotReady FatalProblem"},
          {{"broker 0 deleted", M::deleted, 0, 1, 0.83},
           {"broker 0 given up", M::gave_up, 0, 1, 63.3}}};
}

Case case_8a() {
  using M = Moment;
  return {"8a-scale-up",
          0,
          {},
          {},
          {"Ready"},
          {{"pod of broker 6 made", M::created, 6, 1, 0.96},
           {"broker 6 Ready", M::first_ready, 6, 1, 7.0},
           {"status written", M::ended, -1, 1, 9.1}}};
}

Case case_8b() {
  return {"8b-scale-down-prevented", 0, {}, {}, {"Warning ScaleDownPreventionCheck", "Ready"}, {}};
}

Case case_8c() {
  using M = Moment;
  return {
      "8c-scale-down",
      0,
      {},
      {},
      {"Ready"},
      {{"broker 6 unregistered", M::removed, 6, 1, 2.3}, {"status written", M::ended, -1, 1, 3.0}}};
}

Case case_9() {
  using M = Moment;
  return {"9-operator-killed-mid-roll",
          0,
          {0, 1, 2},
          {},
          {"Ready"},
          {{"broker 1 deleted", M::deleted, 1, 1, 21.6},
           {"broker 2 deleted", M::deleted, 2, 1, 35.0},
           {"status written", M::ended, -1, 1, 50.1}}};
}

}  // namespace

const std::vector<Case>& measured_cases() {
  static const std::vector<Case> cases{case_1(), case_2a(), case_2b(), case_3(),  case_3b(),
                                       case_6(), case_8a(), case_8b(), case_8c(), case_9()};
  return cases;
}

}  // namespace twin::recorded
