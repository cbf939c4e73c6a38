#include "exporter/cli/flag_help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "exporter/cli/flag_list.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t help_width = 80;

// CLI11's own layout neither wraps nor copes with names this long: here the help stands below the flag.
class HelpLayout : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string) const override {
    if (app->get_parent()) return "\nUsage: ganesha_exporter " + synopsis_of(*app) + " [flags]\n";
    return "\nUsage: ganesha_exporter [flags]\n       ganesha_exporter [flags] COMMAND [flags]\n";
  }
  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode) const override {
    std::string text;
    for (const CLI::App* command : commands_of(*app))
      text += "  " + synopsis_of(*command) + "\n" + wrapped(command->get_description(), "      ", help_width);
    return text.empty() ? text : "\nCommands, each with its own --help:\n" + text;
  }
  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), "", help_width);
  }
  std::string make_footer(const CLI::App*) const override { return ""; }
  std::string make_group(std::string group, bool, std::vector<const CLI::Option*> options) const override {
    std::string text = "\n" + group + ":\n";
    for (const CLI::Option* option : options) text += make_option(option, false);
    return text;
  }
  std::string make_option(const CLI::Option* option, bool) const override {
    std::string help = option->get_description();
    if (const auto value = option->get_default_str(); !value.empty()) help += " (default: " + value + ")";
    if (const auto name = option->get_envname(); !name.empty()) help += " (environment: " + name + ")";
    return "  " + label_of(*option) + "\n" + wrapped(help, "      ", help_width);
  }
};

std::string row_of(const CLI::Option& option) {
  const std::string value = option.get_default_str(), variable = option.get_envname();
  return fmt::format("| `{}` | {} | {}{} |\n", label_of(option), value, option.get_description(),
                     variable.empty() ? "" : fmt::format(" Environment: `{}`.", variable));
}

std::string tables_of(const CLI::App& app, const std::string& title_prefix) {
  std::string text;
  for (const auto& [name, flags] : groups_of(app)) {
    text += fmt::format("\n## {}{}\n\n| Flag | Default | Description |\n|---|---|---|\n", title_prefix, name);
    for (const CLI::Option* flag : flags) text += row_of(*flag);
  }
  return text;
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_layout() {
  auto layout = std::make_shared<HelpLayout>();
  layout->label("Positionals", "Argument");
  return layout;
}

std::string flags_reference(const CLI::App& app) {
  std::string text =
      "# Flags\n\nWritten by `make docs`: do not edit. Durations are "
      "written as in\nPrometheus: `200ms`, `5s`, `1m30s`, `1d`.\n" +
      tables_of(app, "");
  for (const CLI::App* command : commands_of(app))
    text +=
        fmt::format("\n# `ganesha_exporter {}`\n\n{}\n", synopsis_of(*command), command->get_description()) +
        tables_of(*command, command->get_name() + ": ");
  return text;
}

}  // namespace ganesha::exporter
