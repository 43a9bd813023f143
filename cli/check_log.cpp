#include "cli/check_log.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "cli/output.h"

namespace twin::cli {

namespace {

constexpr std::string_view kHead = "kafka-twin check: ";

// The whole lines of a file; one that was being written when all ended is none.
struct Lines {
  std::string head;
  std::map<uint64_t, std::string> runs;
};
Lines read_lines(const std::string& path) {
  Lines lines;
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  for (std::string line; std::getline(text, line) && !text.eof();) {
    if (lines.head.empty()) {
      lines.head = line;
      continue;
    }
    uint64_t item = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), item);
    if (read.ec != std::errc{} || *read.ptr != ' ') continue;
    lines.runs[item] = line.substr(static_cast<size_t>(read.ptr - line.data()) + 1);
  }
  return lines;
}

sim::Error other_campaign(const std::string& path, const std::string& head, std::string right) {
  return {path, "is of another campaign: " + head.substr(std::min(kHead.size(), head.size())),
          std::move(right)};
}

}  // namespace

CheckLog::CheckLog(CheckLog&& other) noexcept
    : folder_(std::move(other.folder_)),
      path_(std::move(other.path_)),
      head_(std::move(other.head_)),
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
  log.head_ = std::string(kHead) + arguments;
  const Lines lines = read_lines(log.path_);
  if (!lines.head.empty() && lines.head != log.head_) {
    return other_campaign(log.path_, lines.head, "another --out, or remove it");
  }
  log.done_ = lines.runs;
  std::string kept = log.head_ + "\n";
  for (const auto& [item, line] : log.done_) kept += std::to_string(item) + " " + line + "\n";
  if (auto written = write_file(log.path_, kept); !written) return written.error();
  log.file_ = std::fopen(log.path_.c_str(), "a");
  if (log.file_ == nullptr) {
    return sim::Error{log.path_, std::strerror(errno), "--out: a folder that can be written"};
  }
  return log;
}

sim::Expected<void> CheckLog::take_over(const std::string& folder) {
  const std::string path = folder + "/runs.log";
  const Lines lines = read_lines(path);
  if (lines.head.empty()) return sim::Error{path, "is not there", "--out of another check"};
  if (lines.head != head_ && !lines.head.starts_with(head_ + " shard=")) {
    return other_campaign(path, lines.head, "one with the same arguments");
  }
  for (const auto& [item, line] : lines.runs) {
    if (done_.contains(item)) continue;
    if (auto kept = add(item, line); !kept) return kept;
  }
  return {};
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
