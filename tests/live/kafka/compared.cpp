#include "tests/live/kafka/compared.h"

#include <array>
#include <cstdio>

#include <sys/wait.h>

namespace twin::live {

Compared compare(const std::string& arguments) {
  Compared compared;
  const std::string command = "KAFKA_TWIN=" TWIN_BINARY_DIR "/kafka-twin python3 " TWIN_SOURCE_DIR
                              "/tests/live/kafka/compare.py " + arguments;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return compared;
  std::array<char, 4096> buffer{};
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    compared.printed.append(buffer.data(), got);
  }
  const int waited = pclose(pipe);
  if (WIFEXITED(waited)) compared.status = WEXITSTATUS(waited);
  if (compared.status == 0) {
    compared.rows = nlohmann::json::parse(compared.printed, nullptr, /*allow_exceptions=*/false);
  }
  return compared;
}

}  // namespace twin::live
