#include "cli/lessons.h"

#include <algorithm>
#include <filesystem>

#include "scenarios/runner/load_reader.h"

namespace twin::cli {

namespace fs = std::filesystem;

namespace {

// Empty when there is none.
fs::path folder_above(fs::path from) {
  std::error_code ignored;
  for (;; from = from.parent_path()) {
    fs::path folder = from / "scenarios" / "lessons";
    if (fs::is_directory(folder, ignored)) return folder;
    if (from == from.parent_path()) return {};
  }
}

fs::path lessons_folder() {
  std::error_code ignored;
  const fs::path folder = folder_above(fs::current_path(ignored));
  if (!folder.empty()) return folder.lexically_proximate(fs::current_path(ignored));
  return folder_above(fs::read_symlink("/proc/self/exe", ignored).parent_path());
}

}  // namespace

sim::Expected<std::vector<std::string>> lesson_files() {
  const fs::path folder = lessons_folder();
  if (folder.empty()) {
    return sim::Error{"", "there is no folder scenarios/lessons here or above",
                      "go to the project's folder, or name a lesson's file"};
  }
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

sim::Expected<training::Lesson> find_lesson(const std::string& name) {
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return training::load_lesson(name);
  const auto files = lesson_files();
  if (!files) return files.error();
  std::vector<std::string> names;
  for (const std::string& file : *files) {
    names.push_back(fs::path(file).stem().string());
    if (names.back() == name) return training::load_lesson(file);
  }
  return sim::Error{"", "there is no lesson `" + name + "`", scenario::did_you_mean(name, names)};
}

}  // namespace twin::cli
