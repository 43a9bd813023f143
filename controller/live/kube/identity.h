// Who asks: the token or client certificate that the next request carries. A token file is read
// again every minute, an exec plugin runs again when what it gave has expired; both at once after
// the server said 401. A plugin holds up the caller for as long as it runs, 20 s at most.
#pragma once

#include <string>

#include "controller/live/kube/credentials.h"

namespace twin::controller::live {

class Identity {
 public:
  struct Presented {
    std::string token;
    Pem certificate;
    Pem key;
  };

  explicit Identity(Credentials credentials) : credentials_(std::move(credentials)) {}

  const Credentials& credentials() const { return credentials_; }
  // `now`: nanoseconds since 1970. Error: the file or plugin, and what is wrong with it.
  sim::Expected<Presented> present(sim::Time now);
  // The server does not take what was presented last.
  void rejected() { good_until_ = {}; }

 private:
  sim::Expected<void> read_token_file();
  sim::Expected<void> ask_plugin(sim::Time now);

  Credentials credentials_;
  Presented presented_;
  sim::Time good_until_{};
};

// What a program printed, or why there is nothing: not found, exit status, too long, too much.
// `environment` goes on top of this process's own.
struct ProgramOptions {
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  sim::Duration time_max{20'000'000'000};
  size_t output_bytes_max = 1 << 20;
};
sim::Expected<std::string> output_of(const ProgramOptions& options);

}  // namespace twin::controller::live
