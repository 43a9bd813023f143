// Open watches. Each sees the changes of its kind, namespace and labels in the order in which they
// were written, the watch latency after the write. A watch ends with an error event when its
// history was compacted away (410 Gone) and its client lists again. A watch that saw nothing while
// others did is told the version each minute (BOOKMARK; the API server's bookmarkFrequency).
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "controller/ports.h"
#include "model/hardware.h"
#include "model/kernel.h"
#include "model/kube/store.h"

namespace twin::model {

// Where a watch's events go.
class WatchSink {
 public:
  virtual ~WatchSink() = default;
  virtual void deliver(uint64_t watch_id, const controller::WatchEvent& event) = 0;
};

namespace kube {

class Watches {
 public:
  Watches(Kernel& kernel, const Hardware& hardware, uint16_t event_type)
      : kernel_(kernel), hardware_(hardware), event_type_(event_type) {}

  void open(uint64_t id, const controller::KubeRequest& request, WatchSink& sink,
            const std::vector<Change>& backlog);
  void close(uint64_t id) { open_.erase(id); }
  // Ends every open watch with 410 Gone.
  void expire_all();
  void on_change(const Change& change);
  // The oldest queued event of a watch is due.
  void handle(const sim::Event& event);
  size_t count() const { return open_.size(); }

 private:
  struct Watch {
    controller::KubeRequest request;
    WatchSink* sink = nullptr;
    std::deque<controller::WatchEvent> queue;
    bool bookmark_due = false;
  };
  bool offer(uint64_t id, Watch& watch, const Change& change);
  void enqueue(uint64_t id, Watch& watch, controller::WatchEvent event);

  Kernel& kernel_;
  const Hardware& hardware_;
  uint16_t event_type_;
  std::map<uint64_t, Watch> open_;
  api::ResourceVersion latest_;
};

}  // namespace kube
}  // namespace twin::model
