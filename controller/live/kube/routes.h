// Where a request to a Kubernetes API server goes: paths, queries and bodies of the REST API.
// Law: kubernetes.io API concepts; facts of what Strimzi's and kubectl's clients send.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "controller/live/http.h"
#include "controller/live/kube/uids.h"
#include "controller/ports.h"

namespace twin::controller::live {

struct RouteOptions {
  // Group versions other than the first of api::api_versions: what a server was found to serve.
  std::map<api::Kind, std::string> versions;
  std::string field_manager = "kafka-twin";
  bool dry_run = false;  // writes are checked by the server, as far as storing them, and not stored
  std::string instance = "kafka-twin";  // reportingInstance of events
  int64_t page_items_max = 500;
  sim::Duration watch_time{290'000'000'000};
  sim::Duration call_time_max{30'000'000'000};
};

// "kafka.strimzi.io/v1", the version to write and read the kind in.
std::string version_of(api::Kind kind, const RouteOptions& options);

// "/api/v1/namespaces/kafka/pods/p"; without a name the collection. "All namespaces" when empty.
std::string path_of(api::Kind kind, const std::string& namespace_name, const std::string& name,
                    const RouteOptions& options);

// Percent-encodes everything but letters, digits and -._~ (RFC 3986).
std::string url_encoded(std::string_view text);

// Error: the request cannot be put into words: a name that is no path segment, or a uid
// precondition of an object that this process never read.
sim::Expected<HttpRequest> route(const KubeRequest& request, const Uids& uids, sim::Time now,
                                 const RouteOptions& options);
// The next page of a list.
HttpRequest next_page(const HttpRequest& first, const std::string& continue_token);

}  // namespace twin::controller::live
