// Where the lessons are: `scenarios/lessons` in the working folder or above it, or above the
// program.
#pragma once

#include <string>
#include <vector>

#include "scenarios/training/lesson.h"
#include "sim/expected.h"

namespace twin::cli {

// Sorted by name. Error: there is no such folder.
sim::Expected<std::vector<std::string>> lesson_files();
// By its name, or a path of a file.
sim::Expected<training::Lesson> find_lesson(const std::string& name);

}  // namespace twin::cli
