// The certificate authorities that the operator runs itself, as their Secrets hold them: one signs
// what nodes show each other (cluster CA), one the certificates of clients (clients CA). Each is
// two Secrets, the key and the certificates, and each counts generations, by which pods are told
// that run on older ones. Source: Strimzi's InternalCa, InternalCaProvider and CaReconciler.
//
// Certificates are abstract: a key is a number, never used twice by an authority, and what it
// signed is trusted by whoever has a certificate of that key. Renewing a certificate keeps the key
// and so the trust. Nothing in these Secrets is secret.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/api/object.h"

namespace twin::controller {

struct Authority {
  int64_t key_generation = 0;   // strimzi.io/ca-key-generation, of the key's Secret
  int64_t cert_generation = 0;  // strimzi.io/ca-cert-generation, of the certificates' Secret
  int64_t key = 0;              // with which it signs
  // Whose certificates are given out: the current one first, then older ones that are still to be
  // trusted while somebody shows what they signed.
  std::vector<int64_t> certificates{0};
  std::string trusted_text() const;  // "1,0"
};

struct Authorities {
  Authority cluster, clients;
};

// As read; nullptr: there is none.
struct AuthoritySecrets {
  api::ObjectPtr key, certificates;
};

struct AuthorityPlan {
  Authority next;
  bool renewed = false;       // another certificate than before
  bool key_replaced = false;  // and another key
};

struct AuthorityRules {
  // Mends what a crash left between the two Secrets, keeps trusting older keys when a certificate
  // is renewed half-way, and hears both wishes at once, none of which Strimzi does.
  bool twin = false;
  // strimzi.io/force-renew on the certificates, strimzi.io/force-replace on the key.
  bool hears_wishes = true;
};
// What the authority is to be now.
AuthorityPlan plan_authority(const AuthoritySecrets& secrets, const AuthorityRules& rules);

// Wishes of users on these Secrets, granted or not.
bool has_wish(const AuthoritySecrets& secrets);

// What an authority writes into its two Secrets. Granted wishes are taken off.
void write_key(const Authority& authority, api::Object& secret);
void write_certificates(const Authority& authority, api::Object& secret);

// A number in an annotation; `otherwise` when there is none.
int64_t generation_in(const api::Object& object, const char* annotation, int64_t otherwise);

// The thumbprint of the certificate that a node gets from this authority: Strimzi's
// strimzi.io/server-cert-hash.
std::string server_cert_hash(const std::string& pod_name, const Authority& authority);

}  // namespace twin::controller
