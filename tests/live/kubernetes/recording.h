// What went over the wire in each case of the conformance table: one JSON line per exchange, so
// that a change of one shows as one line.
#pragma once

#include <string>
#include <vector>

#include "controller/live/kube/client.h"

namespace twin::live_test {

struct Exchange {
  std::string case_name;
  std::string method, target, body;  // the request
  int status = 0;
  std::string answer;  // JSON, or a watch's lines
  bool watch = false;
};

class Recording {
 public:
  std::vector<Exchange> exchanges;
  bool write(const std::string& path) const;
  // False: not such a file.
  bool read(const std::string& path);
  std::vector<Exchange> of(const std::string& case_name) const;
};

// Notes a client's exchanges under a case's name.
class Recorder : public controller::live::KubeExchanges {
 public:
  Recorder(Recording& recording, std::string case_name)
      : recording_(recording), case_name_(std::move(case_name)) {}
  void on_request(controller::CallId call, const controller::live::HttpRequest& request) override;
  void on_bytes(controller::CallId call, std::string_view bytes) override;
  void on_answer(controller::CallId call, const controller::live::HttpAnswer& answer) override;

 private:
  Recording& recording_;
  std::string case_name_;
  std::vector<std::pair<controller::CallId, size_t>> open_;  // exchange of each call
};

}  // namespace twin::live_test
