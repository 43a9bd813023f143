#include "controller/live/kube/client.h"

#include <utility>

namespace twin::controller::live {

namespace {

// An object is 1.5 MiB at most (etcd), a StrimziPodSet of many pods included.
constexpr size_t kLineBytesMax = size_t{16} << 20;

bool writes(Verb verb) { return verb != Verb::get && verb != Verb::list && verb != Verb::watch; }

}  // namespace

KubeClient::KubeClient(Credentials credentials, const Clock& clock, RouteOptions options,
                       KubeEvents& events)
    : clock_(clock),
      options_(std::move(options)),
      events_(events),
      identity_(std::move(credentials)),
      http_(identity_.credentials(), *this) {}

void KubeClient::call(CallId id, KubeRequest request) {
  Call call;
  call.id = id;
  call.asked = clock_.now();
  auto http = route(request, uids_, call.asked, options_);
  call.request = std::move(request);
  if (!http) return answer(call, Outcome::invalid, http.error().to_string());
  call.http = std::move(*http);
  send(call);
}

void KubeClient::send(Call& call) {
  call.page_asked = clock_.now();
  const auto who = identity_.present(call.page_asked);
  if (!who) return answer(call, Outcome::forbidden, "no credentials: " + who.error().to_string());
  if (exchanges_ != nullptr) exchanges_->on_request(call.id, call.http);
  const uint64_t transfer = http_.start(call.http, *who);
  call.transfer = transfer;
  calls_[transfer] = std::move(call);
}

void KubeClient::answer(Call& call, Outcome outcome, std::string message) {
  call.reply.meta.outcome = outcome;
  call.reply.meta.message = std::move(message);
  ready_.push_back(std::move(call));
}

void KubeClient::deliver(Call call) {
  ReplyMeta& meta = call.reply.meta;
  meta.id = call.id;
  meta.asked = call.asked;
  meta.answered = clock_.now();
  // All pages of a list are of one version, that of the first.
  meta.as_of = call.asked;
  events_.on_kube_reply(call.reply);
}

void KubeClient::stop_watch(CallId id) {
  for (auto& [transfer, call] : calls_) {
    if (call.id != id || call.request.verb != Verb::watch) continue;
    http_.cancel(transfer);
    calls_.erase(transfer);
    return;
  }
}

void KubeClient::run(sim::Duration wait_max, int wake_fd) {
  if (!ready_.empty()) wait_max = {};
  http_.run(wait_max, wake_fd);
  // Only those that are there now: what they lead to has its turn after the servers'.
  for (size_t left = ready_.size(); left > 0; --left) {
    Call call = std::move(ready_.front());
    ready_.pop_front();
    deliver(std::move(call));
  }
}

bool KubeClient::worth_asking_again(const Call& call, const HttpAnswer& answer) {
  if (answer.end != HttpEnd::answered || answer.status != 401 || call.asked_again) return false;
  const Credentials& credentials = identity_.credentials();
  if (!credentials.exec && credentials.token_path.empty()) return false;
  identity_.rejected();
  return true;
}

void KubeClient::on_done(uint64_t transfer, const HttpAnswer& answer) {
  const auto found = calls_.find(transfer);
  if (found == calls_.end()) return;
  Call call = std::move(found->second);
  calls_.erase(found);
  if (exchanges_ != nullptr) exchanges_->on_answer(call.id, answer);
  if (call.open) {
    if (call.over) return;
    return end_watch(call, Outcome::unknown,
                     answer.problem.empty() ? "the server ended it" : answer.problem);
  }
  if (worth_asking_again(call, answer)) {
    call.asked_again = true;
    return send(call);
  }
  take(std::move(call), answer);
}

void KubeClient::take(Call call, const HttpAnswer& answer) {
  const bool good = answer.end == HttpEnd::answered && answer.status >= 200 && answer.status < 300;
  if (!good) {
    Verdict verdict = verdict_of(answer, writes(call.request.verb));
    const bool page_expired =
        call.request.verb == Verb::list && verdict.outcome == Outcome::gone && !call.listed_again;
    if (page_expired && call.http.target.find("continue=") != std::string::npos) {
      Call again;
      again.id = call.id;
      again.asked = clock_.now();
      again.request = call.request;
      again.listed_again = true;
      again.http = *route(call.request, uids_, again.asked, options_);
      return send(again);
    }
    call.reply = {};
    call.reply.meta.outcome = verdict.outcome;
    call.reply.meta.message = std::move(verdict.message);
    return deliver(std::move(call));
  }
  std::string continue_token;
  call.reply.meta.outcome = Outcome::ok;
  const api::ResourceVersion first = call.reply.resource_version;
  read_body(answer.body, call.request, uids_, call.reply, continue_token);
  if (first.value != 0) call.reply.resource_version = first;
  if (call.reply.meta.ok() && !continue_token.empty()) {
    call.http = next_page(*route(call.request, uids_, call.asked, options_), continue_token);
    return send(call);
  }
  deliver(std::move(call));
}

void KubeClient::on_open(uint64_t transfer) {
  const auto found = calls_.find(transfer);
  if (found == calls_.end()) return;
  Call& call = found->second;
  call.open = true;
  KubeReply opened;
  opened.meta.outcome = Outcome::ok;
  opened.meta.id = call.id;
  opened.meta.asked = opened.meta.as_of = call.asked;
  opened.meta.answered = clock_.now();
  events_.on_kube_reply(opened);
}

bool KubeClient::on_bytes(uint64_t transfer, std::string_view bytes) {
  if (exchanges_ != nullptr && calls_.contains(transfer)) {
    exchanges_->on_bytes(calls_.at(transfer).id, bytes);
  }
  while (!bytes.empty()) {
    // The listener may have stopped this watch.
    const auto found = calls_.find(transfer);
    if (found == calls_.end()) return false;
    Call& call = found->second;
    if (call.over) return true;
    const size_t end = bytes.find('\n');
    call.line += bytes.substr(0, end);
    if (call.line.size() > kLineBytesMax) {
      end_watch(call, Outcome::unknown, "a line longer than 16 MiB");
      return false;
    }
    if (end == bytes.npos) return true;
    bytes.remove_prefix(end + 1);
    const std::string line = std::exchange(call.line, {});
    if (!line.empty() && !take_line(call, line)) return false;
  }
  return true;
}

bool KubeClient::take_line(Call& call, std::string_view line) {
  std::string problem;
  WatchEvent event = read_watch_line(line, call.request, uids_, problem);
  if (event.type == WatchEventType::error) {
    end_watch(call, event.outcome, problem);
    return false;
  }
  event.watch = call.id;
  event.delivered = clock_.now();
  events_.on_kube_watch(event);  // may have stopped the watch: `call` is not used any more
  return true;
}

void KubeClient::end_watch(Call& call, Outcome outcome, const std::string& problem) {
  call.over = true;
  problems_.push_back("watch of " + std::string(api::kind_name(call.request.kind)) + ": " +
                      problem);
  WatchEvent event;
  event.watch = call.id;
  event.delivered = clock_.now();
  event.type = WatchEventType::error;
  event.outcome = outcome;
  events_.on_kube_watch(event);
}

}  // namespace twin::controller::live
