#include "model/kube/store.h"

#include "controller/api/resources.h"
#include "sim/assert.h"

namespace twin::model::kube {

api::ObjectPtr Store::find(api::Kind kind, const std::string& namespace_name,
                           const std::string& name) const {
  const Objects& objects = all(kind);
  const auto found =
      objects.find({api::is_namespaced(kind) ? namespace_name : std::string(), name});
  return found == objects.end() ? nullptr : found->second;
}

namespace {

Store::Key key_of(const api::Object& object) {
  return {api::is_namespaced(object.kind) ? object.metadata.namespace_name : std::string(),
          object.metadata.name};
}

}  // namespace

api::ObjectPtr Store::add(std::shared_ptr<api::Object> object, sim::Time now) {
  object->metadata.uid = {next_uid_++};
  object->metadata.resource_version = {++version_};
  object->metadata.generation = api::has_generation(object->kind) ? 1 : 0;
  object->metadata.creation_time = now;
  object->metadata.deletion_time.reset();
  Objects& objects = objects_[static_cast<size_t>(object->kind)];
  const api::ObjectPtr stored = object;
  const bool fresh = objects.emplace(key_of(*stored), stored).second;
  TWIN_ASSERT_MSG(fresh, stored->metadata.name);
  record({controller::WatchEventType::added, nullptr, stored, {version_}});
  return stored;
}

api::ObjectPtr Store::replace(std::shared_ptr<api::Object> object) {
  object->metadata.resource_version = {++version_};
  Objects& objects = objects_[static_cast<size_t>(object->kind)];
  const auto found = objects.find(key_of(*object));
  TWIN_ASSERT_MSG(found != objects.end(), object->metadata.name);
  const api::ObjectPtr before = found->second;
  const api::ObjectPtr stored = object;
  found->second = stored;
  record({controller::WatchEventType::modified, before, stored, {version_}});
  return stored;
}

void Store::erase(const api::Object& object) {
  Objects& objects = objects_[static_cast<size_t>(object.kind)];
  const auto found = objects.find(key_of(object));
  if (found == objects.end()) return;
  const api::ObjectPtr last = found->second;
  objects.erase(found);
  ++version_;
  record({controller::WatchEventType::deleted, last, last, {version_}});
}

void Store::record(Change change) {
  history_.push_back(change);
  if (history_.size() > kHistoryMax) {
    compacted_ = history_.front().version.value;
    history_.pop_front();
  }
  listener_.on_change(change);
}

std::optional<std::vector<Change>> Store::changes_since(api::ResourceVersion since) const {
  if (since.value < compacted_) return std::nullopt;
  std::vector<Change> changes;
  for (const Change& change : history_) {
    if (change.version > since) changes.push_back(change);
  }
  return changes;
}

void Store::compact() {
  compacted_ = version_;
  history_.clear();
}

bool matches(const api::Labels& labels, const api::Labels& selector) {
  for (const auto& [key, value] : selector) {
    const auto found = labels.find(key);
    if (found == labels.end() || found->second != value) return false;
  }
  return true;
}

}  // namespace twin::model::kube
