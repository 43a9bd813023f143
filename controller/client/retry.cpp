#include "controller/client/retry.h"

#include <algorithm>
#include <string>
#include <utility>

namespace twin::controller {

namespace {

using namespace sim::literals;

constexpr int kRetriesMax = 10;
constexpr int kDoublingsMax = 5;
constexpr sim::Duration kFirstInterval = 100_ms;

bool reads(Verb verb) { return verb == Verb::get || verb == Verb::list; }

bool worth_repeating(Verb verb, Outcome outcome) {
  switch (outcome) {
    case Outcome::refused:
    case Outcome::too_many_requests:
    case Outcome::server_error:
      return true;
    case Outcome::unknown:
      return reads(verb);
    default:
      return false;
  }
}

}  // namespace

const KubeReply* retried(Calls& calls, std::string_view key, const KubeRequest& request) {
  const KubeReply* reply = calls.kube(key, request);
  for (int retry = 0; reply && retry < kRetriesMax; ++retry) {
    if (!worth_repeating(request.verb, reply->meta.outcome)) return reply;
    const std::string next = std::string(key) + "~" + std::to_string(retry + 1);
    const sim::Duration interval =
        kFirstInterval * (int64_t{1} << std::min(retry, kDoublingsMax));
    if (!calls.elapsed(next + "~wait", interval)) return nullptr;
    reply = calls.kube(next, request);
  }
  return reply;
}

KubeRequest get_request(api::Kind kind, const std::string& namespace_name,
                        const std::string& name) {
  KubeRequest request;
  request.verb = Verb::get;
  request.kind = kind;
  request.namespace_name = namespace_name;
  request.name = name;
  return request;
}

KubeRequest list_request(api::Kind kind, const std::string& namespace_name, api::Labels selector) {
  KubeRequest request;
  request.verb = Verb::list;
  request.kind = kind;
  request.namespace_name = namespace_name;
  request.selector = std::move(selector);
  return request;
}

KubeRequest write_request(Verb verb, api::ObjectPtr object) {
  KubeRequest request;
  request.verb = verb;
  request.kind = object->kind;
  request.namespace_name = object->metadata.namespace_name;
  request.name = object->metadata.name;
  request.object = std::move(object);
  return request;
}

KubeRequest remove_request(api::Kind kind, const std::string& namespace_name,
                           const std::string& name, api::Uid uid) {
  KubeRequest request = get_request(kind, namespace_name, name);
  request.verb = Verb::remove;
  request.uid = uid;
  return request;
}

Progress kube_failure(std::string_view what, const KubeReply& reply) {
  std::string message = std::string(what) + ": " + std::string(outcome_name(reply.meta.outcome));
  if (!reply.meta.message.empty()) message += " (" + reply.meta.message + ")";
  return Progress::failed("KubernetesClientException", std::move(message));
}

}  // namespace twin::controller
