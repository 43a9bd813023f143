#include "controller/live/kube/routes.h"

#include <algorithm>
#include <utility>

#include "controller/api/codecs.h"
#include "controller/api/fields.h"
#include "controller/api/quantity.h"
#include "controller/api/resources.h"

namespace twin::controller::live {

namespace {

using api::Kind;
using api::Value;
using sim::Error;

// A name that would leave its place in the path, or be no name at all.
bool is_segment(const std::string& name) {
  return name != "." && name != ".." && name.find_first_of("/%?#") == name.npos;
}

std::string selector_text(const api::Labels& labels) {
  std::string out;
  for (const auto& [key, value] : labels) out += (out.empty() ? "" : ",") + key + "=" + value;
  return out;
}

void add_query(std::string& target, std::string_view key, std::string_view value) {
  target += target.find('?') == target.npos ? '?' : '&';
  target += key;
  target += '=';
  target += url_encoded(value);
}

// metav1.MicroTime takes six digits and nothing else.
void six_digits(Value& map, const char* key) {
  const Value* found = map.find(key);
  if (found == nullptr || !found->is_string()) return;
  const auto at = api::parse_timestamp(found->as_string());
  if (!at) return;
  std::string text = api::timestamp_text({at->ns - at->ns % 1'000'000'000});
  std::string digits = std::to_string(at->ns % 1'000'000'000 / 1'000);
  text.back() = '.';
  map.set(key, Value::string(text + std::string(6 - digits.size(), '0') + digits + "Z"));
}

// What the API asks of an event and the controller does not say.
void complete_event(Value& event, const KubeRequest& request, sim::Time now,
                    const RouteOptions& options) {
  if (event.find("eventTime") == nullptr) {
    event.set("eventTime", Value::string(api::timestamp_text(now)));
  }
  six_digits(event, "eventTime");
  if (event.find("reportingInstance") == nullptr) {
    event.set("reportingInstance", Value::string(options.instance));
  }
  Value* regarding = event.find("regarding");
  if (regarding != nullptr && regarding->is_map() && regarding->find("namespace") == nullptr) {
    regarding->set("namespace", Value::string(request.namespace_name));
  }
}

void complete_owners(Value& metadata, const RouteOptions& options) {
  Value* owners = metadata.find("ownerReferences");
  if (owners == nullptr || !owners->is_list()) return;
  for (Value& owner : owners->items()) {
    const Value* kind = owner.find("kind");
    if (!owner.is_map() || kind == nullptr || owner.find("apiVersion") != nullptr) continue;
    const auto known = api::kind_from_name(kind->scalar_text());
    if (known) owner.set("apiVersion", Value::string(version_of(*known, options)));
  }
}

std::string body_of(const KubeRequest& request, const Uids& uids, sim::Time now,
                    const RouteOptions& options) {
  Value out = api::encode(*request.object);
  out.set("apiVersion", Value::string(version_of(request.kind, options)));
  if (Value* metadata = out.find("metadata")) {
    // Who owns which field is the server's to say; sent back, it would be taken as an order.
    metadata->erase("managedFields");
    metadata->erase("creationTimestamp");
    metadata->erase("deletionTimestamp");
    metadata->erase("deletionGracePeriodSeconds");
    metadata->erase("generation");
    const bool keeps_version = request.verb == Verb::update || request.verb == Verb::update_status;
    if (!keeps_version) metadata->erase("resourceVersion");
    if (!keeps_version) metadata->erase("uid");
    complete_owners(*metadata, options);
  }
  if (request.verb != Verb::update_status && request.kind != Kind::storage_class) {
    out.erase("status");  // only its subresource writes it
  }
  if (request.kind == Kind::lease) {
    if (Value* spec = out.find("spec")) {
      six_digits(*spec, "acquireTime");
      six_digits(*spec, "renewTime");
    }
  }
  if (request.kind == Kind::event) complete_event(out, request, now, options);
  uids.write(out);
  return api::to_json(out);
}

sim::Expected<Value> preconditions(const KubeRequest& request, const Uids& uids) {
  Value out = Value::map();
  if (!request.uid.valid()) return out;
  const std::string* text = uids.text(request.uid);
  if (text == nullptr) {
    return Error{request.name, "its uid is that of no object that was read", ""};
  }
  out.set("uid", Value::string(*text));
  return out;
}

std::string_view propagation_word(Propagation propagation) {
  switch (propagation) {
    case Propagation::foreground:
      return "Foreground";
    case Propagation::orphan:
      return "Orphan";
    case Propagation::background:
      break;
  }
  return "Background";
}

sim::Expected<Value> delete_options(const KubeRequest& request, const Uids& uids,
                                    const RouteOptions& options) {
  auto checks = preconditions(request, uids);
  if (!checks) return checks.error();
  Value out = Value::map();
  out.set("apiVersion", Value::string("v1"));
  out.set("kind", Value::string("DeleteOptions"));
  if (request.grace) {
    out.set("gracePeriodSeconds", Value::integer(sim::whole_seconds(*request.grace)));
  }
  if (request.verb == Verb::remove) {
    out.set("propagationPolicy", Value::string(std::string(propagation_word(request.propagation))));
  }
  if (!checks->entries().empty()) out.set("preconditions", std::move(*checks));
  // In the body: a server does not look at the query of a deletion that has one.
  if (options.dry_run) out.set("dryRun", Value::list({Value::string("All")}));
  return out;
}

void add_selection(HttpRequest& out, const KubeRequest& request) {
  if (!request.selector.empty()) {
    add_query(out.target, "labelSelector", selector_text(request.selector));
  }
  if (!request.name.empty())
    add_query(out.target, "fieldSelector", "metadata.name=" + request.name);
}

void make_list(HttpRequest& out, const KubeRequest& request, const RouteOptions& options) {
  add_selection(out, request);
  if (request.since.value != 0) {
    add_query(out.target, "resourceVersion", std::to_string(request.since.value));
    add_query(out.target, "resourceVersionMatch", "NotOlderThan");
  }
  add_query(out.target, "limit", std::to_string(options.page_items_max));
}

void make_watch(HttpRequest& out, const KubeRequest& request, const RouteOptions& options) {
  add_query(out.target, "watch", "1");
  add_query(out.target, "allowWatchBookmarks", "true");
  add_query(out.target, "timeoutSeconds", std::to_string(sim::whole_seconds(options.watch_time)));
  if (request.since.value != 0) {
    add_query(out.target, "resourceVersion", std::to_string(request.since.value));
  }
  add_selection(out, request);
  out.stream = true;
  out.time_max = options.watch_time + options.call_time_max;
}

sim::Expected<void> make_write(HttpRequest& out, const KubeRequest& request, const Uids& uids,
                               sim::Time now, const RouteOptions& options) {
  if (!request.object) return Error{request.name, "a write without an object", ""};
  out.content_type = "application/json";
  out.body = body_of(request, uids, now, options);
  const bool applies = request.verb == Verb::apply;
  if (applies) {
    if (request.field_manager.empty()) {
      return Error{request.name, "fieldManager is required for an apply", ""};
    }
    out.method = "PATCH";
    out.content_type = "application/apply-patch+yaml";
  } else {
    out.method = request.verb == Verb::create ? "POST" : "PUT";
  }
  if (request.verb == Verb::update_status) out.target += "/status";
  add_query(out.target, "fieldManager",
            request.field_manager.empty() ? options.field_manager : request.field_manager);
  if (applies && request.force) add_query(out.target, "force", "true");
  if (options.dry_run) add_query(out.target, "dryRun", "All");
  return {};
}

// Namespace and name of what a write is about are those of its object.
KubeRequest named(KubeRequest request) {
  if (!request.object) return request;
  const api::ObjectMeta& metadata = request.object->metadata;
  request.kind = request.object->kind;
  if (request.name.empty()) request.name = metadata.name;
  if (request.namespace_name.empty()) request.namespace_name = metadata.namespace_name;
  return request;
}

}  // namespace

std::string version_of(Kind kind, const RouteOptions& options) {
  const auto found = options.versions.find(kind);
  return found == options.versions.end() ? api::api_versions(kind)[0] : found->second;
}

std::string path_of(Kind kind, const std::string& namespace_name, const std::string& name,
                    const RouteOptions& options) {
  const std::string version = version_of(kind, options);
  std::string out = (version.find('/') == version.npos ? "/api/" : "/apis/") + version;
  if (api::is_namespaced(kind) && !namespace_name.empty()) {
    out += "/namespaces/" + namespace_name;
  }
  out += '/';
  out += api::plural_name(kind);
  return name.empty() ? out : out + "/" + name;
}

std::string url_encoded(std::string_view text) {
  static constexpr std::string_view kPlain = "-._~";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kPlain.find(c) != kPlain.npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

sim::Expected<HttpRequest> route(const KubeRequest& asked, const Uids& uids, sim::Time now,
                                 const RouteOptions& options) {
  const KubeRequest request = named(asked);
  const bool collects =
      request.verb == Verb::list || request.verb == Verb::watch || request.verb == Verb::create;
  if (!is_segment(request.name) || !is_segment(request.namespace_name)) {
    return Error{request.name, "is no name of an object", ""};
  }
  if (!collects && request.name.empty()) return Error{"", "metadata.name is required", ""};
  HttpRequest out;
  out.method = "GET";
  out.time_max = options.call_time_max;
  out.target = path_of(request.kind, request.namespace_name, collects ? "" : request.name, options);
  switch (request.verb) {
    case Verb::get:
      return out;
    case Verb::list:
      make_list(out, request, options);
      return out;
    case Verb::watch:
      make_watch(out, request, options);
      return out;
    case Verb::create:
    case Verb::update:
    case Verb::update_status:
    case Verb::apply:
      if (const auto made = make_write(out, request, uids, now, options); !made) {
        return made.error();
      }
      return out;
    case Verb::remove:
    case Verb::evict:
      break;
  }
  auto body = delete_options(request, uids, options);
  if (!body) return body.error();
  out.content_type = "application/json";
  out.method = "DELETE";
  if (request.verb == Verb::evict) {
    Value eviction = Value::map();
    eviction.set("apiVersion", Value::string("policy/v1"));
    eviction.set("kind", Value::string("Eviction"));
    Value metadata = Value::map();
    metadata.set("name", Value::string(request.name));
    metadata.set("namespace", Value::string(request.namespace_name));
    eviction.set("metadata", std::move(metadata));
    eviction.set("deleteOptions", std::move(*body));
    body = std::move(eviction);
    out.method = "POST";
    out.target += "/eviction";
  }
  out.body = api::to_json(*body);
  return out;
}

HttpRequest next_page(const HttpRequest& first, const std::string& continue_token) {
  HttpRequest out = first;
  // The token carries the version: a server refuses both together.
  std::string query = out.target.substr(out.target.find('?') + 1);
  out.target.erase(out.target.find('?'));
  for (size_t from = 0; from <= query.size();) {
    const size_t to = std::min(query.find('&', from), query.size());
    const std::string part = query.substr(from, to - from);
    from = to + 1;
    if (part.empty() || part.starts_with("resourceVersion")) continue;
    out.target += (out.target.find('?') == out.target.npos ? "?" : "&") + part;
  }
  add_query(out.target, "continue", continue_token);
  return out;
}

}  // namespace twin::controller::live
