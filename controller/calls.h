// How decisions ask the world. A task's step is a pure function of what it has read and of its
// memory: it is run again whenever something arrived, asks for what it needs by key, and gets the
// reply when it is there. The first time a key is asked the request goes out; until the reply comes
// `kube` and `kafka` return nullptr and the step returns Progress::waiting. So code reads in order,
// although every call is asynchronous:
//
//   const KubeReply* pod = calls.kube("pod", get_pod(name));
//   if (!pod) return Progress::waiting();
//   if (!pod->meta.ok()) return Progress::failed(...);
//
// `forget` starts over (a poll asks the same key again after a while). What is in the memo plus the
// task's own memory is all the state there is: drop both and the task starts afresh.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/ports.h"

namespace twin::controller {

// Outcome of one step.
struct Progress {
  enum class State : uint8_t { waiting, done, failed } state = State::waiting;
  std::string error_class;  // Strimzi's exception class or ours: "UnforceableProblem", ...
  std::string message;
  static Progress waiting() { return {}; }
  static Progress done() { return {State::done, {}, {}}; }
  static Progress failed(std::string error_class, std::string message) {
    return {State::failed, std::move(error_class), std::move(message)};
  }
  bool is_waiting() const { return state == State::waiting; }
  bool is_done() const { return state == State::done; }
  bool is_failed() const { return state == State::failed; }
};

class Calls {
 public:
  explicit Calls(Ports& ports) : ports_(ports) {}

  // Replies by key; the request is only looked at when the key is new. Pointers stay valid until
  // forget.
  const KubeReply* kube(std::string_view key, const KubeRequest& request);
  const KafkaReply* kafka(std::string_view key, const KafkaRequest& request);
  // True once `delay` has passed since the key was first asked; asks for a wake-up until then.
  bool elapsed(std::string_view key, sim::Duration delay);
  // The time at which a key was first asked; kNever when it was not.
  sim::Time asked_at(std::string_view key) const;

  void forget(std::string_view key);            // this key
  void forget_prefix(std::string_view prefix);  // all keys that begin so
  void forget_all();

  sim::Time now() const { return ports_.now(); }
  void wake_at(sim::Time at) { ports_.wake_at(at); }
  void decide(Decision decision) { ports_.decided(std::move(decision)); }
  Ports& ports() { return ports_; }

  // For the driver. Each returns true when the reply belongs to one of this task's open keys.
  bool deliver(const KubeReply& reply);
  bool deliver(const KafkaReply& reply);

 private:
  struct Entry {
    CallId id;
    sim::Time asked;
    bool answered = false;
    std::unique_ptr<KubeReply> kube;
    std::unique_ptr<KafkaReply> kafka;
  };
  Ports& ports_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<CallId, std::string> open_;
};

// A unit of controller work that is stepped until it is done.
class Task {
 public:
  virtual ~Task() = default;
  virtual Progress step(Calls& calls) = 0;
};

}  // namespace twin::controller
