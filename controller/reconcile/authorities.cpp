#include "controller/reconcile/authorities.h"

#include <algorithm>
#include <charconv>

#include "controller/api/strimzi.h"
#include "sim/hash.h"

namespace twin::controller {

namespace {

std::string text_in(const api::Object& object, const char* annotation) {
  const auto found = object.metadata.annotations.find(annotation);
  return found == object.metadata.annotations.end() ? std::string() : found->second;
}

bool wished(const api::ObjectPtr& secret, const char* annotation) {
  return secret && text_in(*secret, annotation) == "true";
}

// One above all keys that there ever were, as far as these Secrets tell.
int64_t unused_key(const Authority& known) {
  return 1 + std::max(known.key,
                      *std::max_element(known.certificates.begin(), known.certificates.end()));
}

std::vector<int64_t> numbers_in(const std::string& text) {
  std::vector<int64_t> numbers;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    int64_t number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc{}) break;
    numbers.push_back(number);
    at = read.ptr == end ? end : read.ptr + 1;
  }
  return numbers;
}

Authority read_authority(const AuthoritySecrets& secrets) {
  Authority known;
  if (secrets.key) {
    known.key_generation = generation_in(*secrets.key, api::strimzi::kCaKeyGeneration, 0);
    known.key = generation_in(*secrets.key, api::strimzi::kCaKey, 0);
  }
  known.certificates = {known.key};
  if (!secrets.certificates) return known;
  known.cert_generation = generation_in(*secrets.certificates, api::strimzi::kCaCertGeneration, 0);
  const std::vector<int64_t> listed =
      numbers_in(text_in(*secrets.certificates, api::strimzi::kCaCertificates));
  if (!listed.empty()) known.certificates = listed;
  return known;
}

void renew(Authority& authority, bool keeps_older) {
  ++authority.cert_generation;
  if (!keeps_older) authority.certificates.clear();
  std::erase(authority.certificates, authority.key);
  authority.certificates.insert(authority.certificates.begin(), authority.key);
}

AuthorityPlan replaced(Authority known) {
  known.key = unused_key(known);
  ++known.key_generation;
  renew(known, true);
  return {known, true, true};
}

// The key's Secret is missing. Strimzi makes a new authority of the same generations, which nobody
// trusts and nobody notices; `twin` takes it for a key that is replaced.
AuthorityPlan created(Authority known, const AuthoritySecrets& secrets,
                      const AuthorityRules& rules) {
  if (!secrets.certificates) return {known, false, false};
  if (rules.twin) {
    // Never below the generation that pods may have: each key came with a certificate.
    known.key_generation = known.cert_generation;
    return replaced(std::move(known));
  }
  known.key = unused_key(known);
  known.certificates = {known.key};
  return {known, false, false};
}

}  // namespace

std::string Authority::trusted_text() const {
  std::string text;
  for (const int64_t each : certificates) text += (text.empty() ? "" : ",") + std::to_string(each);
  return text;
}

AuthorityPlan plan_authority(const AuthoritySecrets& secrets, const AuthorityRules& rules) {
  Authority known = read_authority(secrets);
  if (!secrets.key) return created(std::move(known), secrets, rules);
  const bool renewal =
      rules.hears_wishes && wished(secrets.certificates, api::strimzi::kForceRenew);
  const bool replacement = rules.hears_wishes && wished(secrets.key, api::strimzi::kForceReplace);
  if (!secrets.certificates) {
    renew(known, false);
    return {known, true, false};
  }
  // The key was replaced and the process died before its certificate was written.
  if (rules.twin && known.certificates.front() != known.key) {
    renew(known, true);
    return {known, true, true};
  }
  if (replacement && (rules.twin || !renewal)) return replaced(std::move(known));
  if (!renewal) return {known, false, false};
  renew(known, rules.twin);
  return {known, true, false};
}

bool has_wish(const AuthoritySecrets& secrets) {
  return wished(secrets.certificates, api::strimzi::kForceRenew) ||
         wished(secrets.key, api::strimzi::kForceReplace);
}

void write_key(const Authority& authority, api::Object& secret) {
  api::Labels& annotations = secret.metadata.annotations;
  annotations[api::strimzi::kCaKeyGeneration] = std::to_string(authority.key_generation);
  annotations[api::strimzi::kCaKey] = std::to_string(authority.key);
  annotations.erase(api::strimzi::kForceReplace);
}

void write_certificates(const Authority& authority, api::Object& secret) {
  api::Labels& annotations = secret.metadata.annotations;
  annotations[api::strimzi::kCaCertGeneration] = std::to_string(authority.cert_generation);
  annotations[api::strimzi::kCaCertificates] = authority.trusted_text();
  annotations.erase(api::strimzi::kForceRenew);
}

int64_t generation_in(const api::Object& object, const char* annotation, int64_t otherwise) {
  const std::string text = text_in(object, annotation);
  int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string server_cert_hash(const std::string& pod_name, const Authority& authority) {
  const uint64_t hash =
      sim::Hasher().add(pod_name).add(static_cast<uint64_t>(authority.cert_generation)).digest();
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 32; shift -= 4) text += kDigits[(hash >> shift) & 15];
  return text;
}

}  // namespace twin::controller
