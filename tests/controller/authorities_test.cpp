// Certificate authorities: which key signs and whose certificates are trusted after each wish, and
// after a crash between the two Secrets.
#include "controller/reconcile/authorities.h"

#include <gtest/gtest.h>

#include "controller/api/strimzi.h"

namespace twin::controller {
namespace {

constexpr AuthorityRules kTwin{true, true};
constexpr AuthorityRules kStrimzi{false, true};

std::shared_ptr<api::Object> secret() {
  return std::make_shared<api::GenericObject>(api::Kind::secret);
}

// The two Secrets as an authority writes them.
struct Pair {
  std::shared_ptr<api::Object> key = secret(), certificates = secret();
  explicit Pair(const Authority& authority) {
    write_key(authority, *key);
    write_certificates(authority, *certificates);
  }
  AuthorityPlan plan(const AuthorityRules& rules) const {
    return plan_authority({key, certificates}, rules);
  }
  void wish_renewal() { certificates->metadata.annotations[api::strimzi::kForceRenew] = "true"; }
  void wish_replacement() { key->metadata.annotations[api::strimzi::kForceReplace] = "true"; }
};

// "key generation / certificate generation / key / trusted keys"
std::string text_of(const Authority& authority) {
  return std::to_string(authority.key_generation) + "/" +
         std::to_string(authority.cert_generation) + "/" + std::to_string(authority.key) + "/" +
         authority.trusted_text();
}

TEST(Authority, ANewOneHasGenerationsZeroAndTrustsItself) {
  const AuthorityPlan plan = plan_authority({}, kTwin);
  EXPECT_EQ(text_of(plan.next), "0/0/0/0");
  EXPECT_FALSE(plan.renewed);
}

TEST(Authority, IsReadAsItWasWritten) {
  const Authority written{2, 5, 7, {7, 3}};
  for (const AuthorityRules& rules : {kTwin, kStrimzi}) {
    const AuthorityPlan plan = Pair(written).plan(rules);
    EXPECT_EQ(text_of(plan.next), "2/5/7/7,3");
    EXPECT_FALSE(plan.renewed);
  }
}

TEST(Authority, ARenewalKeepsTheKey) {
  for (const AuthorityRules& rules : {kTwin, kStrimzi}) {
    Pair secrets(Authority{});
    secrets.wish_renewal();
    const AuthorityPlan plan = secrets.plan(rules);
    EXPECT_EQ(text_of(plan.next), "0/1/0/0");
    EXPECT_TRUE(plan.renewed);
    EXPECT_FALSE(plan.key_replaced);
    write_certificates(plan.next, *secrets.certificates);
    EXPECT_FALSE(has_wish({secrets.key, secrets.certificates}));
  }
}

TEST(Authority, AReplacedKeyIsTrustedBesideTheOldOne) {
  for (const AuthorityRules& rules : {kTwin, kStrimzi}) {
    Pair secrets(Authority{});
    secrets.wish_replacement();
    const AuthorityPlan plan = secrets.plan(rules);
    EXPECT_EQ(text_of(plan.next), "1/1/1/1,0");
    EXPECT_TRUE(plan.key_replaced);
    write_key(plan.next, *secrets.key);
    EXPECT_FALSE(has_wish({secrets.key, secrets.certificates}));
  }
}

// InternalCa takes an empty Secret for a renewal: who has not restarted yet is not trusted.
TEST(Authority, StrimziForgetsOlderKeysInARenewalAndOursDoesNot) {
  Pair secrets(Authority{1, 1, 1, {1, 0}});
  secrets.wish_renewal();
  EXPECT_EQ(text_of(secrets.plan(kStrimzi).next), "1/2/1/1");
  EXPECT_EQ(text_of(secrets.plan(kTwin).next), "1/2/1/1,0");
}

TEST(Authority, OursGrantsBothWishesWhereStrimziRenews) {
  Pair secrets(Authority{});
  secrets.wish_renewal();
  secrets.wish_replacement();
  EXPECT_EQ(text_of(secrets.plan(kStrimzi).next), "0/1/0/0");
  EXPECT_EQ(text_of(secrets.plan(kTwin).next), "1/1/1/1,0");
}

// Died after the key's Secret: the certificates are still those of the old key.
TEST(Authority, OursMendsAKeyWithoutACertificateAndStrimziDoesNotSee) {
  Pair secrets(Authority{});
  write_key({1, 1, 1, {1, 0}}, *secrets.key);
  const AuthorityPlan ours = secrets.plan(kTwin);
  EXPECT_EQ(text_of(ours.next), "1/1/1/1,0");
  EXPECT_TRUE(ours.key_replaced);
  const AuthorityPlan theirs = secrets.plan(kStrimzi);
  EXPECT_EQ(text_of(theirs.next), "1/0/1/0");
  EXPECT_FALSE(theirs.renewed);
}

// Died after the certificates' Secret: the key is lost, and its number is not used again.
TEST(Authority, AKeyThatWasLostIsNotMistakenForTheNextOne) {
  Pair secrets(Authority{});
  secrets.wish_replacement();
  write_certificates({1, 1, 1, {1, 0}}, *secrets.certificates);
  EXPECT_EQ(text_of(secrets.plan(kStrimzi).next), "1/2/2/2,1,0");
}

TEST(Authority, AKeyWhoseSecretIsGoneIsReplaced) {
  const Pair secrets(Authority{2, 3, 4, {4}});
  const AuthorityPlan ours = plan_authority({nullptr, secrets.certificates}, kTwin);
  EXPECT_EQ(text_of(ours.next), "4/4/5/5,4");
  EXPECT_TRUE(ours.key_replaced);
  const AuthorityPlan theirs = plan_authority({nullptr, secrets.certificates}, kStrimzi);
  EXPECT_EQ(text_of(theirs.next), "0/3/5/5");
  EXPECT_FALSE(theirs.key_replaced);
}

TEST(Authority, WishesAreNotHeardWhereRotationIsNotPlayed) {
  Pair secrets(Authority{});
  secrets.wish_replacement();
  EXPECT_EQ(text_of(secrets.plan({true, false}).next), "0/0/0/0");
  EXPECT_TRUE(has_wish({secrets.key, secrets.certificates}));
}

}  // namespace
}  // namespace twin::controller
