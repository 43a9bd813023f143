#include "cli/output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "scenarios/runner/load.h"

namespace twin::cli {

namespace {

int first_error = 0;

void remember(bool good) {
  if (!good && first_error == 0) first_error = errno != 0 ? errno : EIO;
}

}  // namespace

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest free number is this one: those before it are open.
    if (fcntl(stream, F_GETFD) == -1) (void)open("/dev/null", O_RDWR);
  }
}

void print(std::string_view text) {
  if (first_error != 0) return;
  errno = 0;
  remember(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void complain(std::string_view text) {
  std::fflush(stdout);
  std::fprintf(stderr, "kafka-twin: %.*s\n", static_cast<int>(text.size()), text.data());
}

void complain(const sim::Error& error) { complain(scenario::format_error(error)); }

int bad_input(const sim::Error& error) {
  complain(error);
  return kBadInput;
}

sim::Expected<void> write_file(const std::string& path, std::string_view text) {
  std::error_code none;
  const bool replaces =
      !std::filesystem::exists(path, none) || std::filesystem::is_regular_file(path, none);
  const std::string written = replaces ? path + ".new" : path;
  errno = 0;
  std::FILE* file = std::fopen(written.c_str(), "wb");
  bool whole = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) whole = std::fclose(file) == 0 && whole;
  if (whole && replaces) whole = std::rename(written.c_str(), path.c_str()) == 0;
  if (whole) return {};
  const int why = errno != 0 ? errno : EIO;
  if (file != nullptr && replaces) std::remove(written.c_str());
  return sim::Error{path, std::string("cannot be written: ") + std::strerror(why),
                    "a file in a folder that can be written, with room"};
}

sim::Expected<void> not_an_input(const std::string& path, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    struct stat output {
    }, read{};
    if (stat(path.c_str(), &output) != 0 || stat(input.c_str(), &read) != 0) continue;
    if (!S_ISREG(read.st_mode)) continue;
    if (output.st_dev != read.st_dev || output.st_ino != read.st_ino) continue;
    return sim::Error{path, "is read by this command, and would be overwritten",
                      "a file of another name"};
  }
  return {};
}

int close_output(int status) {
  errno = 0;
  remember(std::fflush(stdout) == 0);
  if (first_error == 0 || first_error == EPIPE) return status;
  complain(std::string("standard output: cannot be written: ") + std::strerror(first_error));
  return kBadInput;
}

}  // namespace twin::cli
