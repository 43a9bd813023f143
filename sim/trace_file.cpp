#include "sim/trace_file.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "sim/assert.h"

namespace twin::sim {
namespace {

std::string reason(int error_number) { return std::generic_category().message(error_number); }

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Expected<std::unique_ptr<FileSink>> FileSink::open(const std::string& path) {
  if (path.empty()) return Error{"", "the trace needs a file name", ""};
  std::error_code unknown;
  const std::filesystem::file_status there = std::filesystem::status(path, unknown);
  if (std::filesystem::is_directory(there)) {
    return Error{path, "is a folder", "the trace needs a file name"};
  }
  const bool in_place = std::filesystem::exists(there) && !std::filesystem::is_regular_file(there);
  std::string partial_path = in_place ? path : path + ".partial";
  std::FILE* file = std::fopen(partial_path.c_str(), "wb");
  if (file == nullptr) return Error{path, "cannot be created: " + reason(errno), ""};
  return std::unique_ptr<FileSink>(new FileSink(path, std::move(partial_path), file));
}

FileSink::FileSink(std::string path, std::string partial_path, std::FILE* file)
    : path_(std::move(path)), partial_path_(std::move(partial_path)), file_(file) {
  TWIN_ASSERT(file_ != nullptr);
}

FileSink::~FileSink() {
  if (file_ != nullptr) std::fclose(file_);
  if ((!finished_ || failed_) && !in_place()) std::remove(partial_path_.c_str());
}

void FileSink::fail(int error_number, const char* what) {
  if (failed_) return;  // the first error is the one to report
  failed_ = true;
  error_ = Error{path_, std::string(what) + ": " + reason(error_number),
                 "the trace was not kept"};
}

void FileSink::write(std::span<const std::byte> bytes) {
  TWIN_ASSERT(!finished_);
  if (failed_ || bytes.empty()) return;
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    fail(errno, "cannot be written");
  }
}

Expected<void> FileSink::finish() {
  TWIN_ASSERT(!finished_);
  finished_ = true;
  errno = 0;
  // Closing writes what is buffered: a full disk may show only here.
  if (std::fclose(file_) != 0) fail(errno, "cannot be written");
  file_ = nullptr;
  if (!failed_ && !in_place() && std::rename(partial_path_.c_str(), path_.c_str()) != 0) {
    fail(errno, "cannot be renamed");
  }
  if (failed_) return error_;
  return {};
}

Expected<std::vector<std::byte>> read_file_bytes(const std::string& path) {
  std::error_code unknown;
  const std::filesystem::file_status there = std::filesystem::status(path, unknown);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
    return Error{path, "is no regular file", "a trace"};  // a device never ends
  }
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Error{path, "cannot be opened: " + reason(errno), ""};
  std::vector<std::byte> bytes;
  std::byte piece[size_t{64} << 10];
  errno = 0;
  while (const size_t count = std::fread(piece, 1, sizeof piece, file.get())) {
    bytes.insert(bytes.end(), piece, piece + count);
  }
  if (std::ferror(file.get()) != 0) {
    return Error{path, "cannot be read: " + reason(errno), ""};
  }
  return bytes;
}

}  // namespace twin::sim
