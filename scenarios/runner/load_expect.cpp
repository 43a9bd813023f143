// expect: figure -> comparison, and compareWith: the profiles to run as well.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "scenarios/runner/figures.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {
namespace {

using Op = Expectation::Op;

struct Operator {
  std::string_view text;
  Op op;
};
// Longer ones first: "<=" begins with "<".
constexpr std::array<Operator, 9> kOperators{{{"<=", Op::less_equal},
                                              {">=", Op::greater_equal},
                                              {"!=", Op::not_equal},
                                              {"==", Op::equal},
                                              {"<", Op::less},
                                              {">", Op::greater},
                                              {"=", Op::equal},
                                              {"~", Op::about},
                                              {"contains ", Op::contains}}};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

void split_operator(std::string_view text, Expectation& out) {
  out.op = Op::equal;
  for (const Operator& each : kOperators) {
    if (!text.starts_with(each.text)) continue;
    out.op = each.op;
    text.remove_prefix(each.text.size());
    break;
  }
  out.value = std::string(trim(text));
}

bool is_number(std::string_view text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end && !text.empty();
}

void check_value(const Node& node, const FigureInfo& figure, const Expectation& expected) {
  const bool ordered = figure.unit == FigureUnit::count || figure.unit == FigureUnit::duration ||
                       figure.unit == FigureUnit::bytes;
  if (ordered && expected.op == Op::contains) {
    node.fail(fmt::format("`{}` is a number and contains nothing", node.path()),
              "compare with =, !=, <, <=, >, >= or ~");
  } else if (!ordered && expected.op != Op::equal && expected.op != Op::not_equal &&
             expected.op != Op::contains) {
    node.fail(fmt::format("`{}` is a text and has no order", node.path()),
              "compare with =, != or contains");
  } else if (figure.unit == FigureUnit::count && !is_number(expected.value)) {
    node.fail(fmt::format("`{}` is compared with `{}`", node.path(), expected.value),
              "a whole number, for example <= 6");
  } else if (figure.unit == FigureUnit::duration && !is_number(expected.value) &&
             !parse_duration(expected.value)) {
    node.fail(fmt::format("`{}` is compared with `{}`", node.path(), expected.value),
              "a duration, for example <= 20min, or seconds as a whole number");
  } else if (figure.unit == FigureUnit::bytes && !api::parse_quantity(expected.value)) {
    node.fail(fmt::format("`{}` is compared with `{}`", node.path(), expected.value),
              "a size, for example < 10Gi");
  }
}

void read_value(const Node& node, Expectation& out) {
  if (node.value().is_list()) {
    for (size_t i = 0; i < node.value().items().size(); ++i) {
      std::string text;
      if (!read_text(node.item(i), text)) return;
      out.value += (i == 0 ? "" : " ") + text;
    }
    return;
  }
  std::string text;
  if (read_text(node, text)) split_operator(text, out);
}

void read_expectation(const Node& map, const std::string& name, Expectation& out) {
  const Node node = map.at(name);
  out.figure = name;
  out.mark = map.source().key_mark(map.value(), name);
  read_value(node, out);
  const FigureName parts = split_figure(name);
  const FigureInfo* figure = find_figure(parts.name);
  if (!figure) {
    std::vector<std::string> known;
    for (const FigureInfo& each : all_figures()) known.emplace_back(each.name);
    map.fail_at_key(name, fmt::format("unknown figure `{}`", parts.name),
                    did_you_mean(parts.name, known));
    return;
  }
  if (!figure->of.empty() && parts.of.empty()) {
    map.fail_at_key(name, fmt::format("`{}` does not say which {} it is of", name, figure->of),
                    fmt::format("{}[{}]", figure->name, figure->example));
  } else if (figure->of.empty() && !parts.of.empty()) {
    map.fail_at_key(name, fmt::format("`{}` is a figure of the whole run", parts.name),
                    std::string(figure->name));
  } else {
    check_value(node, *figure, out);
  }
}

}  // namespace

void read_expectations(const Node& node, std::vector<Expectation>& out) {
  if (node.value().is_null() || !node.require_map("figures and what they should be")) return;
  for (const auto& [name, value] : node.value().entries()) {
    read_expectation(node, name, out.emplace_back());
  }
}

namespace {

struct Compared {
  std::string profile;
  std::vector<Expectation> expectations;
};

constexpr Key<Compared> kComparedKeys[] = {
    {"operator", [](const Node& n, Compared& o) { read_profile(n, o.profile); }, true},
    {"expect", [](const Node& n, Compared& o) { read_expectations(n, o.expectations); }},
};

void read_compared(const Node& node, Compared& out) {
  if (node.value().is_string()) {
    read_profile(node, out.profile);
  } else {
    read_map<Compared>(node, kComparedKeys, out);
  }
}

}  // namespace

void read_compare_with(const Node& node, Draft& draft) {
  std::vector<Compared> compared;
  read_list<Compared>(node, compared, read_compared);
  for (Compared& each : compared) {
    draft.scenario.compare_with.push_back(each.profile);
    if (each.expectations.empty()) continue;
    draft.scenario.compared_expectations.push_back(
        {std::move(each.profile), std::move(each.expectations)});
  }
}

}  // namespace twin::scenario
