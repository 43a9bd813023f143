// Plays the calls of kubernetes.yaml against something that answers like an API server, and says
// what it answered otherwise.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/api/value.h"
#include "controller/ports.h"

namespace twin::conformance {

class Server {
 public:
  virtual ~Server() = default;
  // The namespace of the case; empty as yet.
  virtual void begin(const std::string& name) = 0;
  virtual controller::KubeReply call(const controller::KubeRequest& request) = 0;
  // The first `count` events of a watch.
  virtual std::vector<controller::WatchEvent> watch(const controller::KubeRequest& request,
                                                    size_t count) = 0;
  // Forgets what was, so that a watch from the past is too late.
  virtual void compact() = 0;
};

struct Case {
  std::string name;
  api::Value steps;
};

// The whole table. Error: file:line:column.
sim::Expected<std::vector<Case>> read_cases(const std::string& path);

class Player {
 public:
  Player(const Case& played, Server& server) : case_(played), server_(server) {}
  // One line for each answer that was not as the table says.
  std::vector<std::string> play();

 private:
  void step(const api::Value& step);
  controller::KubeRequest request_of(const std::string& verb, const api::Value& subject,
                                     const api::Value& step);
  void check(const api::Value& step, const controller::KubeReply& reply);
  void check_object(const api::Value& step, const controller::KubeReply& reply);
  void check_events(const api::Value& step, const std::vector<controller::WatchEvent>& events);
  void wrong(const std::string& what);

  const Case& case_;
  Server& server_;
  api::Mark at_;
  std::map<std::string, api::ObjectPtr> kept_;
  std::map<std::pair<api::Kind, std::string>, api::ResourceVersion> versions_;
  std::vector<std::string> wrong_;
};

}  // namespace twin::conformance
