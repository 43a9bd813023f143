// YAML text -> Value, by yaml-cpp's events; its exceptions end here.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "controller/api/value.h"

namespace twin::api {
namespace {

// What a document may hold once its aliases are expanded. Real manifests have a few thousand nodes;
// the bound is there for texts made to explode.
constexpr size_t kNodesMax = 4'000'000;

struct SyntaxError {
  Mark mark;
  std::string what;
  std::string hint;
};

bool all_digits(std::string_view text) {
  for (char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

std::optional<Value> integer_in(std::string_view digits, int base, bool negative) {
  uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, magnitude, base);
  if (error != std::errc{} || stop != end || digits.empty()) return std::nullopt;
  if (magnitude > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  const auto value = static_cast<int64_t>(magnitude);
  return Value::integer(negative ? -value : value);
}

// [-+]digits[.digits][e[-+]digits], with a point or an exponent, and a digit on at least one side.
bool is_real(std::string_view text) {
  const size_t exponent = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, exponent);
  if (exponent != text.npos) {
    std::string_view power = text.substr(exponent + 1);
    if (!power.empty() && (power[0] == '-' || power[0] == '+')) power.remove_prefix(1);
    if (!all_digits(power)) return false;
  }
  const size_t point = mantissa.find('.');
  const auto before = mantissa.substr(0, point);
  const auto after = point == mantissa.npos ? std::string_view{} : mantissa.substr(point + 1);
  if (before.empty() && after.empty()) return false;
  return (before.empty() || all_digits(before)) && (after.empty() || all_digits(after));
}

// A plain scalar's meaning, as the Kubernetes API server takes it.
Value resolve_plain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
  if (text == "true" || text == "True" || text == "TRUE") return Value::boolean(true);
  if (text == "false" || text == "False" || text == "FALSE") return Value::boolean(false);
  std::string_view rest = text;
  const bool negative = rest[0] == '-';
  if (negative || rest[0] == '+') rest.remove_prefix(1);
  std::optional<Value> integer;
  if (rest.size() > 2 && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'X')) {
    integer = integer_in(rest.substr(2), 16, negative);
  } else if (rest.size() > 2 && rest[0] == '0' && rest[1] == 'o') {
    integer = integer_in(rest.substr(2), 8, negative);
  } else if (rest.size() > 1 && rest[0] == '0' && all_digits(rest)) {
    integer = integer_in(rest, 8, negative);  // file modes: 0644
  } else if (all_digits(rest)) {
    integer = integer_in(rest, 10, negative);
    if (!integer) return Value::real(text);  // beyond 64 bits: still a number
  }
  if (integer) return *integer;
  if (!rest.empty() && is_real(rest)) return Value::real(text);
  return Value::string(text);
}

class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    root_ = Value{};
    root_.set_mark(to_mark(mark));
    open_.clear();
    anchors_.clear();
    content_ = false;
  }
  void OnDocumentEnd() override {
    if (content_) documents.push_back({file_, std::move(root_)});
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    put(Value{}, mark, anchor, false);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw SyntaxError{to_mark(mark), "an alias inside its own anchor", "write the part out"};
    }
    count_all(found->second, to_mark(mark));
    put(found->second, mark, 0, false);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const bool plain = tag.empty() || tag == "?";
    Value value = plain && !expects_key() ? resolve_plain(text) : Value::string(text);
    if (tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:bool") {
      value = resolve_plain(text);
    }
    put(std::move(value), mark, anchor, plain && text == "<<");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(Value::list(), mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(Value::map(), mark, anchor);
  }
  void OnMapEnd() override { end(); }

  std::vector<Document> documents;

 private:
  struct Open {
    Value value;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    bool merge = false;
    std::string key;
    std::vector<Value> merged;  // of `<<`
  };

  static Mark to_mark(const YAML::Mark& mark) {
    return mark.is_null() ? Mark{} : Mark{mark.line + 1, mark.column + 1};
  }
  bool expects_key() const {
    return !open_.empty() && open_.back().value.is_map() && !open_.back().has_key;
  }
  void count(Mark mark) {
    if (++nodes_ > kNodesMax) {
      throw SyntaxError{mark, "more than 4000000 values once aliases are expanded", ""};
    }
  }
  void count_all(const Value& value, Mark mark) {
    count(mark);
    if (value.is_list())
      for (const Value& item : value.items()) count_all(item, mark);
    if (value.is_map())
      for (const auto& [key, item] : value.entries()) count_all(item, mark);
  }

  void begin(Value value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (expects_key()) {
      throw SyntaxError{to_mark(mark), "a list or map as the key of a map", "keys are texts"};
    }
    count(to_mark(mark));
    value.set_mark(to_mark(mark));
    Open open;
    open.value = std::move(value);
    open.anchor = anchor;
    open_.push_back(std::move(open));
    content_ = true;
  }

  void end() {
    Open open = std::move(open_.back());
    open_.pop_back();
    // Keys of a merge give way to the map's own, and a later source to an earlier one.
    for (const Value& source : open.merged) {
      if (!source.is_map()) {
        throw SyntaxError{source.mark(), "`<<` merges something that is no map", ""};
      }
      for (const auto& [key, value] : source.entries())
        if (!open.value.find(key)) open.value.set(key, value);
    }
    attach(std::move(open.value), open.anchor);
  }

  void put(Value value, const YAML::Mark& mark, YAML::anchor_t anchor, bool merge) {
    count(to_mark(mark));
    value.set_mark(to_mark(mark));
    content_ = content_ || !value.is_null() || !open_.empty();
    if (expects_key()) {
      take_key(value, merge);
      if (anchor != 0) anchors_[anchor] = std::move(value);
      return;
    }
    attach(std::move(value), anchor);
  }

  void take_key(const Value& key, bool merge) {
    Open& map = open_.back();
    if (!key.is_scalar()) throw SyntaxError{key.mark(), "a list or map as the key of a map", ""};
    map.key = key.scalar_text();
    map.has_key = true;
    map.merge = merge;
    if (merge) return;
    if (const Value* first = map.value.find(map.key)) {
      throw SyntaxError{key.mark(), "the key `" + map.key + "` appears twice in this map",
                        "remove one; the first is for line " +
                            std::to_string(first->mark().line)};
    }
  }

  void attach(Value value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = value;
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.is_list()) {
      parent.value.items().push_back(std::move(value));
      return;
    }
    parent.has_key = false;
    if (!parent.merge) {
      parent.value.entries().emplace_back(std::move(parent.key), std::move(value));
    } else if (value.is_list()) {
      for (Value& source : value.items()) parent.merged.push_back(std::move(source));
    } else {
      parent.merged.push_back(std::move(value));
    }
    parent.key.clear();
  }

  std::string file_;
  Value root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Value> anchors_;
  size_t nodes_ = 0;
  bool content_ = false;
};

std::string place(const std::string& file, Mark mark) {
  if (mark.line <= 0) return file;
  return file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

// The column (from 1) of a tab in the indentation of a line, 0 when there is none.
int tab_in_indentation(std::string_view text, int line) {
  size_t at = 0;
  for (int i = 1; i < line && at != text.npos; ++i) {
    at = text.find('\n', at);
    if (at != text.npos) ++at;
  }
  if (at == text.npos) return 0;
  for (size_t i = at; i < text.size() && (text[i] == ' ' || text[i] == '\t'); ++i)
    if (text[i] == '\t') return static_cast<int>(i - at) + 1;
  return 0;
}

sim::Error syntax_error(std::string_view text, const std::string& file, Mark mark,
                        const std::string& message) {
  for (int line : {mark.line, mark.line - 1}) {
    const int column = line > 0 ? tab_in_indentation(text, line) : 0;
    if (column > 0) {
      return {place(file, {line, column}), "a tab in the indentation",
              "YAML is indented with spaces"};
    }
  }
  return {place(file, mark), "not valid YAML: " + message, ""};
}

}  // namespace

sim::Expected<std::vector<Document>> parse_yaml(std::string_view text, const std::string& file) {
  Builder builder(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const SyntaxError& error) {
    return sim::Error{place(file, error.mark), error.what, error.hint};
  } catch (const YAML::Exception& error) {
    const Mark mark =
        error.mark.is_null() ? Mark{} : Mark{error.mark.line + 1, error.mark.column + 1};
    return syntax_error(text, file, mark, error.msg);
  }
  return std::move(builder.documents);
}

sim::Expected<std::vector<Document>> read_yaml_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  // A directory opens, but nothing can be read from it.
  if (!file || file.bad() || (text.str().empty() && file.fail() && !file.eof())) {
    return sim::Error{path, "the file cannot be read", "an existing file with read permission"};
  }
  return parse_yaml(text.str(), path);
}

sim::Expected<Value> parse_scalar_or_flow(std::string_view text, const std::string& where) {
  auto documents = parse_yaml(text, where);
  if (!documents) {
    sim::Error error = documents.error();
    error.where = where;
    return error;
  }
  if (documents->empty()) return Value{};
  if (documents->size() > 1) {
    return sim::Error{where, "more than one document", "one value, for example 3 or [a, b]"};
  }
  return std::move((*documents)[0].root);
}

}  // namespace twin::api
