// KafkaRoller of the Strimzi operator, decision by decision, its known limits included.
//
// Two phases: every node with the controller role, then pure brokers, which are not even scheduled
// before all controllers are done. Inside a phase nodes are visited one at a time, in the order of
// their due times; those that were not Ready at the start come first. A visit ends well, or with a
// problem: Fatal aborts the roll; Unforceable and Forceable send the node to the back with a
// growing delay, ten attempts in all, and a Forceable one is restarted by force on the last. The
// sequence of a visit is in visit.cpp. Sources: KafkaRoller.java, BackOff.java; measured rules in
// docs/MODEL.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/config/kafka_config.h"
#include "controller/roll/roller.h"
#include "controller/roll/strimzi_behaviour.h"

namespace twin::controller {

class StrimziRoller final : public Roller {
 public:
  // REQUIRES: behaviour outlives the roller.
  StrimziRoller(RollRequest request, const StrimziBehaviour& behaviour);
  Progress step(Calls& calls) override;
  std::vector<std::string> pending() const override;

 private:
  enum class Problem : uint8_t { none, forceable, unforceable, fatal };
  struct Context {
    size_t node = 0;  // in request_.nodes
    int attempt = 1;
    sim::Time due{};
    uint64_t order = 0;  // of scheduling, among equal times
    bool open = true;
    // Of the visit that is going on.
    bool restarting = false;
    bool reconfigured = false;
    bool event_sent = false;
    bool delete_failed = false;
    api::Uid deleted;
    std::vector<std::string> reasons;
    std::vector<std::string> restart_keys;  // of the configuration, that cannot change otherwise
    std::vector<CallId> cites;
    // How it failed in the end.
    std::string error_class, message;
  };
  // How one visit, or a part of it, went.
  struct Visit {
    enum class State : uint8_t { waiting, done, problem } state = State::waiting;
    Problem problem = Problem::none;
    std::string message;   // as Strimzi says it, also in the resource's status
    std::string detail;    // what its log says beside
    bool refused = false;  // canRoll said no, where other problems are failures to find out
    CallId shown_by;       // the reply that the problem was found in, where none is cited yet
    static Visit waiting() { return {}; }
    static Visit done() { return {State::done, Problem::none, {}, {}, false, {}}; }
    static Visit stop(Problem p, std::string m, std::string d = {}) {
      return {State::problem, p, std::move(m), std::move(d), false, {}};
    }
    static Visit stop_by(const ReplyMeta& reply, Problem p, std::string m, std::string d = {}) {
      return {State::problem, p, std::move(m), std::move(d), false, reply.id};
    }
    static Visit refuse(std::string m, std::string d) {
      return {State::problem, Problem::unforceable, std::move(m), std::move(d), true, {}};
    }
  };
  // What checkIfRestartOrReconfigureRequired finds.
  struct Needs {
    bool force = false;
    bool restart = false;
    bool reconfigure = false;
    config::ConfigDiff diff;
  };

  // strimzi_roller.cpp
  Progress begin(Calls& calls);
  void start_phase(Calls& calls, bool controllers);
  Context* next_context(sim::Time now);
  void handle_problem(Context& context, const Visit& visit, Calls& calls);
  Progress finish() const;
  const RollNode& node_of(const Context& context) const { return request_.nodes[context.node]; }
  const api::ServerConfig* config_of(const Context& context) const;
  std::string key(const Context& context, const char* part) const;
  void decide(Calls& calls, const Context& context, DecisionKind kind, std::string code,
              std::string reason, std::vector<CallId> cites = {}) const;
  void close_visit(Context& context, Calls& calls);

  // visit.cpp
  Visit visit(Context& context, Calls& calls);
  Visit visit_pod(Context& context, const api::Pod& pod, CallId read, Calls& calls);
  Visit find_needs(Context& context, const api::Pod& pod, bool stuck, Calls& calls, Needs& needs);
  Visit find_config_needs(Context& context, const api::Pod& pod, Calls& calls, Needs& needs);
  Visit force_if_last(Context& context, const api::Pod& pod, Visit problem, Calls& calls);
  bool ask_agent(Context& context, Calls& calls, Visit& recovering);
  Visit apply_needs(Context& context, const api::Pod& pod, Needs& needs, Calls& calls);
  Visit make_admin(Context& context, Calls& calls, bool for_quorum, bool& made);
  void publish_event(Context& context, Calls& calls);
  Visit reconfigure(Context& context, const Needs& needs, Calls& calls, bool& failed);
  Visit check_active_controller(Context& context, Calls& calls);
  Visit can_roll(Context& context, const api::Pod& pod, const std::string& when, Calls& calls);
  Visit can_roll_controller(Context& context, const std::string& when, Calls& calls);
  Visit can_roll_broker(Context& context, const std::string& when, Calls& calls);
  Visit begin_restart(Context& context, const api::Pod& pod, Calls& calls);
  Visit await_restart(Context& context, Calls& calls);
  Visit await_ready(Context& context, Calls& calls, const std::string& name, Problem on_timeout,
                    const std::string& message);

  RollRequest request_;
  const StrimziBehaviour& behaviour_;
  std::vector<Context> contexts_;
  std::vector<size_t> unready_;  // nodes that were not Ready at the start
  bool begun_ = false;
  bool broker_phase_ = false;
  bool broker_admin_ = false;  // clients that were made, and are kept for the whole roll
  bool quorum_admin_ = false;
  int current_ = -1;  // context being visited
  uint64_t scheduled_ = 0;
  bool fatal_ = false;
};

}  // namespace twin::controller
