#include "tests/cli/cli_support.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

namespace twin::cli_test {

namespace {

// A folder of this process's own, gone when it ends.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("kafka-twin-cli-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

std::string scratch(const std::string& name) {
  static const ScratchFolder folder;
  return folder.file(name);
}

std::string write_file(const std::string& name, const std::string& text) {
  std::ofstream(scratch(name)) << text;
  return scratch(name);
}

std::string read_file(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Ran kafka_twin(const std::string& arguments, const std::string& environment) {
  const std::string out = scratch("out"), err = scratch("err");
  const std::string command = "env -u NO_COLOR -u COLUMNS -u CLICOLOR_FORCE " + environment + " " +
                              TWIN_BINARY_DIR "/kafka-twin " + arguments + " >" + out + " 2>" + err;
  const int waited = std::system(command.c_str());
  Ran ran;
  ran.status = WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
  ran.out = read_file(out);
  ran.err = read_file(err);
  return ran;
}

std::string small_scenario(const std::string& more) {
  std::string text =
      "apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata:\n  name: small\nspec:\n"
      "  settle: 10s\n  steps:\n    - {at: 1s, note: hello}\n";
  text += more;
  return text;
}

}  // namespace twin::cli_test
