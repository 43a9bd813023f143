#include "controller/live/kafka/connection.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "controller/live/clock.h"
#include "controller/live/kafka/wire.h"

namespace twin::controller::live::kafka {

namespace {

// So much is reserved at a time: a length alone must not cost memory, only bytes that came.
constexpr size_t kReadBytesMax = size_t{64} << 10;

std::string system_text(int code) { return std::generic_category().message(code); }

}  // namespace

sim::Expected<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  Endpoint out;
  if (colon != text.npos) {
    out.host = text.substr(0, colon);
    out.port = text.substr(colon + 1);
  }
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  else if (out.host.find(':') != out.host.npos)
    out.host.clear();  // an IPv6 address whose last group would pass for a port
  int port = 0;
  const char* end = out.port.data() + out.port.size();
  const auto parsed = std::from_chars(out.port.data(), end, port);
  if (out.host.empty() || parsed.ec != std::errc{} || parsed.ptr != end || port < 1 || port > 65535)
    return sim::Error{std::string(text), "is no address of a broker", "HOST:PORT"};
  return out;
}

Connection::Connection(Connection&& other) noexcept
    : to_(std::move(other.to_)),
      socket_(std::exchange(other.socket_, -1)),
      correlation_(other.correlation_),
      versions_(std::move(other.versions_)) {}

Connection::~Connection() { close(); }

void Connection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

sim::Expected<Connection> Connection::open(const Endpoint& to, sim::Duration time_max) {
  const sim::Time until = monotonic_now() + time_max;
  Connection out(to);
  if (auto done = out.connect(until); !done) return done.error();
  if (auto done = out.negotiate(until); !done) return done.error();
  return out;
}

sim::Expected<void> Connection::wait_for(short events, sim::Time until, std::string_view what) {
  while (true) {
    const int64_t left_ns = (until - monotonic_now()).ns;
    if (left_ns <= 0) return problem("no time is left, while " + std::string(what));
    const int64_t left_ms = std::min<int64_t>(left_ns / 1'000'000 + 1, 60'000);
    pollfd one{socket_, events, 0};
    const int ready = poll(&one, 1, static_cast<int>(left_ms));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return problem(system_text(errno));
  }
}

sim::Expected<void> Connection::connect(sim::Time until) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(to_.host.c_str(), to_.port.c_str(), &hints, &found); code != 0)
    return problem(std::string("the name has no address: ") + gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  sim::Error last = problem("the name has no address");
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    close();
    socket_ = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return problem(system_text(errno));
    int code = ::connect(socket_, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (code == EINPROGRESS) {
      if (auto ready = wait_for(POLLOUT, until, "connecting"); !ready) return ready.error();
      socklen_t size = sizeof code;
      getsockopt(socket_, SOL_SOCKET, SO_ERROR, &code, &size);
    }
    if (code == 0) {
      const int on = 1;
      setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return {};
    }
    last = problem("no connection: " + system_text(code));
  }
  return last;
}

sim::Expected<void> Connection::send_all(std::string_view bytes, sim::Time until) {
  while (!bytes.empty()) {
    if (auto ready = wait_for(POLLOUT, until, "sending"); !ready) return ready.error();
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
      return problem("the connection broke: " + system_text(errno));
  }
  return {};
}

sim::Expected<std::string> Connection::receive(size_t count, sim::Time until) {
  std::string out;
  while (out.size() < count) {
    if (auto ready = wait_for(POLLIN, until, "waiting for an answer"); !ready) return ready.error();
    const size_t had = out.size();
    out.resize(had + std::min(count - had, kReadBytesMax));
    const ssize_t got = recv(socket_, out.data() + had, out.size() - had, 0);
    const int code = errno;
    out.resize(had + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0)
      return sim::Error{"Kafka at " + to_.text(), "the broker closed the connection",
                        "its listener may want TLS or a login"};
    if (got < 0 && code != EAGAIN && code != EINTR)
      return problem("the connection broke: " + system_text(code));
  }
  return out;
}

sim::Expected<std::string> Connection::exchange(std::string_view request, sim::Time until) {
  if (socket_ < 0) return problem("the connection is closed since an earlier call failed");
  const auto frame = [&]() -> sim::Expected<std::string> {
    if (auto sent = send_all(request, until); !sent) return sent.error();
    const auto head = receive(4, until);
    if (!head) return head.error();
    const int32_t length = Reader(*head, false).i32();
    if (length < 4 || length > kFrameBytesMax)
      return problem("answers with a length of " + std::to_string(length) +
                     " bytes, which is no answer of Kafka");
    return receive(static_cast<size_t>(length), until);
  }();
  if (!frame) close();
  return frame;
}

sim::Expected<void> Connection::negotiate(sim::Time until) {
  constexpr int16_t kUnsupportedVersion = 35;
  RequestHead head{Api::api_versions, row_of(Api::api_versions).versions.max, 0};
  for (int attempt = 0; attempt < 2; ++attempt) {
    head.correlation = ++correlation_;
    const auto frame = exchange(encode_api_versions(head), until);
    if (!frame) return frame.error();
    auto answer = decode_api_versions(head, *frame);
    if (!answer) return problem(answer.error().to_string());
    versions_ = std::move(answer->versions);
    if (answer->error == 0) return {};
    if (answer->error != kUnsupportedVersion || head.version == 0)
      return problem("refuses to say what it speaks: " + error_text(answer->error));
    // An old broker says up to which version it can be asked; one that does not is asked as 0.
    const auto next = choose_version(Api::api_versions, versions_);
    head.version =
        next ? std::min<int16_t>(*next, static_cast<int16_t>(head.version - 1)) : int16_t{0};
  }
  return problem("refuses every version of ApiVersions that it names");
}

sim::Expected<Reply> Connection::ask(const api::KafkaBody& body, sim::Duration time_max) {
  const sim::Time until = monotonic_now() + time_max;
  const auto api = api_of(body);
  if (!api) return problem(api.error().what);
  const auto version = choose_version(*api, versions_);
  if (!version) return problem(version.error().to_string());
  const RequestHead head{*api, *version, ++correlation_};
  const auto frame = exchange(encode_request(head, body), until);
  if (!frame) return frame.error();
  auto reply = decode_reply(head, body, *frame);
  if (reply) return reply;
  close();
  return problem(reply.error().to_string());
}

}  // namespace twin::controller::live::kafka
