// A trace sink that writes a file.
//
// The bytes go to a temporary name next to the target, which is renamed over the target by
// finish(): a file under the wanted name is always whole. What is no regular file (a pipe,
// /dev/null) is written in place, for a rename would put a file where the device was. Errors (no
// such directory, disk full) are returned as values; after one, further writes are ignored and
// finish() reports it.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/expected.h"
#include "sim/trace.h"

namespace twin::sim {

class FileSink : public TraceSink {
 public:
  // Creates the temporary file "<path>.partial", or opens what is no regular file.
  static Expected<std::unique_ptr<FileSink>> open(const std::string& path);
  // Removes the temporary file if finish() was not called or failed.
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void write(std::span<const std::byte> bytes) override;
  // Closes the file and gives it its name. REQUIRES: called once, after TraceWriter::finish().
  Expected<void> finish();

 private:
  FileSink(std::string path, std::string partial_path, std::FILE* file);
  void fail(int error_number, const char* what);

  bool in_place() const { return path_ == partial_path_; }

  std::string path_;
  std::string partial_path_;
  std::FILE* file_;
  Error error_{};
  bool failed_ = false;
  bool finished_ = false;
};

// A whole file as bytes, for TraceReader.
Expected<std::vector<std::byte>> read_file_bytes(const std::string& path);

}  // namespace twin::sim
