// The controller's Kubernetes verbs against a real API server. One thread: calls go out at once,
// replies and watch events come from run(). Each call has its reply within its time, whatever the
// server does; a list is read page by page, and from its beginning where a page has expired.
//
// A reply's `as_of` is when its request went out: the answer was true at some instant since then.
// A call that a 401 answers is made again, once, with fresh credentials where there are any: it was
// not carried out.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "controller/live/clock.h"
#include "controller/live/http.h"
#include "controller/live/kube/answers.h"
#include "controller/live/kube/identity.h"
#include "controller/live/kube/routes.h"

namespace twin::controller::live {

class KubeEvents {
 public:
  virtual ~KubeEvents() = default;
  virtual void on_kube_reply(const KubeReply& reply) = 0;
  virtual void on_kube_watch(const WatchEvent& event) = 0;
};

// Sees what goes over the wire, without headers and so without credentials. For recordings.
class KubeExchanges {
 public:
  virtual ~KubeExchanges() = default;
  virtual void on_request(CallId call, const HttpRequest& request) = 0;
  virtual void on_bytes(CallId call, std::string_view bytes) = 0;  // of a watch
  virtual void on_answer(CallId call, const HttpAnswer& answer) = 0;
};

class KubeClient final : private HttpSink {
 public:
  // REQUIRES: clock and events outlive this.
  KubeClient(Credentials credentials, const Clock& clock, RouteOptions options, KubeEvents& events);

  void call(CallId id, KubeRequest request);
  void stop_watch(CallId id);
  // Waits until something happened, at most so long, and hands it on.
  void run(sim::Duration wait_max, int wake_fd = -1);
  size_t pending() const { return calls_.size() + ready_.size(); }
  void record(KubeExchanges* exchanges) { exchanges_ = exchanges; }
  const RouteOptions& options() const { return options_; }
  // Why watches ended, for the log: told once each.
  std::vector<std::string> take_problems() { return std::exchange(problems_, {}); }

 private:
  struct Call {
    CallId id;
    KubeRequest request;
    HttpRequest http;
    sim::Time asked;
    sim::Time page_asked;
    uint64_t transfer = 0;
    bool asked_again = false;   // after a 401
    bool listed_again = false;  // after a page expired
    bool open = false;          // a watch
    bool over = false;          // a watch that gave its error event
    std::string line;           // a watch's last, unfinished one
    KubeReply reply;            // of a list: the pages so far
  };
  void send(Call& call);
  void answer(Call& call, Outcome outcome, std::string message);
  void deliver(Call call);
  bool worth_asking_again(const Call& call, const HttpAnswer& answer);
  void take(Call call, const HttpAnswer& answer);
  bool take_line(Call& call, std::string_view line);
  void end_watch(Call& call, Outcome outcome, const std::string& problem);
  void on_done(uint64_t transfer, const HttpAnswer& answer) override;
  void on_open(uint64_t transfer) override;
  bool on_bytes(uint64_t transfer, std::string_view bytes) override;

  const Clock& clock_;
  RouteOptions options_;
  KubeEvents& events_;
  KubeExchanges* exchanges_ = nullptr;
  Identity identity_;
  Uids uids_;
  std::map<uint64_t, Call> calls_;  // by transfer
  std::deque<Call> ready_;          // answered without a server
  std::vector<std::string> problems_;
  Http http_;  // last: its end calls nobody back
};

}  // namespace twin::controller::live
