#include "scenarios/preview/fail_on.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/runner/load_reader.h"
#include "sim/assert.h"

namespace twin::preview {

namespace {

constexpr const char* kExample = "under-min-isr,unavailable>5s";

std::string format_value(Unit unit, int64_t value) {
  if (unit == Unit::duration) return sim::format_duration({value});
  if (unit == Unit::bytes) return api::format_bytes({value});
  return std::to_string(value);
}

std::string_view example_of(Unit unit) {
  return unit == Unit::duration ? "5s" : unit == Unit::bytes ? "1Mi" : "3";
}

sim::Expected<int64_t> parse_limit(const FailFigure& figure, std::string_view text) {
  const auto wrong = [&](const std::string& what) {
    return sim::Error{"--fail-on", fmt::format("`{}` of {}: {}", text, figure.name, what),
                      fmt::format("for example {}>{}", figure.name, example_of(figure.unit))};
  };
  if (text.empty()) return wrong("there is no limit");
  if (figure.unit == Unit::duration) {
    const auto duration = scenario::parse_duration(text);
    if (!duration) return wrong(duration.error().what);
    return duration->ns;
  }
  if (figure.unit == Unit::bytes) {
    const auto bytes = api::parse_quantity(text);
    if (!bytes) return wrong(bytes.error().what);
    return bytes->value;
  }
  int64_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec == std::errc{} && read.ptr == text.data() + text.size() && count >= 0) return count;
  return wrong("not a whole number");
}

sim::Expected<FailCondition> parse_one(std::string_view text) {
  const size_t sign = text.find_first_of("<>=!");
  const std::string_view name = text.substr(0, sign);
  FailCondition condition;
  condition.text = std::string(text);
  std::vector<std::string> known;
  for (const FailFigure& figure : fail_figures()) {
    known.emplace_back(figure.name);
    if (figure.name == name) condition.figure = &figure;
  }
  if (condition.figure == nullptr) {
    if (name.empty()) {
      return sim::Error{"--fail-on", fmt::format("`{}` names no figure", text), kExample};
    }
    return sim::Error{"--fail-on", fmt::format("there is no figure `{}`", name),
                      scenario::did_you_mean(name, known)};
  }
  if (sign == text.npos) return condition;
  if (text[sign] != '>') {
    return sim::Error{"--fail-on", fmt::format("`{}` compares with `{}`", text, text[sign]),
                      "> or >=: a condition says from where on it is too much"};
  }
  std::string_view limit = text.substr(sign + 1);
  condition.or_equal = limit.starts_with('=');
  if (condition.or_equal) limit.remove_prefix(1);
  const auto parsed = parse_limit(*condition.figure, limit);
  if (!parsed) return parsed.error();
  condition.limit = *parsed;
  return condition;
}

template <auto Member>
int64_t length(const Outcome& outcome) {
  return (outcome.*Member).ns;
}
template <auto Member>
int64_t number(const Outcome& outcome) {
  return outcome.*Member;
}

}  // namespace

const std::vector<FailFigure>& fail_figures() {
  static const std::vector<FailFigure> figures = {
      {"under-min-isr", Unit::duration, "the longest of one partition",
       length<&Outcome::under_min_isr>, nullptr},
      {"unavailable", Unit::duration, "the longest in which a partition took no records",
       length<&Outcome::unavailable>, nullptr},
      {"offline", Unit::duration, "without a leader, summed over partitions",
       length<&Outcome::offline>, nullptr},
      {"lag", Unit::duration, "the worst of a consumer group", length<&Outcome::lag>, nullptr},
      {"duration", Unit::duration, "from the change until it is done", length<&Outcome::took>,
       nullptr},
      {"restarts", Unit::count, "of pods", number<&Outcome::restarts>, nullptr},
      {"rejected", Unit::count, "records that producers gave up", number<&Outcome::rejected>,
       nullptr},
      {"lost", Unit::bytes, "acknowledged bytes that no replica has any more",
       number<&Outcome::lost_bytes>, nullptr},
      {"alerts", Unit::count, "rules that may fire", number<&Outcome::alerts>, nullptr},
      {"blocked", Unit::count, "topics that block a roll or go dark in one", nullptr,
       &Findings::blocked},
      {"refused", Unit::count, "what the operator or the API server refuses", nullptr,
       &Findings::refusals},
      {"not-modelled", Unit::count, "fields that touch safety", nullptr, &Findings::not_modelled},
      {"no-way-back", Unit::count, "a point of no return that is passed", nullptr,
       &Findings::no_way_back},
  };
  return figures;
}

sim::Expected<std::vector<FailCondition>> parse_fail_on(std::string_view text) {
  std::vector<FailCondition> conditions;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, comma - at);
    if (part.empty()) {
      return sim::Error{"--fail-on", fmt::format("`{}` has an empty condition", text), kExample};
    }
    auto condition = parse_one(part);
    if (!condition) return condition.error();
    conditions.push_back(std::move(*condition));
    at = comma + 1;
  }
  return conditions;
}

FailResult check(const FailCondition& condition, const std::vector<Outcome>& runs,
                 const Findings& findings) {
  TWIN_ASSERT(!runs.empty());
  const FailFigure& figure = *condition.figure;
  int64_t worst = figure.of_all != nullptr ? findings.*figure.of_all : 0;
  if (figure.of_run != nullptr) {
    for (const Outcome& run : runs) worst = std::max(worst, figure.of_run(run));
  }
  FailResult result;
  result.text = condition.text;
  result.value = format_value(figure.unit, worst);
  result.met = condition.or_equal ? worst >= condition.limit : worst > condition.limit;
  return result;
}

}  // namespace twin::preview
