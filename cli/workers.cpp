#include "cli/workers.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <new>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace twin::cli {

namespace {

using Clock = std::chrono::steady_clock;

bool write_all(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(to, text.data(), text.size());
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

// A run that asks for more is a finding: a generated one takes some 40 MiB.
constexpr rlim_t kMemoryMax = rlim_t{4} << 30;
constexpr int kOutOfMemory = 86;  // the status that a worker ends with then

// Sanitizers reserve terabytes of addresses. The hard limit stays: programs that a run starts are
// not bounded.
void bound_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_max, kMemoryMax);
  ::setrlimit(RLIMIT_AS, &limit);
#endif
}

// "17\n" in, the job's line out, until the parent closes the pipe.
[[noreturn]] void serve(int from, int to, const Workers::Job& job) {
  std::string text;
  char buffer[64];
  for (ssize_t got = 0; (got = ::read(from, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
    for (size_t end = 0; (end = text.find('\n')) != text.npos; text.erase(0, end + 1)) {
      uint64_t item = 0;
      std::from_chars(text.data(), text.data() + end, item);
      try {
        if (!write_all(to, job(item) + "\n")) ::_exit(0);
      } catch (const std::bad_alloc&) {
        ::_exit(kOutOfMemory);
      }
    }
  }
  ::_exit(0);
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemory) return "needs more than 4 GiB";
  if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace

Workers::Workers(int count, Job job, std::chrono::seconds patience)
    : job_(std::move(job)), patience_(patience) {
  workers_.resize(static_cast<size_t>(count));
}

Workers::~Workers() {
  for (Worker& worker : workers_) end(worker);
}

bool Workers::start(Worker& worker) {
  int down[2], up[2];
  if (::pipe2(down, O_CLOEXEC) != 0) return false;
  if (::pipe2(up, O_CLOEXEC) != 0) {
    ::close(down[0]);
    ::close(down[1]);
    return false;
  }
  const pid_t process = ::fork();
  if (process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
    ::close(down[1]);
    ::close(up[0]);
    bound_memory();
    serve(down[0], up[1], job_);
  }
  ::close(down[0]);
  ::close(up[1]);
  worker = {};
  worker.process = process;
  worker.to = down[1];
  worker.from = up[0];
  return process > 0;
}

void Workers::end(Worker& worker) {
  if (worker.process <= 0) return;
  ::close(worker.to);
  ::close(worker.from);
  ::kill(worker.process, SIGKILL);
  ::waitpid(worker.process, nullptr, 0);
  worker = {};
}

bool Workers::give(Worker& worker, uint64_t item) {
  if (worker.process <= 0 && !start(worker)) return false;
  worker.busy = true;
  worker.item = item;
  worker.since = Clock::now();
  return write_all(worker.to, std::to_string(item) + "\n");
}

std::optional<WorkResult> Workers::take(Worker& worker) {
  char buffer[4096];
  const ssize_t got = ::read(worker.from, buffer, sizeof buffer);
  WorkResult result;
  result.item = worker.item;
  if (got <= 0) {
    int status = 0;
    ::waitpid(worker.process, &status, 0);
    ::close(worker.to);
    ::close(worker.from);
    worker = {};
    result.failed = how_it_ended(status);
    return result;
  }
  worker.text.append(buffer, static_cast<size_t>(got));
  const size_t line = worker.text.find('\n');
  if (line == worker.text.npos) return std::nullopt;
  result.line = worker.text.substr(0, line);
  worker.text.erase(0, line + 1);
  worker.busy = false;
  return result;
}

std::optional<WorkResult> Workers::overdue(Worker& worker) {
  if (!worker.busy || Clock::now() - worker.since < patience_) return std::nullopt;
  WorkResult result;
  result.item = worker.item;
  result.failed = fmt::format("did not end within {} s", patience_.count());
  end(worker);
  return result;
}

void Workers::run(const std::function<std::optional<uint64_t>()>& next,
                  const std::function<bool(const WorkResult&)>& told,
                  const std::function<bool()>& idle) {
  bool more = true;
  while (true) {
    bool any = false;
    for (Worker& worker : workers_) {
      if (!worker.busy && more) {
        const auto item = next();
        more = item.has_value();
        if (item && !give(worker, *item)) {
          worker.busy = false;
          WorkResult failed;
          failed.item = *item;
          failed.failed = "could not be started: no process or no pipe";
          if (!told(failed)) return;
        }
      }
      any |= worker.busy;
    }
    if (!any) return;
    std::vector<pollfd> waiting;
    for (const Worker& worker : workers_) {
      waiting.push_back({worker.busy ? worker.from : -1, POLLIN, 0});
    }
    constexpr int kLookMs = 200;
    ::poll(waiting.data(), waiting.size(), kLookMs);
    if (!idle()) return;
    for (size_t i = 0; i < workers_.size(); ++i) {
      const auto result = waiting[i].revents != 0 ? take(workers_[i]) : overdue(workers_[i]);
      if (result && !told(*result)) return;
    }
  }
}

}  // namespace twin::cli
