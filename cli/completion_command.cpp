// kafka-twin completion bash|zsh|fish: a completion script made from the program's own options, so
// that it cannot lag behind them.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/exit_status.h"

namespace twin::cli {

namespace {

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// The values of options that take one of a few words, as their help lists them.
std::string bash_script(const CLI::App& program) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CLI::App* command : program.get_subcommands({})) {
    commands.push_back(command->get_name());
    cases += "    " + command->get_name() + ") words=\"" + join(flags_of(*command)) + "\" ;;\n";
  }
  return "_kafka_twin() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" words\n"
         "  case \"$before\" in\n"
         "    --report) COMPREPLY=($(compgen -W \"text json junit markdown\" -- \"$word\")); "
         "return ;;\n"
         "    --operator) COMPREPLY=($(compgen -W \"$(kafka-twin run --list-operators "
         "2>/dev/null)\" "
         "-- \"$word\")); return ;;\n"
         "    completion) COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$word\")); return ;;\n"
         "  esac\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W \"" +
         join(commands) +
         " --help --version\" -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _kafka_twin kafka-twin\n";
}

std::string zsh_script(const CLI::App& program) {
  return "#compdef kafka-twin\nautoload -U +X bashcompinit && bashcompinit\n" +
         bash_script(program);
}

std::string fish_script(const CLI::App& program) {
  std::string out = "complete -c kafka-twin -n __fish_use_subcommand -l version -l help\n";
  for (const CLI::App* command : program.get_subcommands({})) {
    const std::string& name = command->get_name();
    out += "complete -c kafka-twin -f -n __fish_use_subcommand -a " + name + " -d '" +
           command->get_description() + "'\n";
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& flag : option->get_lnames()) {
        out += "complete -c kafka-twin -n '__fish_seen_subcommand_from " + name + "' -l " + flag +
               "\n";
      }
    }
  }
  return out;
}

}  // namespace

void add_completion_command(CLI::App& program, Action& chosen) {
  auto shell = std::make_shared<std::string>("bash");
  CLI::App* command =
      program.add_subcommand("completion", "Print a completion script: source <(... bash)");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  const CLI::App* root = &program;
  command->callback([shell, root, &chosen] {
    chosen = [shell, root] {
      const std::string script = *shell == "fish"  ? fish_script(*root)
                                 : *shell == "zsh" ? zsh_script(*root)
                                                   : bash_script(*root);
      std::fputs(script.c_str(), stdout);
      return static_cast<int>(kHolds);
    };
  });
}

}  // namespace twin::cli
