#include "controller/live/kube/uids.h"

#include "controller/api/codecs.h"

namespace twin::controller::live {

namespace {

api::Uid fold(const std::string& text) {
  api::Uid uid;
  api::fields::Reader reader;
  api::fields::UidText::decode(api::Value::string(text), uid, reader);
  return uid;
}

}  // namespace

void Uids::remember(const std::string& text) {
  const api::Uid uid = fold(text);
  if (!uid.valid() || !texts_.emplace(uid.value, text).second) return;
  order_.push_back(uid.value);
  if (order_.size() <= kMax) return;
  texts_.erase(order_.front());
  order_.pop_front();
}

void Uids::read(const api::Value& document) {
  if (document.is_list()) {
    for (const api::Value& item : document.items()) read(item);
  }
  if (!document.is_map()) return;
  for (const auto& [key, value] : document.entries()) {
    if (key == "uid" && value.is_string()) remember(value.as_string());
    if (!value.is_scalar()) read(value);
  }
}

const std::string* Uids::text(api::Uid uid) const {
  const auto found = texts_.find(uid.value);
  return found == texts_.end() ? nullptr : &found->second;
}

void Uids::write(api::Value& document) const {
  if (document.is_list()) {
    for (api::Value& item : document.items()) write(item);
  }
  if (!document.is_map()) return;
  for (auto& [key, value] : document.entries()) {
    if (!value.is_scalar()) write(value);
    if (key != "uid" || !value.is_string()) continue;
    if (const std::string* known = text(fold(value.as_string()))) {
      value = api::Value::string(*known);
    }
  }
}

}  // namespace twin::controller::live
