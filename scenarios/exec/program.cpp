#include "scenarios/exec/program.h"

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace twin::exec {

namespace {

// A line of many partitions is long; what has no end is no answer.
constexpr size_t kLongestAnswer = 1 << 20;

void close_end(int& end) {
  if (end >= 0) ::close(end);
  end = -1;
}

}  // namespace

Program::Program(const std::string& command) : command_(command) {
  int down[2], up[2];
  // A socket, so that writing to a program that is gone is an error and not a signal.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, down) != 0) {
    fail("could not be started: no socket");
  }
  if (::pipe2(up, O_CLOEXEC) != 0) {
    ::close(down[0]);
    ::close(down[1]);
    fail("could not be started: no pipe");
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);  // what the shell starts goes with it
    ::dup2(down[0], STDIN_FILENO);
    ::dup2(up[1], STDOUT_FILENO);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_DFL);
    rlimit memory{};
    if (::getrlimit(RLIMIT_AS, &memory) == 0) {  // ours may be bounded, in a campaign
      memory.rlim_cur = memory.rlim_max;
      ::setrlimit(RLIMIT_AS, &memory);
    }
    ::execl("/bin/sh", "sh", "-c", command_.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(down[0]);
  ::close(up[1]);
  to_ = down[1];
  from_ = up[0];
  if (process_ < 0) fail("could not be started: no process");
  ::setpgid(process_, process_);
}

Program::~Program() {
  close_end(to_);
  close_end(from_);
  if (process_ <= 0) return;
  ::kill(-process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

void Program::fail(const std::string& how) const {
  throw std::runtime_error(fmt::format("exec:{}: {}", command_, how));
}

std::string Program::how_it_ended() {
  close_end(to_);
  int status = 0;
  ::kill(-process_, SIGKILL);  // one that closed its output alone
  if (::waitpid(process_, &status, 0) != process_) return "is gone";
  process_ = -1;
  if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
    return fmt::format("was ended by signal {}", WTERMSIG(status));
  }
  if (WIFEXITED(status)) return fmt::format("ended with status {}", WEXITSTATUS(status));
  return "closed its output";
}

std::string Program::ask(const std::string& line) {
  const std::string text = line + "\n";
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t wrote = ::send(to_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (wrote <= 0) fail(how_it_ended() + " before it answered");
    sent += static_cast<size_t>(wrote);
  }
  for (;;) {
    const size_t end = read_.find('\n');
    if (end != read_.npos) {
      std::string answer = read_.substr(0, end);
      read_.erase(0, end + 1);
      return answer;
    }
    if (read_.size() > kLongestAnswer) fail("sent more than 1 MiB without the end of a line");
    pollfd waiting{from_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kPatienceSeconds * 1000);
    if (ready == 0) {
      fail(fmt::format("said nothing for {} s; it is to answer each line by one, and to flush it",
                       kPatienceSeconds));
    }
    if (ready < 0 && errno == EINTR) continue;
    char buffer[4096];
    const ssize_t got = ready < 0 ? -1 : ::read(from_, buffer, sizeof buffer);
    if (got <= 0) fail(how_it_ended() + " before it answered");
    read_.append(buffer, static_cast<size_t>(got));
  }
}

}  // namespace twin::exec
