#include "controller/api/field_table.h"
#include "controller/api/fields.h"

namespace twin::api {
namespace {

void compare(const Value& a, const Value& b, const std::string& path,
             std::vector<std::string>& out) {
  if (a.is_map() && b.is_map()) {
    for (const auto& [name, value] : a.entries()) {
      const Value* other = b.find(name);
      const std::string below = fields::join(path, name);
      if (other) {
        compare(value, *other, below, out);
      } else {
        out.push_back(below);
      }
    }
    for (const auto& [name, value] : b.entries())
      if (!a.find(name)) out.push_back(fields::join(path, name));
    return;
  }
  if (a.is_list() && b.is_list() && a.items().size() == b.items().size()) {
    for (size_t i = 0; i < a.items().size(); ++i)
      compare(a.items()[i], b.items()[i], fields::join(path, std::to_string(i)), out);
    return;
  }
  if (!(a == b)) out.push_back(path);
}

}  // namespace

std::vector<std::string> diff(const Value& a, const Value& b) {
  std::vector<std::string> out;
  compare(a, b, "", out);
  return out;
}

}  // namespace twin::api
