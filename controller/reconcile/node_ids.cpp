#include "controller/reconcile/node_ids.h"

#include <algorithm>
#include <charconv>

#include "sim/assert.h"

namespace twin::controller {

namespace {

constexpr int32_t kIdsMax = 100'000;  // a range longer than this is a slip of the pen

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<int32_t> number(std::string_view text) {
  text = trimmed(text);
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

bool append_range(std::string_view item, std::vector<api::NodeId>& ids) {
  const size_t dash = item.find('-');
  const std::optional<int32_t> first = number(item.substr(0, dash));
  const std::optional<int32_t> last =
      dash == std::string_view::npos ? first : number(item.substr(dash + 1));
  if (!first || !last) return false;
  if (*last - *first > kIdsMax || *first - *last > kIdsMax) return false;
  const int32_t step = *first <= *last ? 1 : -1;
  for (int32_t id = *first;; id += step) {
    ids.push_back({id});
    if (id == *last) return true;
  }
}

api::NodeId next_id(const std::vector<api::NodeId>& wanted, const std::set<api::NodeId>& used) {
  for (const api::NodeId id : wanted)
    if (!used.contains(id)) return id;
  api::NodeId id{0};
  for (const api::NodeId taken : used) {
    if (taken != id) break;
    ++id.value;
  }
  return id;
}

std::vector<api::NodeId> annotated(const std::string& text, const char* annotation,
                                   NodeIdPlan& plan) {
  if (text.empty()) return {};
  std::optional<std::vector<api::NodeId>> ids = parse_node_id_ranges(text);
  if (ids) return std::move(*ids);
  plan.warnings.push_back(std::string(annotation) + ": `" + text +
                          "` is not a list of ids and ranges, e.g. [0, 1, 10-20]");
  return {};
}

}  // namespace

std::optional<std::vector<api::NodeId>> parse_node_id_ranges(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = trimmed(text.substr(1, text.size() - 2));
  std::vector<api::NodeId> ids;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    if (!append_range(text.substr(0, comma), ids)) return std::nullopt;
    if (comma == std::string_view::npos) break;
    text = text.substr(comma + 1);
    if (trimmed(text).empty()) return std::nullopt;
  }
  return ids;
}

NodeIdPlan assign_node_ids(const NodeIdInput& input, std::set<api::NodeId>& used) {
  TWIN_ASSERT_LE(0, input.replicas);
  NodeIdPlan plan;
  plan.desired = input.current;
  std::sort(plan.desired.begin(), plan.desired.end());
  const std::vector<api::NodeId> next =
      annotated(input.next_ids, "strimzi.io/next-node-ids", plan);
  std::vector<api::NodeId> remove =
      annotated(input.remove_ids, "strimzi.io/remove-node-ids", plan);
  const auto wanted = static_cast<size_t>(input.replicas);
  while (plan.desired.size() < wanted) {
    const api::NodeId id = next_id(next, used);
    TWIN_ASSERT(used.insert(id).second);
    plan.to_add.push_back(id);
    plan.desired.insert(std::upper_bound(plan.desired.begin(), plan.desired.end(), id), id);
  }
  while (plan.desired.size() > wanted) {
    auto victim = plan.desired.end() - 1;
    while (!remove.empty()) {
      const auto found = std::find(plan.desired.begin(), plan.desired.end(), remove.front());
      remove.erase(remove.begin());
      if (found == plan.desired.end()) continue;
      victim = found;
      break;
    }
    plan.to_remove.push_back(*victim);
    plan.desired.erase(victim);
  }
  return plan;
}

}  // namespace twin::controller
