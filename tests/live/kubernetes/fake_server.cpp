#include "tests/live/kubernetes/fake_server.h"

#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace twin::live_test {

namespace {

// "content-length: N" of a head, in any case; 0 without.
size_t content_length(std::string head) {
  for (char& c : head) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::string name = "\r\ncontent-length:";
  const size_t at = head.find(name);
  if (at == head.npos) return 0;
  return static_cast<size_t>(std::atoll(head.c_str() + at + name.size()));
}

FakeServer::Request read_request(int connection) {
  std::string text;
  size_t body_at = std::string::npos, body_size = 0;
  char buffer[65536];
  for (;;) {
    if (body_at == text.npos && text.find("\r\n\r\n") != text.npos) {
      body_at = text.find("\r\n\r\n") + 4;
      body_size = content_length(text.substr(0, body_at));
    }
    if (body_at != text.npos && text.size() >= body_at + body_size) break;
    const ssize_t count = recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) return {};
    text.append(buffer, static_cast<size_t>(count));
  }
  FakeServer::Request out;
  const size_t space = text.find(' ');
  out.method = text.substr(0, space);
  out.target = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
  out.head = text.substr(0, body_at);
  out.body = text.substr(body_at);
  return out;
}

}  // namespace

Answer json_answer(int status, const std::string& body) {
  return {"HTTP/1.1 " + std::to_string(status) +
              " Said\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body,
          false, false};
}

Answer watch_answer(const std::string& lines, bool keep_open) {
  return {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + lines,
          keep_open, false};
}

FakeServer::FakeServer() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), length);
  listen(listener_, 16);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

FakeServer::~FakeServer() {
  stop_ = true;
  thread_.join();
  for (const int connection : open_) close(connection);
  close(listener_);
}

void FakeServer::will(Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_.push_back(std::move(answer));
}

std::vector<FakeServer::Request> FakeServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeServer::serve() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection >= 0) serve_one(connection);
  }
}

void FakeServer::serve_one(int connection) {
  Answer answer{"HTTP/1.1 500 Nothing scripted\r\nConnection: close\r\n\r\n", false, false};
  {
    const std::lock_guard lock(mutex_);
    if (!answers_.empty()) {
      answer = std::move(answers_.front());
      answers_.pop_front();
    }
  }
  if (!answer.deaf) {
    Request request = read_request(connection);
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  for (size_t sent = 0; sent < answer.bytes.size();) {
    const ssize_t count =
        send(connection, answer.bytes.data() + sent, answer.bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) break;
    sent += static_cast<size_t>(count);
  }
  if (answer.keep_open) {
    open_.push_back(connection);
  } else {
    shutdown(connection, SHUT_WR);
    close(connection);
  }
}

}  // namespace twin::live_test
