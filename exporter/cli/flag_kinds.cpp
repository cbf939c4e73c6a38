#include "exporter/cli/flag_kinds.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "exporter/base/duration.hpp"
#include "exporter/base/log.hpp"
#include "exporter/base/parse.hpp"

namespace ganesha::exporter {

using std::chrono::milliseconds;

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
    std::string label = "  ";
    for (const auto& name : option->get_snames()) label += "-" + name + ", ";
    const bool can_be_negated = option->get_lnames().size() > 1;
    label += (can_be_negated ? "--[no-]" : "--") + option->get_lnames().front();
    if (option->get_items_expected_max() > 0) label += "=" + option->get_type_name();
    std::string help = option->get_description();
    if (!option->get_envname().empty()) help += " (environment: " + option->get_envname() + ")";
    return label + "\n" + wrapped(help, "      ");
  }
};

}  // namespace

std::string with_default(const std::string& help, const std::string& value) {
  return help + " (default: " + value + ")";
}

CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& help, const std::string& nature, ValueParser read) {
  const std::string long_name = name.substr(name.rfind(',') + 1);
  auto take = [long_name, nature, read](const std::string& value) {
    if (!read(value)) throw CLI::ValidationError(long_name, quote(value) + " " + nature);
  };
  return app.add_option_function<std::string>(name, take, help)->type_name(type)->take_last();
}

void add_duration(CLI::App& app, const std::string& name, const std::string& help, milliseconds& into,
                  milliseconds least) {
  const std::string above = least > milliseconds(0) ? "a duration above 0" : "a duration";
  auto read = [&into, least](const std::string& text) {
    const auto duration = parse_duration(text);
    return duration && *duration >= least && store(duration, into);
  };
  add_value(app, name, "DURATION", with_default(help, format_duration(into)),
            "is not " + above + " (such as 200ms, 5s, 1m30s)", read);
}

void add_number(CLI::App& app, const std::string& name, const std::string& help, unsigned& into, unsigned low,
                unsigned high) {
  const std::string range = std::to_string(low) + " to " + std::to_string(high);
  auto read = [&into, low, high](const std::string& text) {
    return store(parse_number(text, low, high), into);
  };
  add_value(app, name, "NUMBER", with_default(help, std::to_string(into)),
            "is not a whole number from " + range, read);
}

void add_text(CLI::App& app, const std::string& name, const std::string& type, const std::string& help,
              std::string& into) {
  app.add_option(name, into, help)->type_name(type)->take_last();
}

void add_names(CLI::App& app, const std::string& name, const std::string& help, std::size_t chosen,
               const std::vector<std::string>& names, std::function<void(std::size_t)> take) {
  std::string all = names[0];
  for (std::size_t i = 1; i < names.size(); ++i) all += (i + 1 < names.size() ? ", " : " or ") + names[i];
  auto read = [take, names](const std::string& text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) take(static_cast<std::size_t>(found - names.begin()));
    return found != names.end();
  };
  add_value(app, name, "NAME", with_default(help + ": " + all + ".", names[chosen]), "is not " + all, read);
}

std::shared_ptr<CLI::FormatterBase> help_layout() { return std::make_shared<HelpLayout>(); }

}  // namespace ganesha::exporter
