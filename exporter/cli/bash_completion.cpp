#include "exporter/cli/bash_completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "exporter/base/text.hpp"
#include "exporter/cli/flag_list.hpp"

namespace ganesha::exporter {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view opening =
    R"(# bash completion for ganesha_exporter. Made by `make docs`; do not edit.
)";

constexpr std::string_view closing = R"bash(
# Sets COMPREPLY to the files, with -d the directories, that begin with $cur.
_ganesha_exporter_files()
{
    if declare -F _filedir >/dev/null; then # of bash-completion; it also reads quotes and ~
        _filedir "$@"
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen "${1:--f}" -- "$cur")
    fi
}

_ganesha_exporter_programs()
{
    if [[ $cur == */* ]]; then
        _ganesha_exporter_files
    else
        mapfile -t COMPREPLY < <(compgen -c -- "$cur")
    fi
}

# Sets COMPREPLY to those of these words that begin with $cur.
_ganesha_exporter_words()
{
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
    # The value comes right behind the flag.
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
}

# Prints the command that the words before the cursor have; nothing: there is none.
_ganesha_exporter_command()
{
    local i value choices
    for ((i = 1; i < COMP_CWORD; i++)); do
        _ganesha_exporter_value "${COMP_WORDS[i - 1]}"
        [[ $value == none && ${COMP_WORDS[i - 1]} != [=:]* ]] || continue
        [[ " $_ganesha_exporter_commands " != *" ${COMP_WORDS[i]} "* ]] || echo "${COMP_WORDS[i]}"
    done
}

# Prints how many words before this one belong to the same argument: bash makes three words of --flag=value,
# more of a value with : or =, and one if COMP_WORDBREAKS lacks these.
_ganesha_exporter_pieces()
{
    local start=$COMP_CWORD
    while ((start > 1)) && [[ ${COMP_WORDS[start]} == [=:]* || ${COMP_WORDS[start - 1]} == [=:]* ]]; do
        ((start--))
    done
    echo $((COMP_CWORD - start))
}

_ganesha_exporter()
{
    local cur=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]} prefix='' pieces value choices
    COMPREPLY=()
    pieces=$(_ganesha_exporter_pieces)
    if [[ $pieces == 0 && $cur == --*=* ]]; then
        flag=${cur%%=*} cur=${cur#*=} prefix=$flag=
    elif [[ $pieces == 1 && $cur == = ]]; then
        cur=''
    elif [[ $pieces == 2 && $flag == = ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $pieces != 0 ]]; then
        return # within a value that nothing is known of
    fi
    _ganesha_exporter_value "$flag"
    case $value in
        choice) _ganesha_exporter_words "$choices" ;;
        file) _ganesha_exporter_files ;;
        directory) _ganesha_exporter_files -d ;;
        program) _ganesha_exporter_programs ;;
        none) _ganesha_exporter_words "$(_ganesha_exporter_flags "$(_ganesha_exporter_command)")" ;;
    esac
    [[ -z $prefix ]] || COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
}

complete -F _ganesha_exporter ganesha_exporter
)bash";

constexpr std::size_t line_width = 110;

// As they are typed: of a flag that can be negated both.
Words typed_names(const CLI::Option& flag) {
  Words names;
  for (const auto& name : flag.get_snames()) names.push_back("-" + name);
  for (const auto& name : flag.get_lnames()) names.push_back("--" + name);
  return names;
}

Words names_of_commands(const CLI::App& app) {
  Words names;
  for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
  return names;
}

// The flags, those with a value with = at the end, and the commands.
Words candidates_of(const CLI::App& app) {
  Words words = names_of_commands(app);
  for (const auto& group : groups_of(app))
    for (const CLI::Option* flag : group.flags)
      for (const auto& name : typed_names(*flag))
        words.push_back(name + (name.starts_with("--") && !value_of(*flag).empty() ? "=" : ""));
  return words;
}

std::string case_of_words(const std::string& pattern, const CLI::App& app) {
  return "        " + pattern + ")\n            echo '\n" +
         wrapped(joined(candidates_of(app), " "), "                ", line_width) + "            ' ;;\n";
}

std::string function_of_words(const CLI::App& app) {
  std::string text =
      "\n# Prints the flags of command $1; those of the program for no command, and for one that takes "
      "them.\n"
      "_ganesha_exporter_flags()\n{\n    case $1 in\n";
  for (const CLI::App* command : commands_of(app))
    if (!command->get_fallthrough()) text += case_of_words(command->get_name(), *command);
  return text + case_of_words("*", app) + "    esac\n}\n";
}

// What the value of a flag is, as assignments of bash.
std::string value_in_bash(const CLI::Option& flag) {
  if (const auto choices = choices_of(flag); !choices.empty())
    return "value='choice' choices='" + joined(choices, " ") + "'";
  for (const char* completed : {"FILE", "DIRECTORY", "PROGRAM"})
    if (value_of(flag) == completed) return "value='" + to_lower(completed) + "'";
  return "value='other'";
}

// Commands share some flags with the program: each is there once.
void add_cases_of_values(const CLI::App& app, Words& cases) {
  for (const auto& group : groups_of(app))
    for (const CLI::Option* flag : group.flags) {
      if (value_of(*flag).empty()) continue;
      const std::string row =
          "        " + joined(typed_names(*flag), " | ") + ") " + value_in_bash(*flag) + " ;;\n";
      if (std::ranges::find(cases, row) == cases.end()) cases.push_back(row);
    }
}

std::string function_of_values(const CLI::App& app) {
  Words cases;
  add_cases_of_values(app, cases);
  for (const CLI::App* command : commands_of(app)) add_cases_of_values(*command, cases);
  return "\n# Sets value to what flag $1 takes, and choices.\n"
         "_ganesha_exporter_value()\n{\n    choices=''\n    case $1 in\n" +
         joined(cases, "") + "        *) value='none' ;;\n    esac\n}\n";
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  return std::string(opening) + "\n_ganesha_exporter_commands='" + joined(names_of_commands(app), " ") +
         "'\n" + function_of_words(app) + function_of_values(app) + std::string(closing);
}

}  // namespace ganesha::exporter
