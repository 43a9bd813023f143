// A program that is asked by a line on its standard input and answers by a line on its standard
// output. What it writes to its standard error goes to ours. It is ended (SIGKILL) when this object
// goes, in the midst of a line or not.
#pragma once

#include <string>

#include <sys/types.h>

namespace twin::exec {

class Program {
 public:
  // By the shell: `command` may have arguments. What is wrong with it shows at the first question.
  explicit Program(const std::string& command);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Throws std::runtime_error, which ends the run: the program ended, closed its output, or said
  // nothing for kPatienceSeconds.
  std::string ask(const std::string& line);
  static constexpr int kPatienceSeconds = 10;

 private:
  [[noreturn]] void fail(const std::string& how) const;
  std::string how_it_ended();
  std::string command_;
  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
  std::string read_;  // behind the last whole line
};

}  // namespace twin::exec
