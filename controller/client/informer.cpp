#include "controller/client/informer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

using namespace sim::literals;

// fabric8's WatchConfig: 1 s first, doubling, 32 s at most.
constexpr sim::Duration kRetryFirst = 1_s;
constexpr int kRetryDoublingsMax = 5;

}  // namespace

Informer::Informer(Ports& ports, InformerOptions options, InformerListener& listener)
    : ports_(ports), options_(std::move(options)), listener_(listener) {}

void Informer::start() {
  TWIN_ASSERT(state_ == State::idle);
  if (options_.resync.ns > 0) resync_at_ = ports_.now() + options_.resync;
  list();
}

void Informer::list() {
  KubeRequest request;
  request.verb = Verb::list;
  request.kind = options_.kind;
  request.namespace_name = options_.namespace_name;
  request.selector = options_.selector;
  state_ = State::listing;
  list_call_ = ports_.call(std::move(request));
}

void Informer::watch() {
  KubeRequest request;
  request.verb = Verb::watch;
  request.kind = options_.kind;
  request.namespace_name = options_.namespace_name;
  request.selector = options_.selector;
  request.since = version_;
  state_ = State::watching;
  watch_call_ = ports_.call(std::move(request));
}

void Informer::retry(State state) {
  const int doublings = std::min(failures_, kRetryDoublingsMax);
  ++failures_;
  state_ = state;
  watch_call_ = {};
  retry_at_ = ports_.now() + kRetryFirst * (int64_t{1} << doublings);
  ports_.wake_at(retry_at_);
}

bool Informer::deliver(const KubeReply& reply) {
  if (reply.meta.id == list_call_ && list_call_.value != 0) {
    list_call_ = {};
    if (!reply.meta.ok()) {
      retry(State::waiting_to_list);
      return true;
    }
    replace_all(reply);
    failures_ = 0;
    if (options_.relist.ns > 0) relist_at_ = ports_.now() + options_.relist;
    watch();
    return true;
  }
  if (reply.meta.id != watch_call_ || watch_call_.value == 0) return false;
  if (reply.meta.outcome == Outcome::gone) {
    TWIN_MARK("informer_relisted_after_gone");
    watch_call_ = {};
    list();
  } else if (!reply.meta.ok()) {
    retry(State::waiting_to_watch);
  }
  return true;
}

bool Informer::deliver(const WatchEvent& event) {
  if (event.watch != watch_call_ || watch_call_.value == 0) return false;
  switch (event.type) {
    case WatchEventType::added:
    case WatchEventType::modified:
      put(event.object);
      break;
    case WatchEventType::deleted:
      TWIN_ASSERT(event.object != nullptr);
      drop(event.object->metadata.name);
      break;
    case WatchEventType::bookmark:
      break;
    case WatchEventType::error:
      ports_.stop_watch(watch_call_);
      if (event.outcome == Outcome::gone) {
        TWIN_MARK("informer_relisted_after_gone");
        watch_call_ = {};
        list();
      } else {
        TWIN_MARK("informer_watch_resumed");
        retry(State::waiting_to_watch);
      }
      return true;
  }
  failures_ = 0;
  version_ = std::max(version_, event.resource_version);
  return true;
}

void Informer::step() {
  if (state_ == State::waiting_to_list && due(retry_at_)) list();
  if (state_ == State::waiting_to_watch && due(retry_at_)) watch();
  if (state_ == State::waiting_to_list || state_ == State::waiting_to_watch)
    ports_.wake_at(retry_at_);
  if (state_ == State::watching && relist_at_ != sim::kNever) {
    if (due(relist_at_)) {
      relist_at_ = sim::kNever;
      ports_.stop_watch(watch_call_);
      watch_call_ = {};
      list();
    } else {
      ports_.wake_at(relist_at_);
    }
  }
  if (resync_at_ == sim::kNever) return;
  if (due(resync_at_)) {
    resync_at_ = ports_.now() + options_.resync;
    const std::map<std::string, api::ObjectPtr> held = items_;  // listeners may change items_
    for (const auto& [name, object] : held) listener_.on_change(options_.kind, object, object);
  }
  ports_.wake_at(resync_at_);
}

api::ObjectPtr Informer::find(const std::string& name) const {
  const auto found = items_.find(name);
  return found == items_.end() ? nullptr : found->second;
}

void Informer::replace_all(const KubeReply& reply) {
  std::set<std::string> listed;
  for (const api::ObjectPtr& object : reply.items) listed.insert(object->metadata.name);
  std::vector<std::string> lost;
  for (const auto& [name, object] : items_)
    if (!listed.contains(name)) lost.push_back(name);
  synced_ = true;
  version_ = reply.resource_version;
  for (const std::string& name : lost) drop(name);
  for (const api::ObjectPtr& object : reply.items) put(object);
}

void Informer::put(const api::ObjectPtr& object) {
  TWIN_ASSERT(object != nullptr);
  api::ObjectPtr& slot = items_[object->metadata.name];
  if (slot && slot->metadata.uid == object->metadata.uid &&
      slot->metadata.resource_version == object->metadata.resource_version) {
    return;  // a relist or a replayed event: known already
  }
  const api::ObjectPtr before = std::exchange(slot, object);
  listener_.on_change(options_.kind, before, object);
}

void Informer::drop(const std::string& name) {
  const auto found = items_.find(name);
  if (found == items_.end()) return;
  const api::ObjectPtr before = found->second;
  items_.erase(found);
  listener_.on_change(options_.kind, before, nullptr);
}

}  // namespace twin::controller
