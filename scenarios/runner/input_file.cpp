#include "scenarios/runner/input_file.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace twin::scenario {

sim::Expected<std::string> read_input_file(const std::string& path,
                                           const std::string& what_it_should_be) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status there = fs::status(path, failed);
  if (fs::is_directory(there)) return sim::Error{path, "is a folder", "a file in it"};
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    return sim::Error{path, "is no regular file", what_it_should_be};
  }
  std::ifstream in(path, std::ios::binary);
  std::string text;
  char piece[size_t{64} << 10];
  while (in && text.size() <= kInputBytesMax) {
    in.read(piece, sizeof piece);
    text.append(piece, static_cast<size_t>(in.gcount()));
  }
  if (text.size() > kInputBytesMax) {
    return sim::Error{path, fmt::format("is larger than {} MiB", kInputBytesMax >> 20),
                      what_it_should_be};
  }
  if (in.bad() || !in.eof()) return sim::Error{path, "the file cannot be read", what_it_should_be};
  return text;
}

std::string beside(const std::string& file, const std::string& path) {
  const size_t slash = file.rfind('/');
  if (slash == file.npos || path.starts_with('/')) return path;
  return file.substr(0, slash + 1) + path;
}

}  // namespace twin::scenario
