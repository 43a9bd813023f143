// kafka-twin completion bash|zsh|fish: a completion script made from the program's own options, so
// that it cannot lag behind them.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "controller/operator.h"
#include "controller/rebalance/request.h"
#include "viz/export/export.h"

namespace twin::cli {

namespace {

// What may stand behind an option, or as an argument without one.
struct Values {
  bool any = false;  // something must
  bool files = false;
  std::string words;  // one of these
};

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

Values values_of(const CLI::Option& option) {
  Values values;
  const std::string& type = option.get_type_name();
  values.any = option.get_type_size() != 0;
  values.files = type == "FILE";
  if (type == "FORMAT") values.words = "text json junit markdown";
  if (type == "TEXT|JSON|MARKDOWN") values.words = "text json markdown";
  if (type == "TEXT|JSON") values.words = "text json";
  if (type == "PANEL") values.words = "all cluster partitions charts decisions timeline";
  if (type == "THEME") values.words = "dark light";
  if (type == "EXPORT") values.words = join(viz::export_formats());
  if (type == "STRATEGY") values.words = join(controller::rebalance::strategy_names());
  if (type == "RELEASE") values.words = join(controller::known_profiles());
  if (type == "PROFILE") values.words = join(controller::known_profiles());
  if (type == "SHELL") values.words = "bash zsh fish";
  return values;
}

// Calls `each(option, "--name")` for every long name of every option of a command.
template <class Each>
void for_each_flag(const CLI::App& command, Each each) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) each(*option, "--" + name);
  }
}

Values argument_of(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) return values_of(*option);
  }
  return {};
}

std::string first_line(const std::string& text, std::string_view unwanted) {
  std::string out;
  for (const char c : text) out += c == '\n' ? ' ' : unwanted.find(c) == unwanted.npos ? c : ' ';
  return out;
}

// Bash breaks words at `@` and `=`, which stand inside ours: the word is read off the line, and
// what bash has put before the last break is cut off the answers again.
constexpr const char* kBashHead = R"(_kafka_twin() {
  local line="${COMP_LINE:0:COMP_POINT}" word before flags="" cut=""
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local last=$((${#words[@]} - 1))
  word="${words[last]}" before="${words[last > 0 ? last - 1 : 0]}"
  if [[ $word == --*=* ]]; then
    before="${word%%=*}" word="${word#*=}"
  fi
  [[ $COMP_WORDBREAKS == *@* && $word == *@* ]] && cut="${word%"${word##*@}"}"
  COMPREPLY=()
  if ((last == 1)); then
    COMPREPLY=($(compgen -W ")";

std::string bash_script(const CLI::App& program) {
  std::vector<std::string> commands;
  std::string flags, values;
  for (const CLI::App* command : program.get_subcommands({})) {
    commands.push_back(command->get_name());
    std::string list;
    for_each_flag(*command, [&](const CLI::Option& option, const std::string& flag) {
      list += (list.empty() ? "" : " ") + flag;
      const Values of = values_of(option);
      if (!of.any) return;
      const std::string reply =
          of.files           ? "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\"))"
          : of.words.empty() ? ":"
                             : "COMPREPLY=($(compgen -W \"" + of.words + "\" -- \"$word\"))";
      values += fmt::format("    {}:{}) {} ;;\n", command->get_name(), flag, reply);
    });
    flags += fmt::format("        {}) flags=\"{}\" ;;\n", command->get_name(), list);
    const Values argument = argument_of(*command);
    std::string reply = ":";
    if (argument.files) reply = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\"))";
    if (!argument.words.empty()) {
      reply = "COMPREPLY=($(compgen -W \"" + argument.words + "\" -- \"$word\"))";
    }
    values +=
        fmt::format("    {}:*) [[ $word == -* ]] || {{ {}; }} ;;\n", command->get_name(), reply);
  }
  return kBashHead + join(commands) + " --help --version\" -- \"$word\"))\n    return\n  fi\n" +
         "  case \"${words[1]}:$before\" in\n" + values + "  esac\n" +
         "  if [[ $word == -* ]]; then\n    case \"${words[1]}\" in\n" + flags + "    esac\n" +
         "    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n  fi\n" +
         "  COMPREPLY=(\"${COMPREPLY[@]#\"$cut\"}\")\n}\n" + "complete -F _kafka_twin kafka-twin\n";
}

std::string zsh_values(const Values& values) {
  if (values.files) return ":file:_files";
  return values.words.empty() ? ":value: " : ":value:(" + values.words + ")";
}

std::string zsh_script(const CLI::App& program) {
  std::string commands, cases;
  for (const CLI::App* command : program.get_subcommands({})) {
    commands += fmt::format("    '{}:{}'\n", command->get_name(),
                            first_line(command->get_description(), "':"));
    cases += fmt::format("    {}) _arguments", command->get_name());
    for_each_flag(*command, [&](const CLI::Option& option, const std::string& flag) {
      const Values values = values_of(option);
      cases +=
          fmt::format(" \\\n      '*{}[{}]{}'", flag, first_line(option.get_description(), "'[]:"),
                      values.any ? zsh_values(values) : "");
    });
    const Values argument = argument_of(*command);
    if (argument.any) cases += fmt::format(" \\\n      '*{}'", zsh_values(argument));
    cases += " ;;\n";
  }
  return "#compdef kafka-twin\n_kafka_twin() {\n  local -a commands=(\n" + commands + "  )\n" +
         "  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n" +
         "  shift words\n  ((CURRENT--))\n  case $words[1] in\n" + cases + "  esac\n}\n" +
         "if [[ $funcstack[1] == _kafka-twin ]]; then\n  _kafka_twin \"$@\"\n" +
         "else\n  compdef _kafka_twin kafka-twin\nfi\n";
}

std::string fish_script(const CLI::App& program) {
  std::string out = "complete -c kafka-twin -f\n";
  out += "complete -c kafka-twin -n __fish_use_subcommand -l version -l help\n";
  for (const CLI::App* command : program.get_subcommands({})) {
    const std::string& name = command->get_name();
    out += fmt::format("complete -c kafka-twin -n __fish_use_subcommand -a {} -d '{}'\n", name,
                       first_line(command->get_description(), "'"));
    const std::string here = "complete -c kafka-twin -n '__fish_seen_subcommand_from " + name + "'";
    const Values argument = argument_of(*command);
    if (argument.files) out += here + " -F\n";
    if (!argument.words.empty()) out += here + " -a '" + argument.words + "'\n";
    for_each_flag(*command, [&](const CLI::Option& option, const std::string& flag) {
      const Values values = values_of(option);
      out += here + " -l " + flag.substr(2);
      if (values.files) out += " -r -F";
      if (values.any && !values.files) out += " -x";
      if (!values.words.empty()) out += " -a '" + values.words + "'";
      out += " -d '" + first_line(option.get_description(), "'") + "'\n";
    });
  }
  return out;
}

}  // namespace

void add_completion_command(CLI::App& program, Action& chosen) {
  auto shell = std::make_shared<std::string>("bash");
  CLI::App* command =
      program.add_subcommand("completion", "Print a completion script; bash: source <(... bash)");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->type_name("SHELL")
      ->check([](const std::string& name) {
        const bool known = name == "bash" || name == "zsh" || name == "fish";
        return known ? std::string() : "no completion for `" + name + "`; bash, zsh or fish";
      })
      ->required();
  const CLI::App* root = &program;
  command->callback([shell, root, &chosen] {
    chosen = [shell, root] {
      print(*shell == "fish"  ? fish_script(*root)
            : *shell == "zsh" ? zsh_script(*root)
                              : bash_script(*root));
      return static_cast<int>(kHolds);
    };
  });
}

}  // namespace twin::cli
