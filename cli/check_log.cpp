#include "cli/check_log.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace twin::cli {

namespace {

constexpr std::string_view kHead = "kafka-twin check: ";

// The old file stands until the new one is whole.
sim::Expected<void> replace_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  std::FILE* file = std::fopen(beside.c_str(), "w");
  bool whole = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) whole = std::fclose(file) == 0 && whole;
  if (whole && std::rename(beside.c_str(), path.c_str()) == 0) return {};
  return sim::Error{path, std::strerror(errno), "--out: a folder that can be written, with room"};
}

}  // namespace

CheckLog::CheckLog(CheckLog&& other) noexcept
    : folder_(std::move(other.folder_)),
      path_(std::move(other.path_)),
      file_(std::exchange(other.file_, nullptr)),
      done_(std::move(other.done_)) {}

CheckLog::~CheckLog() {
  if (file_ != nullptr) std::fclose(file_);
}

sim::Expected<CheckLog> CheckLog::open(const std::string& folder, const std::string& arguments) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return sim::Error{folder, problem.message(), "--out: a folder that can be written"};
  CheckLog log;
  log.folder_ = folder;
  log.path_ = folder + "/runs.log";
  const std::string head = std::string(kHead) + arguments;
  std::stringstream text;
  text << std::ifstream(log.path_).rdbuf();
  std::string kept;  // whole lines
  for (std::string line; std::getline(text, line) && !text.eof(); kept += line + "\n") {
    if (kept.empty()) {
      if (line == head) continue;
      return sim::Error{
          log.path_, "is of another campaign: " + line.substr(std::min(kHead.size(), line.size())),
          "another --out, or remove it"};
    }
    uint64_t item = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), item);
    if (read.ec != std::errc{} || *read.ptr != ' ') continue;
    log.done_[item] = line.substr(static_cast<size_t>(read.ptr - line.data()) + 1);
  }
  if (kept.empty()) kept = head + "\n";
  if (auto written = replace_file(log.path_, kept); !written) return written.error();
  log.file_ = std::fopen(log.path_.c_str(), "a");
  if (log.file_ == nullptr) {
    return sim::Error{log.path_, std::strerror(errno), "--out: a folder that can be written"};
  }
  return log;
}

sim::Expected<void> CheckLog::add(uint64_t item, const std::string& line) {
  const std::string text = std::to_string(item) + " " + line + "\n";
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() || std::fflush(file_) != 0) {
    return sim::Error{path_, std::strerror(errno), "a folder with room; what is there stays"};
  }
  done_[item] = line;
  return {};
}

}  // namespace twin::cli
