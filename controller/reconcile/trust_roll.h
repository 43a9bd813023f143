// What the reconcile knows of its certificate authorities, and the roll by which every node comes
// to trust a replaced key before anybody shows what that key signed. Three rolls in all:
//   1 trust    nodes restart with the certificates of the new and the old key (trust_roll.cpp),
//   2 use      the reconcile goes on: certificates of nodes are signed anew, the main roll,
//   3 forget   when every pod runs on those, the old key's certificate goes, and the main roll
//   again.
// Where one died in between is read off the pods' annotations. Source: Strimzi's CaReconciler.
#pragma once

#include <vector>

#include "controller/calls.h"
#include "controller/reconcile/authorities.h"

namespace twin::controller {

class Reconcile;

struct AuthorityState {
  struct Changes {
    bool renewed = false;
    bool removed = false;  // certificates of older keys
  };
  Changes cluster, clients;  // by this reconcile
  bool kept = false;         // the Secrets are as they are to be
  bool to_be_trusted = false;
  bool fully_used = false;
  bool patched = false;
  bool rolled = false;
};

// Which pods run on older generations: sets to_be_trusted and fully_used.
void judge_trust(Reconcile& run, const Authority& cluster);

// Roll 1, if any is due. `twin` reads the pods once more and fails while one does not trust the
// key.
Progress trust_new_key(Reconcile& run, Calls& calls);

}  // namespace twin::controller
