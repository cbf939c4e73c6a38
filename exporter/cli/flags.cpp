#include "exporter/cli/flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "exporter/base/log.hpp"
#include "exporter/cli/bash_completion.hpp"
#include "exporter/cli/defaults_file.hpp"
#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_help.hpp"
#include "exporter/cli/flag_kinds.hpp"
#include "exporter/cli/man_page.hpp"

namespace ganesha::exporter {
namespace {

struct ActionFlag {
  const char* name;
  const char* help;
  Action action;
};

constexpr ActionFlag action_flags[] = {
    {"--once", "Print one scrape to standard output and exit, for node_exporter's textfile collector.",
     Action::once},
    {"--config.check",
     "Check the flags and --web.config.file with its certificates, and exit: 0 if they are valid.",
     Action::check_config},
    {"--healthcheck",
     "Ask the exporter at --exporter, or at --web.listen-address, whether it is ready, and exit: 0 if it is. "
     "Without these flags, ask the exporter that runs as process 1 of this container, where it listens.",
     Action::healthcheck},
    {"--healthcheck.live",
     "Ask it whether it is healthy instead: the server that it runs is neither lost nor hung. For the health "
     "check of a container, which restarts it.",
     Action::livecheck},
    {"--help-metrics", "Print the reference of all metrics, as Markdown, and exit.", Action::help_metrics}};

// For `make docs`; not shown in --help.
constexpr ActionFlag hidden_action_flags[] = {
    {"--help-collectors", "Print the table of collectors, as Markdown.", Action::help_collectors},
    {"--help-bus-policy", "Print the bus policy.", Action::help_bus_policy}};

// Made from the flags. For `make docs`; not shown in --help.
struct Made {
  const char* flag;
  std::string (*text)(const CLI::App& app);
};

constexpr Made made_from_flags[] = {{"--help-flags", flags_reference},
                                    {"--help-man", man_page},
                                    {"--help-bash-completion", bash_completion},
                                    {"--help-defaults-file", defaults_file}};

CLI::Option* add_action(CLI::App& app, const ActionFlag& flag, Options& options) {
  const auto choose = [&options, chosen = flag.action] { options.action = chosen; };
  return app.add_flag_callback(flag.name, choose, flag.help);
}

void add_actions(CLI::App& app, Options& options) {
  std::vector<CLI::Option*> added;
  for (const auto& action : action_flags) {
    CLI::Option* flag = add_action(app, action, options);
    for (CLI::Option* other : added) other->excludes(flag);
    added.push_back(flag);
  }
  for (const auto& action : hidden_action_flags) add_action(app, action, options)->group("");
}

void add_connection(CLI::App& app, ExporterToAsk& ask) {
  app.option_defaults()->group("Connection of --healthcheck and --healthcheck.live");
  add_exporter_to_ask(app, ask);
}

void add_other(CLI::App& app, Options& options, std::string_view version) {
  app.option_defaults()->group("Other");
  add_actions(app, options);
  app.set_version_flag("--version", std::string(version), "Print the version and exit.");
  app.set_help_flag("-h,--help", "Print this help and exit.");
}

// One line, also where an argument holds a newline.
EarlyExit usage_error(std::string what) {
  std::replace_if(
      what.begin(), what.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return {1, "ganesha_exporter: " + what + "; see --help\n"};
}

EarlyExit is_not_alone(const std::string& command) {
  std::vector<std::string> others;
  for (const auto& flag : action_flags) others.emplace_back(flag.name);
  return usage_error(command + " cannot be combined with " + alternatives(others));
}

// As CLI11 wants them. It takes the next argument for the value of `--flag=`: that is split into the flag and
// an empty value.
std::vector<std::string> reversed_arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    std::string argument = argv[i];
    const bool empty_value = argument.starts_with("--") && argument.find('=') == argument.size() - 1;
    if (empty_value) {
      arguments.emplace_back();
      argument.pop_back();
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

bool asks_none(Action action) {
  return action != Action::healthcheck && action != Action::livecheck && action != Action::top;
}

bool follows_a_server(Action action) {
  return action == Action::serve || action == Action::once || action == Action::check_config;
}

bool asks_with_flags(const ExporterToAsk& ask) {
  return ask.address || !ask.ca_file.empty() || !ask.cert_file.empty() || !ask.key_file.empty() ||
         !ask.username.empty() || !ask.password_file.empty();
}

class Parser {
 public:
  explicit Parser(std::string_view version) : version_(version) {
    app_.formatter(help_layout());
    add_web(app_, options_);
    add_dbus(app_, options_);
    add_polling(app_, options_);
    add_collectors(app_, collector_flags_);
    add_filters(app_, options_.selection);
    add_built_in(app_, options_);
    add_ganesha(app_, options_.ganesha);
    add_logging(app_, options_);
    add_connection(app_, options_.ask);
    add_other(app_, options_, version);
    record_ = add_record(app_, options_.record_folder);
    top_ = add_top(app_, options_.top, options_.ask);
    for (const Made& made : made_from_flags)
      app_.add_flag_callback(made.flag, [this, &made] { to_print_ = made.text; })->group("");
  }

  std::variant<Options, EarlyExit> parse(std::vector<std::string> reversed) {
    try {
      app_.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
      return EarlyExit{0, app_.help()};
    } catch (const CLI::CallForVersion&) {
      return EarlyExit{0, std::string(version_) + "\n"};
    } catch (const CLI::ExtrasError&) {
      return usage_error("unknown argument " + quote(app_.remaining(true).front()));
    } catch (const CLI::ArgumentMismatch& error) {
      const std::string what = error.what();
      return usage_error(what.substr(0, what.find(':')) + " needs a value");
    } catch (const CLI::ParseError& error) {
      return usage_error(error.what());
    }
    return result();
  }

 private:
  std::variant<Options, EarlyExit> result() {
    if (to_print_) return EarlyExit{0, to_print_(app_)};
    for (const auto& [command, action] : {std::pair(record_, Action::record), std::pair(top_, Action::top)}) {
      if (!command->parsed()) continue;
      if (options_.action != Action::serve) return is_not_alone(command->get_name());
      options_.action = action;
    }
    if (is_on_command_line(app_.get_option("--web.listen-address")))
      options_.listen_from = AddressSource::flag;
    if (const std::string fault = fault_in_combination(); !fault.empty()) return usage_error(fault);
    options_.enabled = collector_flags_.enabled();
    options_.named = collector_flags_.named();
    options_.collectors_chosen = collector_flags_.chosen();
    return options_;
  }

  // An address that is not listened on would be a surprise: better no start than a silent one.
  std::string fault_in_combination() const {
    if (options_.systemd_sockets && options_.listen_from == AddressSource::flag)
      return "--web.systemd-socket excludes --web.listen-address";
    if (options_.action == Action::record && !options_.has_bus)
      return "record asks over DBus: it cannot be combined with --dbus.address=none";
    if (options_.action == Action::record && options_.ganesha.run)
      return "record asks a server that runs already: it cannot be combined with --ganesha.run";
    if (asks_none(options_.action) && asks_with_flags(options_.ask))
      return "the flags --exporter and --exporter.* need --healthcheck, --healthcheck.live or top";
    for (const std::string& fault : {fault_in_bus(options_), fault_in_built_in()})
      if (!fault.empty()) return fault;
    return fault_in(options_.ask);
  }

  std::string fault_in_built_in() const {
    const bool collects = collector_flags_.enabled()[index_of(CollectorId::built_in)];
    if (!follows_a_server(options_.action) || collects == options_.metrics_url.has_value()) return "";
    if (!collects) return "--ganesha.metrics-url needs --collector.built_in";
    return options_.ganesha.run ? ""
                                : "--collector.built_in needs --ganesha.metrics-url, such as "
                                  "http://127.0.0.1:9587/metrics, or --ganesha.run";
  }

  // Values of the environment do not count.
  bool is_on_command_line(const CLI::Option* option) const {
    return std::ranges::find(app_.parse_order(), option) != app_.parse_order().end();
  }

  std::string_view version_;
  Options options_;
  CollectorFlags collector_flags_;
  std::string (*to_print_)(const CLI::App&) = nullptr;
  CLI::App app_{"Prometheus exporter for NFS-Ganesha.", "ganesha_exporter"};
  CLI::App* record_ = nullptr;
  CLI::App* top_ = nullptr;
};

}  // namespace

std::variant<Options, EarlyExit> parse_flags(int argc, const char* const* argv, std::string_view version) {
  return Parser(version).parse(reversed_arguments(argc, argv));
}

}  // namespace ganesha::exporter
