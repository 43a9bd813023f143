#include "scenarios/runner/scenario_file.h"

#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load.h"

namespace twin::scenario {

namespace {

using api::Value;

bool is_of_kind(const Value& document, std::string_view name) {
  const Value* kind = document.find("kind");
  return kind != nullptr && kind->is_string() && kind->as_string() == name;
}

// "" or "folder/".
std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == file.npos ? std::string() : file.substr(0, slash + 1);
}

Value text_value(const std::string& text) { return Value::string(text); }

// Calls `change` with each path to another file that the spec names.
template <class Change>
void for_each_path(Value& spec, Change change) {
  if (Value* includes = spec.find("include"); includes != nullptr && includes->is_list()) {
    for (Value& each : includes->items()) {
      if (each.is_string()) each = text_value(change(each.as_string()));
    }
  }
  Value* environment = spec.find("environment");
  Value* hardware = environment == nullptr ? nullptr : environment->find("hardware");
  if (hardware == nullptr || !hardware->is_string()) return;
  if (hardware->as_string().ends_with(".yaml")) {
    *hardware = text_value(change(hardware->as_string()));
  }
}

}  // namespace

Value duration_value(sim::Duration time) {
  constexpr int64_t kMilli = 1'000'000;
  constexpr int64_t kSecond = 1'000'000'000;
  return time.ns % kSecond == 0 ? text_value(fmt::format("{}s", time.ns / kSecond))
                                : text_value(fmt::format("{}ms", time.ns / kMilli));
}

sim::Expected<ScenarioFile> ScenarioFile::parse(std::string_view text, const std::string& file) {
  auto documents = api::parse_yaml(text, file);
  if (!documents) return documents.error();
  ScenarioFile made;
  made.file_ = file;
  bool found = false;
  for (api::Document& document : *documents) {
    if (document.root.is_null() || is_of_kind(document.root, kLessonKind)) continue;
    if (is_of_kind(document.root, "Scenario")) {
      found = true;
      made.scenario_ = made.documents_.size();
    }
    made.documents_.push_back(std::move(document.root));
  }
  if (!found) {
    Value scenario = Value::map(), metadata = Value::map();
    scenario.set("apiVersion", text_value("kafka-twin.io/v1alpha1"));
    scenario.set("kind", text_value("Scenario"));
    metadata.set("name", text_value(file.substr(folder_of(file).size())));
    scenario.set("metadata", std::move(metadata));
    made.documents_.insert(made.documents_.begin(), std::move(scenario));
    made.scenario_ = 0;
  }
  Value& root = made.documents_[made.scenario_];
  if (root.find("spec") == nullptr || !root.find("spec")->is_map()) {
    root.set("spec", Value::map());
  }
  for_each_path(made.spec(), [&](const std::string& path) {
    return path.starts_with('/') ? path : folder_of(file) + path;
  });
  return made;
}

sim::Expected<ScenarioFile> ScenarioFile::read(const std::string& path) {
  // The loader finds more mistakes than a parser does, and says where they are.
  const auto loaded = load_scenario(path);
  if (!loaded) return loaded.error();
  const auto text = read_input_file(path, "a scenario or a manifest");
  if (!text) return text.error();
  return parse(*text, path);
}

Value& ScenarioFile::spec() { return *documents_[scenario_].find("spec"); }

Value::List& ScenarioFile::steps() {
  Value* steps = spec().find("steps");
  if (steps == nullptr || !steps->is_list()) steps = &spec().set("steps", Value::list());
  return steps->items();
}

std::string ScenarioFile::name() const {
  const Value* name = documents_[scenario_].at_path("metadata.name");
  return name == nullptr ? std::string() : name->scalar_text();
}

void ScenarioFile::set_profile(const std::string& profile) {
  Value* own = spec().find("operator");
  if (own != nullptr && own->is_map()) {
    own->set("profile", text_value(profile));
  } else {
    spec().set("operator", text_value(profile));
  }
}

void ScenarioFile::set_seed(uint64_t seed) {
  spec().set("seed", Value::integer(static_cast<int64_t>(seed)));
}

std::string ScenarioFile::write(const std::string& name, const std::string& why) const {
  std::string text;
  std::stringstream lines(why);
  for (std::string line; std::getline(lines, line);) text += "# " + line + "\n";
  for (size_t i = 0; i < documents_.size(); ++i) {
    Value document = documents_[i];
    if (i == scenario_) {
      Value metadata = Value::map();
      metadata.set("name", text_value(name));
      document.set("metadata", std::move(metadata));
    }
    if (i > 0) text += "---\n";
    text += api::to_yaml(document);
    if (!text.ends_with('\n')) text += "\n";
  }
  return text;
}

std::string ScenarioFile::write_for(const std::string& folder, const std::string& name,
                                    const std::string& why) const {
  namespace fs = std::filesystem;
  ScenarioFile moved = *this;
  std::error_code failed;
  const fs::path from = fs::weakly_canonical(fs::path(folder.empty() ? "." : folder), failed);
  for_each_path(moved.spec(), [&](const std::string& path) {
    return fs::weakly_canonical(path, failed).lexically_proximate(from).string();
  });
  return moved.write(name, why);
}

// Under its own name it would say where mistakes are in a text that nobody has.
sim::Expected<Scenario> ScenarioFile::load() const {
  LoadResult loaded = load_text(write(name(), ""), "generated");
  if (loaded.scenario) return std::move(*loaded.scenario);
  return loaded.errors.front();
}

}  // namespace twin::scenario
