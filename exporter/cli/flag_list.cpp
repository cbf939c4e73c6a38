#include "exporter/cli/flag_list.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "exporter/base/text.hpp"
#include "exporter/cli/flag_kinds.hpp"

namespace ganesha::exporter {

std::vector<FlagGroup> groups_of(const CLI::App& app) {
  std::vector<FlagGroup> groups;
  for (const std::string& name : app.get_groups()) {
    if (name.empty()) continue;  // hidden
    groups.push_back(
        {name, app.get_options([&](const CLI::Option* flag) { return flag->get_group() == name; })});
  }
  return groups;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string synopsis_of(const CLI::App& command) {
  std::string text = command.get_name();
  for (const CLI::Option* one : command.get_options())
    if (one->get_positional()) text += " " + one->get_name(true);
  return text;
}

std::vector<std::string> names_of(const CLI::Option& flag) {
  if (flag.get_positional()) return {flag.get_name(true)};
  std::vector<std::string> names;
  for (const auto& name : flag.get_snames()) names.push_back("-" + name);
  const bool can_be_negated = flag.get_lnames().size() > 1;
  names.push_back((can_be_negated ? "--[no-]" : "--") + flag.get_lnames().front());
  return names;
}

std::string value_of(const CLI::Option& flag) {
  if (flag.get_items_expected_max() == 0) return "";
  return choices_of(flag).empty() ? flag.get_type_name() : "NAME";
}

std::vector<std::string> choices_of(const CLI::Option& flag) {
  const std::string type = flag.get_type_name();
  std::vector<std::string> choices;
  if (type.find(choice_separator) == type.npos) return choices;
  for (const auto choice : split(type, choice_separator)) choices.emplace_back(choice);
  return choices;
}

std::string label_of(const CLI::Option& flag) {
  const std::string value = value_of(flag);
  return joined(names_of(flag), ", ") + (value.empty() ? "" : "=" + value);
}

std::string wrapped(const std::string& text, const std::string& indent, std::size_t width) {
  std::istringstream words(text);
  std::string out, line = indent;
  for (std::string word; words >> word;) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > width) {
      out += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return out + line + "\n";
}

}  // namespace ganesha::exporter
