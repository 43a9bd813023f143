// Calls through the client under test, one after the other.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "controller/live/kube/client.h"

namespace twin::live_test {

using namespace sim::literals;
using controller::CallId;
using controller::KubeReply;
using controller::KubeRequest;
using controller::Outcome;
using controller::Verb;
using controller::WatchEvent;
using controller::WatchEventType;
namespace live = controller::live;

class Asking : public live::KubeEvents {
 public:
  explicit Asking(live::Credentials credentials, live::RouteOptions options = {})
      : client(std::move(credentials), clock, std::move(options), *this) {}

  CallId start(KubeRequest request) {
    const CallId id{++last_};
    client.call(id, std::move(request));
    return id;
  }
  // The reply; nullopt when none came within 60 s.
  std::optional<KubeReply> ask(KubeRequest request) {
    const CallId id = start(std::move(request));
    wait([&] { return reply_of(id) != nullptr; });
    const KubeReply* found = reply_of(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  const KubeReply* reply_of(CallId id) const {
    for (const KubeReply& reply : replies)
      if (reply.meta.id == id) return &reply;
    return nullptr;
  }
  // Runs until it holds; false when it does not within 60 s.
  template <class Holds>
  bool wait(Holds holds) {
    const sim::Time deadline = live::monotonic_now() + 60_s;
    while (!holds()) {
      if (live::monotonic_now() > deadline) return false;
      client.run(50_ms);
    }
    return true;
  }

  // The first events of a watch, which is then stopped. Fewer when no more came within 60 s.
  std::vector<WatchEvent> first_events(KubeRequest request, size_t count) {
    events.clear();
    const CallId id = start(std::move(request));
    wait([&] {
      const KubeReply* opened = reply_of(id);
      return events.size() >= count || (opened != nullptr && !opened->meta.ok());
    });
    const KubeReply* opened = reply_of(id);
    if (opened != nullptr && !opened->meta.ok()) {
      WatchEvent refused;
      refused.type = WatchEventType::error;
      refused.outcome = opened->meta.outcome;
      return {refused};
    }
    client.stop_watch(id);
    return {events.begin(), events.begin() + static_cast<long>(std::min(count, events.size()))};
  }

  void on_kube_reply(const KubeReply& reply) override { replies.push_back(reply); }
  void on_kube_watch(const WatchEvent& event) override {
    events.push_back(event);
    if (stop_on_first_event) client.stop_watch(event.watch);
  }

  live::Clock clock;
  std::vector<KubeReply> replies;
  std::vector<WatchEvent> events;
  bool stop_on_first_event = false;
  live::KubeClient client;

 private:
  uint64_t last_ = 0;
};

}  // namespace twin::live_test
