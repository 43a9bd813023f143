#include "model/kube/watches.h"

namespace twin::model::kube {

using controller::WatchEvent;
using controller::WatchEventType;

namespace {

constexpr sim::Duration kBookmarkEvery{60'000'000'000};
constexpr uint32_t kBookmark = 1;  // argument of an event

bool selects(const controller::KubeRequest& request, const api::ObjectPtr& object) {
  return object && matches(object->metadata.labels, request.selector);
}

}  // namespace

void Watches::open(uint64_t id, const controller::KubeRequest& request, WatchSink& sink,
                   const std::vector<Change>& backlog) {
  Watch& watch = open_[id];
  watch.request = request;
  watch.sink = &sink;
  watch.queue.clear();
  watch.bookmark_due = false;
  for (const Change& change : backlog) offer(id, watch, change);
}

void Watches::expire_all() {
  for (auto& [id, watch] : open_) {
    WatchEvent event;
    event.watch = {id};
    event.type = WatchEventType::error;
    event.outcome = controller::Outcome::gone;
    watch.queue.clear();
    enqueue(id, watch, std::move(event));
  }
}

void Watches::on_change(const Change& change) {
  latest_ = change.version;
  for (auto& [id, watch] : open_) {
    if (offer(id, watch, change) || watch.bookmark_due) continue;
    watch.bookmark_due = true;
    kernel_.after(kBookmarkEvery, event_type_, static_cast<uint32_t>(id), 0, kBookmark);
  }
}

// An object whose labels leave the selector is deleted, and one that enters it is added, as far as
// the watch is concerned.
bool Watches::offer(uint64_t id, Watch& watch, const Change& change) {
  const api::Object& object = *change.after;
  if (object.kind != watch.request.kind) return false;
  if (!watch.request.namespace_name.empty() && api::is_namespaced(object.kind) &&
      object.metadata.namespace_name != watch.request.namespace_name) {
    return false;
  }
  if (!watch.request.name.empty() && object.metadata.name != watch.request.name) return false;
  const bool was = change.type != WatchEventType::added && selects(watch.request, change.before);
  const bool is = change.type != WatchEventType::deleted && selects(watch.request, change.after);
  if (!was && !is) return false;
  WatchEvent event;
  event.watch = {id};
  event.type = was && is ? WatchEventType::modified
               : is      ? WatchEventType::added
                         : WatchEventType::deleted;
  event.object = change.after;
  event.resource_version = change.version;
  enqueue(id, watch, std::move(event));
  return true;
}

void Watches::enqueue(uint64_t id, Watch& watch, WatchEvent event) {
  watch.queue.push_back(std::move(event));
  kernel_.after(hardware_.watch_latency, event_type_, static_cast<uint32_t>(id));
}

// One timer per queued event, all of one delay: the front is always the one that is due. A watch
// that was closed, or whose queue was dropped by an expiry, finds nothing.
void Watches::handle(const sim::Event& event) {
  const auto found = open_.find(event.entity);
  if (found == open_.end()) return;
  if (event.argument == kBookmark) {
    WatchEvent bookmark;
    bookmark.watch = {found->first};
    bookmark.type = WatchEventType::bookmark;
    bookmark.resource_version = latest_;
    found->second.bookmark_due = false;
    return enqueue(found->first, found->second, std::move(bookmark));
  }
  if (found->second.queue.empty()) return;
  const WatchEvent due = std::move(found->second.queue.front());
  found->second.queue.pop_front();
  WatchSink* sink = found->second.sink;
  if (due.type == WatchEventType::error) open_.erase(found);
  sink->deliver(event.entity, due);
}

}  // namespace twin::model::kube
