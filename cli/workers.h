// Runs of a campaign in child processes, so that one that ends in an assertion or does not end at
// all is a result and not the end of the campaign. Children share nothing and die with the parent.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace twin::cli {

struct WorkResult {
  uint64_t item = 0;
  std::string line;    // what the job returned; empty when it failed
  std::string failed;  // "was ended by signal 6", "did not end within 120 s"
};

class Workers {
 public:
  // The job runs in a child and answers with one line.
  using Job = std::function<std::string(uint64_t item)>;
  Workers(int count, Job job, std::chrono::seconds patience);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Hands out what `next` gives until it has no more, tells of each result in the order in which
  // they come, and returns when all that was handed out is done, or at once when `told` says false.
  // `idle` is called at least each 200 ms; false ends it as well.
  void run(const std::function<std::optional<uint64_t>()>& next,
           const std::function<bool(const WorkResult&)>& told, const std::function<bool()>& idle);

 private:
  struct Worker {
    pid_t process = -1;
    int to = -1, from = -1;  // pipes
    bool busy = false;
    uint64_t item = 0;
    std::string text;  // read so far
    std::chrono::steady_clock::time_point since;
  };
  bool start(Worker& worker);
  void end(Worker& worker);
  bool give(Worker& worker, uint64_t item);
  std::optional<WorkResult> take(Worker& worker);
  std::optional<WorkResult> overdue(Worker& worker);

  Job job_;
  std::chrono::seconds patience_;
  std::vector<Worker> workers_;
};

}  // namespace twin::cli
