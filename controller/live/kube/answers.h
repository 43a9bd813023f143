// What an API server's answer means: the HTTP status and the Status object in it become an Outcome
// and a sentence, documents become objects.
//
// An error after a write is `unknown` where the write may have happened all the same: a timeout, a
// gateway's error, and 500 and 504 of the server itself, which etcd's own timeouts end in.
#pragma once

#include <string>

#include "controller/live/http.h"
#include "controller/live/kube/routes.h"
#include "controller/live/kube/uids.h"
#include "controller/ports.h"

namespace twin::controller::live {

struct Verdict {
  Outcome outcome = Outcome::unknown;
  std::string message;
};

// Anything but a whole answer of status 2xx. `writes`: the request could change something.
Verdict verdict_of(const HttpAnswer& answer, bool writes);

// Of an answer with status 2xx; `object`, `items` and `resource_version` are filled, and uids
// noted. A body that is not what was asked for is `unknown`, and says so. `continue_token`: of a
// list that goes on.
void read_body(const std::string& body, const KubeRequest& request, Uids& uids, KubeReply& reply,
               std::string& continue_token);

// One line of a watch's stream. A line that is no event is an error event with outcome unknown.
WatchEvent read_watch_line(std::string_view line, const KubeRequest& request, Uids& uids,
                           std::string& problem);

}  // namespace twin::controller::live
