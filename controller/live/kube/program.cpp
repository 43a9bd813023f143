// Runs a credential plugin: what it prints is bounded in size and time, what it complains about
// goes to our own standard error.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/live/clock.h"
#include "controller/live/kube/identity.h"

namespace twin::controller::live {

namespace {

using sim::Error;

std::vector<std::string> joined_environment(const ProgramOptions& options) {
  std::vector<std::string> out;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string entry = *each;
    const std::string name = entry.substr(0, entry.find('='));
    bool replaced = false;
    for (const auto& [ours, value] : options.environment) replaced = replaced || ours == name;
    if (!replaced) out.push_back(entry);
  }
  for (const auto& [name, value] : options.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
    if (out >= 0) close(out);
  }
  // nullopt: it still runs at the deadline.
  std::optional<int> wait(sim::Time deadline) {
    for (;;) {
      int status = 0;
      if (waitpid(pid, &status, WNOHANG) == pid) {
        pid = -1;
        return status;
      }
      if (monotonic_now() >= deadline) return std::nullopt;
      poll(nullptr, 0, 5);
    }
  }
  pid_t pid = -1;
  int out = -1;
};

sim::Expected<void> spawn(const ProgramOptions& options, Child& child) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{options.command, "no pipe to it", ""};
  child.out = ends[0];
  std::vector<std::string> arguments = options.arguments;
  arguments.insert(arguments.begin(), options.command);
  std::vector<std::string> environment = joined_environment(options);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  const int failed = posix_spawnp(&child.pid, options.command.c_str(), &actions, nullptr,
                                  pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed == 0) return {};
  child.pid = -1;
  return Error{options.command, std::string("cannot be run: ") + std::strerror(failed), ""};
}

}  // namespace

sim::Expected<std::string> output_of(const ProgramOptions& options) {
  Child child;
  if (const auto spawned = spawn(options, child); !spawned) return spawned.error();
  const sim::Time deadline = monotonic_now() + options.time_max;
  const Error late{
      options.command,
      "gave no answer within " + std::to_string(options.time_max.ns / 1'000'000'000) + " s", ""};
  std::string text;
  for (;;) {
    const int64_t left_ms = (deadline - monotonic_now()).ns / 1'000'000;
    if (left_ms <= 0) return late;
    pollfd waiting{child.out, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left_ms));
    if (ready == 0) return late;
    if (ready < 0 && errno == EINTR) continue;
    char buffer[4096];
    const ssize_t count = read(child.out, buffer, sizeof buffer);
    if (count <= 0) break;
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > options.output_bytes_max)
      return Error{options.command, "prints too much", ""};
  }
  const auto status = child.wait(deadline);
  if (!status) return late;
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
    const std::string how = WIFEXITED(*status)
                                ? "exit status " + std::to_string(WEXITSTATUS(*status))
                                : "signal " + std::to_string(WTERMSIG(*status));
    return Error{options.command, "failed with " + how, ""};
  }
  return text;
}

}  // namespace twin::controller::live
