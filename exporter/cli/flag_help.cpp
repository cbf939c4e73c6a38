#include "exporter/cli/flag_help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

namespace ganesha::exporter {
namespace {

constexpr std::size_t help_width = 80;

std::string wrapped(const std::string& text, const std::string& indent) {
  std::istringstream words(text);
  std::string out, line = indent;
  for (std::string word; words >> word;) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > help_width) {
      out += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return out + line + "\n";
}

// `-h, --help`, `--[no-]collector.server`, `--web.listen-address=ADDRESS`.
std::string label_of(const CLI::Option& option) {
  std::string label;
  for (const auto& name : option.get_snames()) label += "-" + name + ", ";
  const bool can_be_negated = option.get_lnames().size() > 1;
  label += (can_be_negated ? "--[no-]" : "--") + option.get_lnames().front();
  if (option.get_items_expected_max() > 0) label += "=" + option.get_type_name();
  return label;
}

// CLI11's own layout neither wraps nor copes with names this long: here the help stands below the flag.
class HelpLayout : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string) const override {
    if (app->get_parent()) return "\nUsage: ganesha_exporter " + app->get_name() + " [flags]\n";
    return "\nUsage: ganesha_exporter [flags]\n       ganesha_exporter [flags] COMMAND [flags]\n";
  }
  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode) const override {
    std::string text;
    for (const CLI::App* command : app->get_subcommands({}))
      text += "  " + command->get_name() + "\n" + wrapped(command->get_description(), "      ");
    return text.empty() ? text : "\nCommands, each with its own --help:\n" + text;
  }
  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), "");
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
    return "  " + label_of(*option) + "\n" + wrapped(help, "      ");
  }
};

std::string row_of(const CLI::Option& option) {
  const std::string value = option.get_default_str(), variable = option.get_envname();
  return fmt::format("| `{}` | {} | {}{} |\n", label_of(option), value, option.get_description(),
                     variable.empty() ? "" : fmt::format(" Environment: `{}`.", variable));
}

std::string tables_of(const CLI::App& app, const std::string& title_prefix) {
  std::string text;
  for (const std::string& group : app.get_groups()) {
    if (group.empty()) continue;  // hidden
    text +=
        fmt::format("\n## {}{}\n\n| Flag | Default | Description |\n|---|---|---|\n", title_prefix, group);
    for (const CLI::Option* option : app.get_options())
      if (option->get_group() == group) text += row_of(*option);
  }
  return text;
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_layout() { return std::make_shared<HelpLayout>(); }

std::string flags_reference(const CLI::App& app) {
  std::string text =
      "# Flags\n\nWritten by `make docs`: do not edit. Durations are "
      "written as in\nPrometheus: `200ms`, `5s`, `1m30s`, `1d`.\n" +
      tables_of(app, "");
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    text +=
        fmt::format("\n# `ganesha_exporter {}`\n\n{}\n", command->get_name(), command->get_description()) +
        tables_of(*command, command->get_name() + ": ");
  return text;
}

}  // namespace ganesha::exporter
