// The commands of kafka-twin. Each adds its options to the program and, when it was the one asked
// for, runs and says how it ended.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace twin::cli {

// Runs after parsing; returns the exit status.
using Action = std::function<int()>;

void add_run_command(CLI::App& program, Action& chosen);
void add_explain_command(CLI::App& program, Action& chosen);
void add_export_command(CLI::App& program, Action& chosen);
void add_audit_command(CLI::App& program, Action& chosen);
void add_operate_command(CLI::App& program, Action& chosen);
void add_path_command(CLI::App& program, Action& chosen);
void add_plan_command(CLI::App& program, Action& chosen);
void add_import_command(CLI::App& program, Action& chosen);
void add_preview_command(CLI::App& program, Action& chosen);
void add_calibrate_command(CLI::App& program, Action& chosen);
void add_check_command(CLI::App& program, Action& chosen);
void add_shrink_command(CLI::App& program, Action& chosen);
void add_whatif_command(CLI::App& program, Action& chosen);
void add_lesson_command(CLI::App& program, Action& chosen);
void add_view_command(CLI::App& program, Action& chosen);
void add_completion_command(CLI::App& program, Action& chosen);

}  // namespace twin::cli
