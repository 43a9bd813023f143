// The objects of the API server by kind and name, with the version that etcd would give each write.
// Objects are immutable; a write replaces the pointer. Whoever needs to know of changes listens;
// the last changes are kept, so that a watch may start in the past, until they are compacted.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/api/object.h"
#include "controller/ports.h"

namespace twin::model::kube {

struct Change {
  controller::WatchEventType type = controller::WatchEventType::added;
  api::ObjectPtr before;  // nullptr when added
  api::ObjectPtr after;   // of a deletion: as it was last
  api::ResourceVersion version;
};

class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  virtual void on_change(const Change& change) = 0;
};

class Store {
 public:
  using Key = std::pair<std::string, std::string>;  // namespace, name
  using Objects = std::map<Key, api::ObjectPtr>;

  explicit Store(ChangeListener& listener) : listener_(listener) {}

  api::ObjectPtr find(api::Kind kind, const std::string& namespace_name,
                      const std::string& name) const;
  const Objects& all(api::Kind kind) const { return objects_[static_cast<size_t>(kind)]; }
  api::ResourceVersion version() const { return {version_}; }

  // Stamps version (and for a new object uid, generation 1 and creation time) and stores.
  api::ObjectPtr add(std::shared_ptr<api::Object> object, sim::Time now);
  // Replaces what is stored under the same name, whatever its version. REQUIRES: it exists.
  api::ObjectPtr replace(std::shared_ptr<api::Object> object);
  void erase(const api::Object& object);

  // Changes after `since`; nullopt when some of them are compacted: 410 Gone.
  std::optional<std::vector<Change>> changes_since(api::ResourceVersion since) const;
  void compact();

 private:
  void record(Change change);

  // etcd keeps 5 minutes, the watch cache some hundred events per kind; one ring for all kinds
  // here.
  static constexpr size_t kHistoryMax = 10'000;

  ChangeListener& listener_;
  std::array<Objects, api::kKindCount> objects_;
  std::deque<Change> history_;
  uint64_t version_ = 1;
  uint64_t compacted_ = 0;  // changes up to this version are gone
  uint64_t next_uid_ = 1;
};

bool matches(const api::Labels& labels, const api::Labels& selector);

}  // namespace twin::model::kube
