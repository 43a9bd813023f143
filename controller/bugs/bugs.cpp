#include "controller/bugs/bugs.h"

#include "sim/assert.h"

namespace twin::controller {

namespace {

enum class Era : uint8_t { both, kraft, zookeeper };

struct Switch {
  const char* name;
  const char* reference;
  bool Broken::*what;
  const char* how;  // "twin, but ..."
  Era era = Era::both;
};

constexpr Switch kSwitches[] = {
    {"skips-active-controller", "#3534", &Broken::skips_active_controller,
     "restarts whoever is the active controller without a check"},
    {"ignores-unready", "#1001", &Broken::ignores_unready,
     "goes on while a restarted pod is not Ready", Era::zookeeper},
    {"believes-template", "0.11 (2019)", &Broken::believes_template,
     "takes what the StatefulSet says for what its pods run", Era::zookeeper},
    {"blocks-at-minimum", "#2964", &Broken::blocks_at_minimum,
     "lets partitions with RF at min.insync.replicas forbid every restart"},
    {"restarts-unready", "#5263", &Broken::restarts_unready,
     "restarts by force what is not Ready for 30 s, log recovery included"},
    {"restarts-fresh", "#6690", &Broken::restarts_fresh,
     "restarts by force what is not Ready for 5 s, new pods included"},
    {"takes-silence-for-yes", "#12513", &Broken::takes_silence_for_yes,
     "restarts on answers that did not come"},
    {"keeps-first-quorum", "#10016", &Broken::keeps_first_quorum,
     "describes the quorum once in a roll", Era::kraft},
    {"trusts-ready-controllers", "#12760", &Broken::trusts_ready_controllers,
     "takes a Ready controller for one that has caught up", Era::kraft},
    {"removes-used-brokers", "#9042", &Broken::removes_used_brokers,
     "scales brokers down whatever they hold"},
    {"forgets-to-unregister", "#11039", &Broken::forgets_to_unregister,
     "leaves removed nodes registered", Era::kraft},
    {"does-not-await-return", "#8712", &Broken::does_not_await_return,
     "restarts the next one while the last is on its way back"},
    {"always-differs", "#1478", &Broken::always_differs,
     "finds a difference that no restart takes away", Era::kraft},
    {"takes-unresolved-for-dead", "#7121", &Broken::takes_unresolved_for_dead,
     "restarts brokers that it cannot reach itself"},
    {"rolls-what-it-changed", "#3913", &Broken::rolls_what_it_changed,
     "keeps why it rolls in memory alone"},
    {"forgets-controllers", "#10209", &Broken::forgets_controllers, "does not roll controllers",
     Era::kraft},
    {"gives-up-for-good", "#12649", &Broken::gives_up_for_good,
     "never tries again what was blocked for a minute"},
    {"two-at-once", "proposal 103", &Broken::two_at_once, "restarts two nodes on one look"},
    {"downgrades-unasked", "KRaftVersionChangeCreator", &Broken::downgrades_unasked,
     "takes binaries back whatever the metadata's level", Era::kraft},
    {"minds-no-age", "-", &Broken::minds_no_age, "rests on answers of any age"},
    {"checks-led-partitions-only", "-", &Broken::checks_led_partitions_only,
     "checks the partitions that a broker leads, not those that it follows"},
    {"deletes-kept-claims", "#9640", &Broken::deletes_kept_claims,
     "deletes claims that no node uses although they are to be kept", Era::kraft},
    {"skips-trust-roll", "#8402", &Broken::skips_trust_roll,
     "signs with a new cluster CA key before every node trusts it", Era::kraft},
    {"leads-without-lease", "-", &Broken::leads_without_lease, "goes on when its Lease is lost"},
};

Profile broken(const std::string& name, const std::string& how) {
  const Profile* ours = find_profile("twin");
  TWIN_ASSERT(ours != nullptr);
  Profile profile = *ours;
  profile.name = "bug:" + name;
  profile.claim = profile.name + ": twin, but it " + how;
  return profile;
}

std::vector<Bug> make_bugs() {
  std::vector<Bug> bugs;
  // The roller of 2019.
  bugs.push_back({broken("ignores-isr", "goes by readiness alone"), "#3749"});
  bugs.back().profile.roller = "strimzi@0.11";
  for (const Switch& each : kSwitches) {
    Bug bug{broken(each.name, each.how), each.reference};
    bug.profile.broken.*each.what = true;
    bug.kraft = each.era != Era::zookeeper;
    bug.zookeeper = each.era != Era::kraft;
    bugs.push_back(std::move(bug));
  }
  return bugs;
}

const Profile* find_bug(std::string_view name) {
  for (const Bug& bug : all_bugs())
    if (bug.profile.name == name) return &bug.profile;
  return nullptr;
}

}  // namespace

const std::vector<Bug>& all_bugs() {
  static const std::vector<Bug> bugs = make_bugs();
  return bugs;
}

void plug_in_bugs() { plug_in_profiles(find_bug); }

}  // namespace twin::controller
