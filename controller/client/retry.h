// One Kubernetes request with the client library's own retries. fabric8 7 repeats a request that
// could not be sent, met 429 or a server error: 10 times, 100 ms first, doubling, 3.2 s at most
// (its requestRetryBackoffLimit and requestRetryBackoffInterval). A write whose outcome is unknown
// is handed to the caller, who must read before doing anything else.
#pragma once

#include <string_view>

#include "controller/calls.h"

namespace twin::controller {

// nullptr while waiting; else the reply to the last attempt, whatever its outcome.
const KubeReply* retried(Calls& calls, std::string_view key, const KubeRequest& request);

// Requests, ready to be sent.
KubeRequest get_request(api::Kind kind, const std::string& namespace_name,
                        const std::string& name);
KubeRequest list_request(api::Kind kind, const std::string& namespace_name, api::Labels selector);
KubeRequest write_request(Verb verb, api::ObjectPtr object);
// uid: the incarnation that is meant; an invalid one sends no precondition, as Strimzi does.
KubeRequest remove_request(api::Kind kind, const std::string& namespace_name,
                           const std::string& name, api::Uid uid);

// "KubernetesClientException" with what was asked and what came back.
Progress kube_failure(std::string_view what, const KubeReply& reply);

}  // namespace twin::controller
