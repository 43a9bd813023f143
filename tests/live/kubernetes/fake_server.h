// A server that does what a test tells it: one scripted answer per connection, bytes as they are.
// In a thread of its own, since the client under test has the test's.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace twin::live_test {

struct Answer {
  std::string bytes;       // the whole answer, head and body
  bool keep_open = false;  // then nothing more: a stall, or a watch that goes on
  bool deaf = false;       // does not even read the request
};

// A whole answer with a JSON body.
Answer json_answer(int status, const std::string& body);
// A watch's head, and lines that stay open.
Answer watch_answer(const std::string& lines, bool keep_open = true);

class FakeServer {
 public:
  struct Request {
    std::string method, target, head, body;
  };

  FakeServer();
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  void will(Answer answer);
  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Request> requests() const;

 private:
  void serve();
  void serve_one(int connection);

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::deque<Answer> answers_;
  std::vector<Request> requests_;
  std::vector<int> open_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace twin::live_test
