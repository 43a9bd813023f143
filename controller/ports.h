// The controller's only window on the world. Raw verbs: Kubernetes get, list, watch, create,
// update, apply, delete, evict; typed Kafka requests to one node; the time; a wake-up. Nothing here
// decides, retries, caches or routes: informers, election and admin sessions are controller code
// and run unchanged in the twin and live. Calls are asynchronous: `call` returns an id, the reply
// comes to the Process. A reply may never come (the process was killed) and its outcome may be
// unknown (the write may or may not have happened).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/api/object.h"
#include "sim/time.h"

namespace twin::controller {

// Identifies a call and its reply; decisions cite these. Unique within a run, ascending. 0 = none.
struct CallId {
  uint64_t value = 0;
  constexpr auto operator<=>(const CallId&) const = default;
};

enum class Outcome : uint8_t {
  ok,
  not_found,          // 404
  conflict,           // 409 Conflict: stale resourceVersion, wrong uid, field manager
  already_exists,     // 409 AlreadyExists
  gone,               // 410: resourceVersion too old
  invalid,            // 422, or a Kafka error that says the request itself is wrong
  forbidden,          // 403
  too_many_requests,  // 429: load, or a disruption budget
  server_error,       // 5xx with an answer: the write did not happen
  refused,            // could not connect: nothing was sent
  unknown,            // timeout or broken connection after sending: anything may have happened
  unresolved,         // the name has no address, so no client could be made: nothing was sent
};
std::string_view outcome_name(Outcome outcome);

struct ReplyMeta {
  CallId id;
  sim::Time asked;
  sim::Time answered;
  sim::Time as_of;  // when the answer was true at the server; older than `answered`
  Outcome outcome = Outcome::unknown;
  api::KafkaError kafka_error = api::KafkaError::none;
  std::string message;  // of the server, on errors
  bool ok() const { return outcome == Outcome::ok; }
};

enum class Verb : uint8_t { get, list, watch, create, update, update_status, apply, remove, evict };
std::string_view verb_name(Verb verb);
enum class Propagation : uint8_t { background, foreground, orphan };

struct KubeRequest {
  Verb verb = Verb::get;
  api::Kind kind = api::Kind::pod;
  std::string namespace_name;
  std::string name;
  api::ObjectPtr object;               // create, update, update_status, apply
  api::Labels selector;                // list and watch: labels that must match
  api::ResourceVersion since;          // list: at least; watch: after this one
  api::Uid uid;                        // remove, evict: precondition, when valid
  std::optional<sim::Duration> grace;  // remove
  Propagation propagation = Propagation::background;
  std::string field_manager;  // apply
  bool force = false;         // apply: take fields over from other managers
};

struct KubeReply {
  ReplyMeta meta;
  api::ObjectPtr object;                  // of get and writes: as it is stored now
  std::vector<api::ObjectPtr> items;      // of list
  api::ResourceVersion resource_version;  // of list
};

enum class WatchEventType : uint8_t { added, modified, deleted, bookmark, error };
struct WatchEvent {
  CallId watch;  // the call that opened it
  sim::Time delivered;
  WatchEventType type = WatchEventType::added;
  api::ObjectPtr object;                  // nullptr on bookmark and error
  api::ResourceVersion resource_version;  // of the event or bookmark
  Outcome outcome = Outcome::ok;          // error: gone (expired) or unknown (stream broke)
};

// Whom a Kafka request is sent to: a node's own address. Clients route; ports do not.
struct KafkaRequest {
  api::NodeId node;
  bool controller_listener = false;  // port 9090 of a KRaft controller, else the broker's 9091
  bool zookeeper = false;            // a ZooKeeper server: `node` is its ordinal
  sim::Duration timeout{30'000'000'000};
  api::KafkaBody body;
};

struct KafkaReply {
  ReplyMeta meta;
  api::NodeId node;
  api::KafkaReplyBody body;
};

// What a decision is about; the report and `explain` group by it.
enum class DecisionKind : uint8_t {
  note,           // a finding without an action
  reconcile,      // a reconcile began, ended or failed
  order,          // the order in which nodes will be visited
  restart,        // restart this node now
  wait,           // do not act on this node now
  skip,           // nothing to do for this node
  reconfigure,    // change configuration without a restart
  refuse,         // the desired state is refused (in part)
  give_up,        // retries are used up, or a fatal error
  upgrade_phase,  // a version, protocol or metadata step
  create,         // an object is created
  remove,         // an object is removed
  scale,
};
std::string_view decision_kind_name(DecisionKind kind);

// A decision says why and cites the replies it rests on.
struct Decision {
  DecisionKind kind = DecisionKind::note;
  api::NodeId node;     // invalid when it is not about one node
  std::string subject;  // pod or object name, or the cluster
  std::string reason;   // one sentence for a person at three in the morning
  std::string code;     // stable: Strimzi's restart reason or error class, or our own word
  std::vector<CallId> cites;
};

class Ports {
 public:
  virtual ~Ports() = default;
  virtual sim::Time now() const = 0;
  // The earliest pending wake-up counts; a later one does not cancel it.
  virtual void wake_at(sim::Time at) = 0;
  virtual CallId call(KubeRequest request) = 0;
  virtual CallId call(KafkaRequest request) = 0;
  // Ends a watch: no further event is delivered. Unknown ids are ignored.
  virtual void stop_watch(CallId watch) = 0;
  virtual void decided(Decision decision) = 0;
  // Ends this process as soon as the call in progress returns; whoever hosts it starts another one.
  // From now on nothing it asks for is carried out.
  virtual void exit_process() {}
};

// A controller process as its host sees it: started, fed, killed (by destroying it).
class Process {
 public:
  virtual ~Process() = default;
  virtual void start() = 0;
  virtual void on_reply(const KubeReply& reply) = 0;
  virtual void on_reply(const KafkaReply& reply) = 0;
  virtual void on_watch(const WatchEvent& event) = 0;
  virtual void on_wake() = 0;
};

}  // namespace twin::controller
