#include "scenarios/runner/load_reader.h"

#include <fmt/format.h>

namespace twin::scenario {

void Problems::add(std::string where, std::string what, std::string right) {
  errors_.push_back({std::move(where), std::move(what), std::move(right)});
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

std::string Source::where(api::Mark mark) const {
  if (mark.line < 0) {
    const auto index = static_cast<size_t>(-1 - mark.line);
    return "--set " + (index < overrides.size() ? overrides[index] : std::string{});
  }
  if (mark.line == 0) return file;
  return fmt::format("{}:{}:{}", file, mark.line, mark.column);
}

namespace {

// The column (from 1) at which a line writes `key:`, 0 when it does not.
int key_column(std::string_view line, std::string_view key) {
  for (size_t at = line.find(key); at != line.npos; at = line.find(key, at + 1)) {
    const char before = at == 0 ? ' ' : line[at - 1];
    size_t end = at + key.size();
    const bool quoted = before == '"' || before == '\'';
    if (quoted && end < line.size() && line[end] == before) ++end;
    if (!quoted && before != ' ' && before != '{' && before != ',') continue;
    if (end < line.size() && line[end] == ':') return static_cast<int>(at) + (quoted ? 0 : 1);
  }
  return 0;
}

}  // namespace

api::Mark Source::key_mark(const api::Value& map, std::string_view key) const {
  const api::Value* value = map.find(key);
  if (!value || value->mark().line <= 0) return value ? value->mark() : map.mark();
  const int first = map.mark().line > 0 ? map.mark().line : 1;
  const int last = std::min(value->mark().line, static_cast<int>(lines.size()));
  for (int line = last; line >= first; --line) {
    const int column = key_column(lines[static_cast<size_t>(line - 1)], key);
    if (column > 0) return {line, column};
  }
  return value->mark();
}

void Node::fail(std::string what, std::string right) const {
  problems_->add(where(), std::move(what), std::move(right));
}

namespace {

std::string kind_text(const api::Value& value) {
  switch (value.kind()) {
    case api::Value::Kind::null: return "empty";
    case api::Value::Kind::list: return "a list";
    case api::Value::Kind::map: return "a map";
    default: return "`" + value.scalar_text() + "`";
  }
}

}  // namespace

void Node::wrong_type(std::string_view wanted) const {
  fail(fmt::format("`{}` is {}", path_, kind_text(*value_)), fmt::format("give {}", wanted));
}

void Node::fail_at_key(std::string_view key, std::string what, std::string right) const {
  problems_->add(source_->where(source_->key_mark(*value_, key)), std::move(what),
                 std::move(right));
}

bool Node::require_map(std::string_view wanted) const {
  if (!value_->is_map()) wrong_type(wanted);
  return value_->is_map();
}

bool Node::require_list(std::string_view wanted) const {
  if (!value_->is_list()) wrong_type(wanted);
  return value_->is_list();
}

Node Node::at(std::string_view key) const {
  const api::Value* child = value_->find(key);
  TWIN_ASSERT(child != nullptr);
  return Node(*child, *source_, *problems_,
              path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
}

Node Node::item(size_t index) const {
  return Node(value_->items().at(index), *source_, *problems_, fmt::format("{}[{}]", path_, index));
}

void check_keys(const Node& map, std::span<const std::string> known) {
  for (const auto& [key, value] : map.value().entries()) {
    bool found = false;
    for (const std::string& name : known) found = found || name == key;
    if (found) continue;
    const std::string in = map.path().empty() ? "" : " in `" + map.path() + "`";
    map.fail_at_key(key, fmt::format("unknown key `{}`{}", key, in), did_you_mean(key, known));
  }
}

void missing_key(const Node& map, std::string_view name) {
  map.fail(fmt::format("`{}` has no `{}`", map.path(), name), fmt::format("add `{}: ...`", name));
}

}  // namespace twin::scenario
