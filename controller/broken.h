// Ways in which an operator can be broken on purpose, each as real ones were (docs/CAMPAIGNS.md has
// the references). All of them are off in every operator that anybody runs: only controller/bugs,
// which simulations link, turns them on, to see that the properties notice.
#pragma once

namespace twin::controller {

struct Broken {
  // ---- the roller: what may be restarted ----
  bool skips_active_controller = false;    // whoever is active controller is not checked
  bool ignores_unready = false;            // nodes that are not Ready are nobody's concern
  bool blocks_at_minimum = false;          // RF at min.insync.replicas forbids a restart
  bool restarts_unready = false;           // not Ready for 30 s: restarted, whatever it is doing
  bool restarts_fresh = false;             // the same after 5 s
  bool takes_silence_for_yes = false;      // an answer that did not come forbids nothing
  bool takes_unresolved_for_dead = false;  // who cannot be reached is restarted
  bool keeps_first_quorum = false;         // the quorum as first described in the roll
  bool trusts_ready_controllers = false;   // a controller that is Ready needs no quorum check
  bool does_not_await_return = false;      // the next one while the last is on its way back
  bool two_at_once = false;                // two restarts on one look
  bool minds_no_age = false;               // an answer may be of any age
  bool forgets_controllers = false;        // they are not rolled
  bool gives_up_for_good = false;          // what blocked for 60 s is never tried again
  bool checks_led_partitions_only = false;
  // ---- the reconcile ----
  bool always_differs = false;         // a pod's revision is never the desired one
  bool believes_template = false;      // what the StatefulSet says is what its pods run
  bool rolls_what_it_changed = false;  // only when this reconcile changed the sets
  bool removes_used_brokers = false;   // no check before a scale-down
  bool forgets_to_unregister = false;  // removed nodes stay registered
  bool downgrades_unasked = false;     // binaries go back whatever the metadata's level
  bool deletes_kept_claims = false;    // unwanted claims go although they are to be kept
  bool skips_trust_roll = false;       // shows what a new CA key signed before all trust it
  // ---- the process ----
  bool leads_without_lease = false;  // goes on when the Lease is lost
};

}  // namespace twin::controller
