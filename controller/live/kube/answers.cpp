#include "controller/live/kube/answers.h"

#include <charconv>
#include <utility>

#include "controller/live/json.h"

namespace twin::controller::live {

namespace {

using api::Value;

std::string text_of(const Value& map, std::string_view path) {
  const Value* found = map.at_path(path);
  return found != nullptr && found->is_scalar() ? found->scalar_text() : std::string{};
}

bool is_status(const Value& document) {
  return text_of(document, "kind") == "Status" && text_of(document, "apiVersion") == "v1";
}

// The message of a Status. Of a refused eviction only the cause says which budget it was.
std::string message_of(const Value& status) {
  std::string out = text_of(status, "message");
  const Value* causes = status.at_path("details.causes");
  if (causes == nullptr || !causes->is_list()) return out;
  for (const Value& cause : causes->items()) {
    const std::string message = text_of(cause, "message");
    if (out.empty()) out = message;
    if (text_of(cause, "reason") == "DisruptionBudget") out += " (" + message + ")";
  }
  return out;
}

// `from_server`: the answer is a Status, not some proxy's page.
Outcome outcome_of(int code, const std::string& reason, bool writes, bool from_server) {
  switch (code) {
    case 401:
    case 403:
      return Outcome::forbidden;
    case 404:
      return Outcome::not_found;
    case 409:
      return reason == "AlreadyExists" ? Outcome::already_exists : Outcome::conflict;
    case 410:
      return Outcome::gone;
    case 429:
      return Outcome::too_many_requests;
    default:
      break;
  }
  if (code >= 400 && code < 500) return Outcome::invalid;
  if (!writes) return Outcome::server_error;
  return code == 503 && from_server ? Outcome::server_error : Outcome::unknown;
}

Verdict verdict_of_end(const HttpAnswer& answer) {
  switch (answer.end) {
    case HttpEnd::unresolved:
      return {Outcome::unresolved, answer.problem};
    case HttpEnd::refused:
      return {Outcome::refused, "no connection: " + answer.problem};
    default:
      break;
  }
  return {Outcome::unknown,
          (answer.too_late ? "no answer in time: " : "the answer broke off: ") + answer.problem};
}

sim::Expected<api::ObjectPtr> object_of(Value document, const KubeRequest& request) {
  const std::string where =
      std::string(api::kind_name(request.kind)) + " " + text_of(document, "metadata.name");
  auto decoded = api::decode({where, std::move(document)});
  if (!decoded) return decoded.error();
  if ((*decoded)->kind != request.kind) return sim::Error{where, "an object of another kind", ""};
  return api::ObjectPtr(std::move(*decoded));
}

api::ResourceVersion version_in(const std::string& text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return {value};
}

void not_understood(KubeReply& reply, const sim::Error& error) {
  reply.meta.outcome = Outcome::unknown;
  reply.meta.message = "an answer that no API server gives: " + error.to_string();
}

void read_list(Value& document, const KubeRequest& request, KubeReply& reply,
               std::string& continue_token) {
  reply.resource_version = version_in(text_of(document, "metadata.resourceVersion"));
  continue_token = text_of(document, "metadata.continue");
  Value* items = document.find("items");
  if (items == nullptr || !(items->is_list() || items->is_null())) {
    return not_understood(reply, {"", "a list without items", ""});
  }
  if (!items->is_list()) return;
  const std::string version = text_of(document, "apiVersion");
  for (Value& item : items->items()) {
    if (item.is_map() && item.find("kind") == nullptr) {
      item.set("kind", Value::string(std::string(api::kind_name(request.kind))));
      item.set("apiVersion", Value::string(version));
    }
    auto object = object_of(std::move(item), request);
    if (!object) return not_understood(reply, object.error());
    reply.items.push_back(std::move(*object));
  }
}

}  // namespace

Verdict verdict_of(const HttpAnswer& answer, bool writes) {
  if (answer.end != HttpEnd::answered) return verdict_of_end(answer);
  std::string reason, message;
  bool from_server = false;
  if (const auto document = parse_json(answer.body, ""); document && is_status(*document)) {
    from_server = true;
    reason = text_of(*document, "reason");
    message = message_of(*document);
  }
  if (message.empty()) message = "HTTP status " + std::to_string(answer.status);
  if (answer.status == 401) {
    message =
        "401: the API server does not know who asks; the token or client certificate is "
        "wrong or has expired";
  }
  return {outcome_of(answer.status, reason, writes, from_server), std::move(message)};
}

void read_body(const std::string& body, const KubeRequest& request, Uids& uids, KubeReply& reply,
               std::string& continue_token) {
  auto document = parse_json(body, "body");
  if (!document) return not_understood(reply, document.error());
  if (!document->is_map()) return not_understood(reply, {"body", "not an object", ""});
  uids.read(*document);
  if (request.verb == Verb::list) return read_list(*document, request, reply, continue_token);
  // A deletion at once and an eviction are answered with a Status, a graceful one with the object.
  if (is_status(*document)) {
    if (request.verb == Verb::remove || request.verb == Verb::evict) return;
    return not_understood(reply, {"body", "a Status in place of the object", ""});
  }
  if (request.verb == Verb::evict) return;
  auto object = object_of(std::move(*document), request);
  if (!object) return not_understood(reply, object.error());
  reply.object = std::move(*object);
}

WatchEvent read_watch_line(std::string_view line, const KubeRequest& request, Uids& uids,
                           std::string& problem) {
  WatchEvent event;
  event.type = WatchEventType::error;
  event.outcome = Outcome::unknown;
  auto document = parse_json(line, "watch");
  if (!document || !document->is_map() || document->find("object") == nullptr) {
    problem = document ? "a line without an object" : document.error().to_string();
    return event;
  }
  const std::string type = text_of(*document, "type");
  Value& object = *document->find("object");
  if (type == "ERROR") {
    problem = message_of(object);
    if (text_of(object, "code") == "410") event.outcome = Outcome::gone;
    return event;
  }
  event.resource_version = version_in(text_of(object, "metadata.resourceVersion"));
  if (type != "BOOKMARK") {
    uids.read(object);
    auto decoded = object_of(std::move(object), request);
    if (!decoded) {
      problem = decoded.error().to_string();
      return event;
    }
    event.object = std::move(*decoded);
  }
  event.outcome = Outcome::ok;
  event.type = type == "BOOKMARK"  ? WatchEventType::bookmark
               : type == "ADDED"   ? WatchEventType::added
               : type == "DELETED" ? WatchEventType::deleted
                                   : WatchEventType::modified;
  return event;
}

}  // namespace twin::controller::live
