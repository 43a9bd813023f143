#include "controller/upgrade/version_change.h"

#include "controller/api/catalogue/versions.h"

namespace twin::controller::upgrade {

bool VersionChange::upgrade() const { return api::compare_versions(from, to) < 0; }
bool VersionChange::downgrade() const { return api::compare_versions(from, to) > 0; }

}  // namespace twin::controller::upgrade
