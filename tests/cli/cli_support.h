// Runs kafka-twin as a user does: its own process, an environment, exit status and what it printed.
#pragma once

#include <string>

#include <gtest/gtest.h>

namespace twin::cli_test {

struct Ran {
  int status = -1;
  std::string out, err;
};

// `environment` is put before the command: "COLUMNS=60 NO_COLOR=1". `arguments` as a shell takes
// them.
Ran kafka_twin(const std::string& arguments, const std::string& environment = "");

// A path in the test's own folder below the build's; files there are removed with the folder.
std::string scratch(const std::string& name);
// Writes a file there; its path.
std::string write_file(const std::string& name, const std::string& text);
std::string read_file(const std::string& path);

// The smallest scenario: no cluster, one note, some 10 simulated seconds.
std::string small_scenario(const std::string& more = "");
// A whole one of the repository.
inline const char* const kFirstRoll = TWIN_SOURCE_DIR "/scenarios/rolling/first-roll.yaml";

}  // namespace twin::cli_test
