// kubeconfig files, as kubectl reads them, and the service account of a pod.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controller/live/kube/credentials.h"

namespace twin::controller::live {

// `context` empty: current-context. Error: file:line:column, what is wrong and what would be right.
// Refused are what kubectl took away itself (auth-provider, passwords) and impersonation, which
// this program does not speak.
sim::Expected<Credentials> read_kubeconfig(const std::string& path, const std::string& context);

// The account that a pod runs under. `host` and `port` are KUBERNETES_SERVICE_HOST and _PORT,
// `folder` is /var/run/secrets/kubernetes.io/serviceaccount.
sim::Expected<Credentials> in_cluster(const std::string& host, const std::string& port,
                                      const std::string& folder);

// RFC 4648, with padding; whitespace is skipped. nullopt: not base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace twin::controller::live
