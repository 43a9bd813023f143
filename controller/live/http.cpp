#include "controller/live/http.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "sim/assert.h"

namespace twin::controller::live {

namespace {

constexpr long kConnectMsMax = 10'000;
// A watch hears a bookmark each minute: a connection that is silent for three is dead.
constexpr long kSilenceSecondsMax = 180;

struct Address {
  std::string scheme, host, port;
};

// REQUIRES: a server that read_kubeconfig took.
Address address_of(const std::string& server) {
  Address out;
  const size_t begin = server.find("://") + 3;
  out.scheme = server.substr(0, begin - 3);
  std::string rest = server.substr(begin, server.find('/', begin) - begin);
  const size_t colon = rest.rfind(':');
  const bool has_port = colon != rest.npos && rest.find(']', colon) == rest.npos;
  out.port = has_port ? rest.substr(colon + 1) : out.scheme == "http" ? "80" : "443";
  out.host = has_port ? rest.substr(0, colon) : rest;
  return out;
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

bool is_write(const std::string& method) { return method != "GET"; }

}  // namespace

struct Http::Transfer {
  ~Transfer() {
    if (easy != nullptr) curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    curl_slist_free_all(connect_to);
  }
  uint64_t id = 0;
  Http* owner = nullptr;
  HttpRequest request;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  curl_slist* connect_to = nullptr;
  std::string body;
  bool opened = false;
  bool too_long = false;
  bool cancelled = false;
  char error[CURL_ERROR_SIZE] = {};
};

struct Http::Multi {
  Multi() {
    static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    TWIN_ASSERT_EQ(static_cast<int>(kReady), static_cast<int>(CURLE_OK));
    handle = curl_multi_init();
    TWIN_ASSERT(handle != nullptr);
    curl_multi_setopt(handle, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  }
  ~Multi() { curl_multi_cleanup(handle); }
  CURLM* handle = nullptr;
};

Http::Http(const Credentials& server, HttpSink& sink)
    : server_(server), sink_(sink), multi_(std::make_unique<Multi>()) {}

Http::~Http() {
  for (auto& [id, transfer] : transfers_) curl_multi_remove_handle(multi_->handle, transfer->easy);
}

size_t Http::on_write(char* data, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::string_view bytes(data, size * count);
  if (transfer.cancelled) return 0;
  if (transfer.request.stream) {
    long status = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200) {
      if (!transfer.opened) {
        transfer.opened = true;
        transfer.owner->sink_.on_open(transfer.id);
      }
      if (transfer.cancelled) return 0;
      return transfer.owner->sink_.on_bytes(transfer.id, bytes) ? bytes.size() : 0;
    }
  }
  if (transfer.body.size() + bytes.size() > kBodyBytesMax) {
    transfer.too_long = true;
    return 0;
  }
  transfer.body.append(bytes);
  return bytes.size();
}

void Http::set_up_tls(Transfer& transfer, const Identity::Presented& who) {
  CURL* easy = transfer.easy;
  const auto pem = [&](const Pem& from, CURLoption path, CURLoption blob) {
    if (!from.text.empty()) {
      curl_blob data{const_cast<char*>(from.text.data()), from.text.size(), CURL_BLOB_COPY};
      curl_easy_setopt(easy, blob, &data);
    } else if (!from.path.empty()) {
      curl_easy_setopt(easy, path, from.path.c_str());
    }
  };
  if (!server_.authority.empty()) {
    // Only the named authority counts, not those that the system trusts besides.
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    pem(server_.authority, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB);
  }
  pem(who.certificate, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB);
  pem(who.key, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, server_.insecure ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, server_.insecure ? 0L : 2L);
}

void Http::set_up(Transfer& transfer, const Identity::Presented& who) {
  CURL* easy = transfer.easy;
  const HttpRequest& request = transfer.request;
  const Address address = address_of(server_.server);
  std::string url = server_.server + request.target;
  if (!server_.tls_server_name.empty()) {
    url = address.scheme + "://" + server_.tls_server_name + ":" + address.port + request.target;
    const std::string to =
        server_.tls_server_name + ":" + address.port + ":" + address.host + ":" + address.port;
    transfer.connect_to = curl_slist_append(nullptr, to.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer.connect_to);
  }
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectMsMax);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.time_max.ns / 1'000'000));
  if (request.stream) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kSilenceSecondsMax);
  }
  if (is_write(request.method)) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  // As Go's and therefore kubectl's: no proxy of the environment stands before a loopback address.
  if (is_loopback(address.host)) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  if (!server_.proxy.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, server_.proxy.c_str());
  const auto header = [&](const std::string& line) {
    transfer.headers = curl_slist_append(transfer.headers, line.c_str());
  };
  header("Accept: application/json");
  header("User-Agent: kafka-twin");
  header("Expect:");
  if (!who.token.empty()) header("Authorization: Bearer " + who.token);
  if (!request.body.empty()) {
    header("Content-Type: " + request.content_type);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Http::on_write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  set_up_tls(transfer, who);
}

uint64_t Http::start(HttpRequest request, const Identity::Presented& who) {
  auto transfer = std::make_unique<Transfer>();
  transfer->id = next_id_++;
  transfer->owner = this;
  transfer->request = std::move(request);
  transfer->easy = curl_easy_init();
  TWIN_ASSERT(transfer->easy != nullptr);
  set_up(*transfer, who);
  // Not given to libcurl yet: this may be inside one of its callbacks.
  starting_.push_back(transfer->id);
  const uint64_t id = transfer->id;
  transfers_[id] = std::move(transfer);
  return id;
}

void Http::cancel(uint64_t id) {
  const auto found = transfers_.find(id);
  // Only marked: it may be this transfer's own bytes that made the caller want no more.
  if (found != transfers_.end()) found->second->cancelled = true;
}

void Http::run(sim::Duration wait_max, int wake_fd) {
  std::vector<uint64_t> gone;
  for (auto& [id, transfer] : transfers_)
    if (transfer->cancelled) gone.push_back(id);
  for (const uint64_t id : gone) {
    curl_multi_remove_handle(multi_->handle, transfers_[id]->easy);
    transfers_.erase(id);
  }
  for (const uint64_t id : std::exchange(starting_, {})) {
    const auto found = transfers_.find(id);
    if (found != transfers_.end()) curl_multi_add_handle(multi_->handle, found->second->easy);
  }
  if (perform() > 0) return;
  curl_waitfd wake{wake_fd, CURL_WAIT_POLLIN, 0};
  // Up to the next millisecond: a wait that ends early would be asked for again and again.
  const int64_t wait_ms = std::max<int64_t>(0, (wait_max.ns + 999'999) / 1'000'000);
  curl_multi_poll(multi_->handle, &wake, wake_fd >= 0 ? 1 : 0,
                  static_cast<int>(std::min<int64_t>(wait_ms, 60'000)), nullptr);
  perform();
}

int Http::perform() {
  int running = 0, left = 0, ended = 0;
  curl_multi_perform(multi_->handle, &running);
  while (CURLMsg* message = curl_multi_info_read(multi_->handle, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    ++ended;
    const CURLcode code = message->data.result;
    void* context = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
    finish(*static_cast<Transfer*>(context), static_cast<int>(code));
  }
  return ended;
}

void Http::finish(Transfer& transfer, int code) {
  long status = 0, request_bytes = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(transfer.easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  HttpAnswer answer;
  answer.status = static_cast<int>(status);
  answer.body = std::move(transfer.body);
  if (code == CURLE_OK) {
    answer.end = HttpEnd::answered;
    // A stream without a byte is one all the same.
    if (transfer.request.stream && status == 200 && !transfer.opened && !transfer.cancelled) {
      sink_.on_open(transfer.id);
    }
  } else {
    answer.end = request_bytes > 0 ? HttpEnd::broken
                 : code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY
                     ? HttpEnd::unresolved
                     : HttpEnd::refused;
    answer.problem = transfer.error[0] != '\0' ? transfer.error
                                               : curl_easy_strerror(static_cast<CURLcode>(code));
    answer.too_late = code == CURLE_OPERATION_TIMEDOUT;
    if (transfer.too_long) answer.problem = "the answer is longer than 256 MiB";
  }
  const uint64_t id = transfer.id;
  const bool heard = !transfer.cancelled;
  curl_multi_remove_handle(multi_->handle, transfer.easy);
  transfers_.erase(id);
  if (heard) sink_.on_done(id, answer);
}

}  // namespace twin::controller::live
