// Objects inside objects: pods of a pod set, claims of a stateful set.
#include "controller/api/tables.h"

namespace twin::api::fields {
namespace {

template <class T>
Read decode_each(const Value& item, T& out, size_t index, Reader& reader) {
  reader.enter(std::to_string(index));
  const Read read = decode_object(item, out, reader);
  if (read != Read::failed) reader.leave();
  return read;
}

}  // namespace

Read PodList::decode(const Value& value, Pods& out, Reader& reader) {
  if (!value.is_list()) return reader.wrong_type(value, "a list of pods", "- metadata: ...");
  out.clear();
  for (const Value& item : value.items()) {
    auto pod = std::make_shared<Pod>();
    if (decode_each(item, *pod, out.size(), reader) == Read::failed) return Read::failed;
    out.push_back(std::move(pod));
  }
  return Read::ok;
}

Value PodList::encode_kept(const Pods& pods, const Value*) {
  Value::List items;
  for (const auto& pod : pods) items.push_back(api::encode(*pod));
  return Value::list(std::move(items));
}

std::optional<Value> PodList::keep(const Value& value) {
  if (value.items().empty()) return value;
  return std::nullopt;
}

void PodList::unknown(const Value&, const std::string&, Unknowns&) {}

bool PodList::equal(const Pods& a, const Pods& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && !same_content(*a[i], *b[i])) return false;
  return true;
}

Read ClaimList::decode(const Value& value, Claims& out, Reader& reader) {
  if (!value.is_list()) return reader.wrong_type(value, "a list of claims", "- metadata: ...");
  out.clear();
  for (const Value& item : value.items()) {
    const size_t index = out.size();
    if (decode_each(item, out.emplace_back(), index, reader) == Read::failed) return Read::failed;
  }
  return Read::ok;
}

// A claim template has no apiVersion and kind of its own unless it was written with them.
Value ClaimList::encode_kept(const Claims& claims, const Value*) {
  Value::List items;
  for (const PersistentVolumeClaim& claim : claims) {
    Value item = api::encode(claim);
    if (claim.api_version.empty()) item.erase("apiVersion");
    if (claim.api_version.empty()) item.erase("kind");
    items.push_back(std::move(item));
  }
  return Value::list(std::move(items));
}

std::optional<Value> ClaimList::keep(const Value& value) {
  if (value.items().empty()) return value;
  return std::nullopt;
}

void ClaimList::unknown(const Value&, const std::string&, Unknowns&) {}

bool ClaimList::equal(const Claims& a, const Claims& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!same_content(a[i], b[i])) return false;
  return true;
}

}  // namespace twin::api::fields
