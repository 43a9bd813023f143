// HTTP/1.1 requests, any number at a time, in one thread (libcurl's multi interface). Each ends
// within its time, and how it ends says whether the server can have acted on it: `refused` means
// that no byte of the request left, `broken` that some did and no whole answer came back. Nothing
// is ever sent twice: libcurl's own second try on a connection that had gone stale would repeat a
// write that the server may have carried out, so writes open a connection of their own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controller/live/kube/identity.h"
#include "sim/time.h"

namespace twin::controller::live {

struct HttpRequest {
  std::string method;
  std::string target;  // path and query
  std::string content_type;
  std::string body;
  sim::Duration time_max{30'000'000'000};
  bool stream = false;  // hand over the body as it comes
};

enum class HttpEnd : uint8_t {
  answered,    // a whole answer
  unresolved,  // the server's name has no address; nothing was sent
  refused,     // no connection, or no TLS session on it; nothing was sent
  broken,      // sent, at least in part, and no whole answer came
};

struct HttpAnswer {
  HttpEnd end = HttpEnd::broken;
  int status = 0;
  std::string body;     // empty for a stream that began
  std::string problem;  // of any end but answered: one sentence
  bool too_late = false;
};

class HttpSink {
 public:
  virtual ~HttpSink() = default;
  virtual void on_done(uint64_t id, const HttpAnswer& answer) = 0;
  // A stream's status line said 200; then its bytes. False ends it as broken.
  virtual void on_open(uint64_t id) = 0;
  virtual bool on_bytes(uint64_t id, std::string_view bytes) = 0;
};

class Http {
 public:
  // REQUIRES: sink outlives this.
  Http(const Credentials& server, HttpSink& sink);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Answers come from run(), never from here.
  uint64_t start(HttpRequest request, const Identity::Presented& who);
  // No more is heard of it. Unknown ids are ignored.
  void cancel(uint64_t id);
  // Waits until something happened, at most so long, and hands it to the sink. `wake_fd`, when not
  // negative, ends the wait when it can be read (signals).
  void run(sim::Duration wait_max, int wake_fd = -1);
  // Answers longer than this are broken off. A list page of 500 pods is about 5 MB.
  static constexpr size_t kBodyBytesMax = size_t{256} << 20;

 private:
  struct Transfer;
  struct Multi;
  int perform();  // how many ended
  void finish(Transfer& transfer, int code);
  static size_t on_write(char* data, size_t size, size_t count, void* transfer);
  void set_up(Transfer& transfer, const Identity::Presented& who);
  void set_up_tls(Transfer& transfer, const Identity::Presented& who);

  Credentials server_;
  HttpSink& sink_;
  std::unique_ptr<Multi> multi_;
  std::map<uint64_t, std::unique_ptr<Transfer>> transfers_;
  std::vector<uint64_t> starting_;
  uint64_t next_id_ = 1;
};

}  // namespace twin::controller::live
