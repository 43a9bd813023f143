// One connection to a Kafka broker over plain TCP: versions are agreed on when it opens, then one
// request at a time. Each call ends within its time, whatever the peer does; after a call that
// got no readable answer the stream's place is unknown, so that the connection is closed and
// every later call says so. Only the look-up of a name is bound by the resolver's own time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controller/live/kafka/message.h"
#include "sim/expected.h"
#include "sim/time.h"

namespace twin::controller::live::kafka {

struct Endpoint {
  std::string host;
  std::string port;
  std::string text() const { return host + ":" + port; }
};
// "host:port", "[::1]:port".
sim::Expected<Endpoint> parse_endpoint(std::string_view text);

class Connection {
 public:
  static sim::Expected<Connection> open(const Endpoint& to, sim::Duration time_max);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // Errors name the broker. A refusal by Kafka is no error here but a Reply with its code.
  // REQUIRES: as encode_request.
  sim::Expected<Reply> ask(const api::KafkaBody& body, sim::Duration time_max);
  const Versions& versions() const { return versions_; }

  // Longer answers are not read. Descriptions of 100000 partitions are about 8 MB.
  static constexpr int32_t kFrameBytesMax = 256 << 20;

 private:
  explicit Connection(const Endpoint& to) : to_(to) {}
  sim::Expected<void> connect(sim::Time until);
  sim::Expected<void> negotiate(sim::Time until);
  sim::Expected<std::string> exchange(std::string_view request, sim::Time until);
  sim::Expected<void> send_all(std::string_view bytes, sim::Time until);
  sim::Expected<std::string> receive(size_t count, sim::Time until);
  sim::Expected<void> wait_for(short events, sim::Time until, std::string_view what);
  sim::Error problem(std::string what) const { return {"Kafka at " + to_.text(), what, ""}; }
  void close();

  Endpoint to_;
  int socket_ = -1;
  int32_t correlation_ = 0;
  Versions versions_;
};

}  // namespace twin::controller::live::kafka
