#include "model/network.h"

#include "sim/assert.h"

namespace twin::model {

namespace {

// A cut has no direction.
std::pair<std::string, std::string> key_of(const std::string& a, const std::string& b) {
  return a < b ? std::make_pair(a, b) : std::make_pair(b, a);
}

}  // namespace

void Network::cut(const std::string& a, const std::string& b) { ++cuts_[key_of(a, b)]; }

void Network::heal(const std::string& a, const std::string& b) {
  const auto found = cuts_.find(key_of(a, b));
  if (found == cuts_.end()) return;
  TWIN_ASSERT_LT(0, found->second);
  if (--found->second == 0) cuts_.erase(found);
}

bool Network::reachable(const std::string& a, const std::string& b) const {
  return cuts_.empty() || a == b || !cuts_.contains(key_of(a, b));
}

bool Network::reachable(const std::vector<std::string>& a,
                        const std::vector<std::string>& b) const {
  if (cuts_.empty()) return true;
  for (const std::string& left : a) {
    for (const std::string& right : b) {
      if (!reachable(left, right)) return false;
    }
  }
  return true;
}

}  // namespace twin::model
