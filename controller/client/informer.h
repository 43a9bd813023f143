// A local, possibly stale copy of all objects of one kind, kept by list and watch: the list gives a
// resourceVersion, the watch resumes from the last one seen. A stream that breaks is opened again
// where it ended; when the server says that this is too old (410 Gone), or a list fails, everything
// is listed again, with growing delays after errors. Listeners hear of differences only, and once
// in a while (resync) of everything.
#pragma once

#include <map>
#include <string>

#include "controller/ports.h"

namespace twin::controller {

class InformerListener {
 public:
  virtual ~InformerListener() = default;
  // added: before is null; deleted: after is null; resync: both are the same.
  virtual void on_change(api::Kind kind, const api::ObjectPtr& before,
                         const api::ObjectPtr& after) = 0;
};

struct InformerOptions {
  api::Kind kind = api::Kind::pod;
  std::string namespace_name;
  api::Labels selector;
  sim::Duration resync{0};  // 0: never
  sim::Duration relist{0};  // 0: only after errors; else a missed event is found after at most this
};

class Informer {
 public:
  Informer(Ports& ports, InformerOptions options, InformerListener& listener);

  void start();
  // For the driver. True when the reply or event is this informer's.
  bool deliver(const KubeReply& reply);
  bool deliver(const WatchEvent& event);
  // Does what is due and asks for a wake-up for what is not.
  void step();

  // The first list has arrived.
  bool synced() const { return synced_; }
  api::ObjectPtr find(const std::string& name) const;
  const std::map<std::string, api::ObjectPtr>& items() const { return items_; }
  api::ResourceVersion resource_version() const { return version_; }

 private:
  enum class State : uint8_t { idle, listing, watching, waiting_to_list, waiting_to_watch };

  void list();
  void watch();
  void retry(State state);
  void replace_all(const KubeReply& reply);
  void put(const api::ObjectPtr& object);
  void drop(const std::string& name);
  bool due(sim::Time at) const { return at <= ports_.now(); }

  Ports& ports_;
  InformerOptions options_;
  InformerListener& listener_;
  State state_ = State::idle;
  CallId list_call_;
  CallId watch_call_;
  bool synced_ = false;
  int failures_ = 0;
  sim::Time retry_at_ = sim::kNever;
  sim::Time resync_at_ = sim::kNever;
  sim::Time relist_at_ = sim::kNever;
  api::ResourceVersion version_;
  std::map<std::string, api::ObjectPtr> items_;
};

}  // namespace twin::controller
