// The file of a campaign: its arguments, then a line for each run that is done. A campaign that was
// ended, by whatever, goes on from it; a line that was being written then is not one.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "sim/expected.h"

namespace twin::cli {

class CheckLog {
 public:
  // Makes the folder. A file of other arguments is an error: it says which.
  static sim::Expected<CheckLog> open(const std::string& folder, const std::string& arguments);
  ~CheckLog();
  CheckLog(CheckLog&& other) noexcept;
  CheckLog& operator=(CheckLog&&) = delete;

  // Takes over the runs of another folder: of the same campaign, or of one of its shards.
  sim::Expected<void> take_over(const std::string& folder);
  // Item and its outcome's line.
  const std::map<uint64_t, std::string>& done() const { return done_; }
  sim::Expected<void> add(uint64_t item, const std::string& line);
  const std::string& folder() const { return folder_; }

 private:
  CheckLog() = default;
  std::string folder_, path_, head_;
  std::FILE* file_ = nullptr;
  std::map<uint64_t, std::string> done_;
};

}  // namespace twin::cli
