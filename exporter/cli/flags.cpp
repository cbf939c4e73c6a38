#include "exporter/cli/flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <optional>
#include <sstream>

#include "exporter/base/parse.hpp"
#include "exporter/cli/flag_kinds.hpp"
#include "exporter/cli/top_flags.hpp"
#include "exporter/cli/validators.hpp"

namespace ganesha::exporter {
namespace {

using std::chrono::milliseconds;

void take_listen_addresses(const std::vector<std::string>& texts, Options& flags) {
  flags.listen.clear();
  for (const std::string& text : texts) {
    const auto address = parse_listen_address(text);
    if (!address)
      throw CLI::ValidationError(
          "--web.listen-address",
          quote(text) + " is not an address (such as :19587, 127.0.0.1:19587, [::1]:19587)");
    flags.listen.push_back(*address);
  }
}

void add_web(CLI::App& app, Options& flags) {
  app.option_defaults()->group("Web");
  auto take = [&flags](const std::vector<std::string>& texts) { take_listen_addresses(texts, flags); };
  app.add_option_function<std::vector<std::string>>(
         "--web.listen-address", take,
         "Address and port to listen on, such as :19587, 127.0.0.1:19587 or [::1]:19587. May be repeated. "
         "(default: :19587)")
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  add_value(app, "--web.telemetry-path", "PATH",
            with_default("Path of the page with the metrics.", flags.telemetry_path),
            "is not a path that begins with /, holds no ? # % or blank, and is neither / nor below /-/, "
            "/api/ or /static/",
            [&flags](const std::string& path) {
              return store(is_page_path(path) ? std::optional(path) : std::nullopt, flags.telemetry_path);
            });
  app.add_flag(
      "!--web.disable-exporter-metrics", flags.exporter_metrics,
      "Leave out process_* and the counts of the exporter's own polls, DBus calls and HTTP requests.");
  add_number(
      app, "--web.max-requests",
      "Most scrapes, and most readers of the status, at the same time; further ones get 503; 0 for no limit.",
      flags.max_requests, 0, 1'000'000);
}

void add_dbus(CLI::App& app, Options& flags) {
  app.option_defaults()->group("DBus");
  add_value(
      app, "--dbus.address", "ADDRESS",
      "Bus to find NFS-Ganesha on, such as unix:path=/run/ganesha/bus. (default: the system bus, that is "
      "DBUS_SYSTEM_BUS_ADDRESS or the standard socket)",
      "is not an address of a bus (such as unix:path=/run/ganesha/bus)", [&flags](const std::string& text) {
        if (!text.empty() && !is_bus_address(text)) return false;
        flags.dbus_address = text;
        return true;
      });
  add_value(app, "--dbus.service-name", "NAME",
            with_default("Name that NFS-Ganesha owns on the bus. With --ganesha.run Dbus_Name_Prefix of its "
                         "configuration is taken into account.",
                         flags.dbus_service_name),
            "is not a name on a bus (such as org.ganesha.nfsd)", [&flags](const std::string& text) {
              if (!is_bus_name(text)) return false;
              flags.dbus_service_name = text;
              flags.dbus_service_given = true;
              return true;
            });
  add_duration(app, "--dbus.timeout", "Longest wait for the answer to one call.", flags.dbus_timeout,
               milliseconds(1));
  add_number(app, "--dbus.window", "Most calls under way at the same time, 1 to 100.", flags.dbus_window, 1,
             100);
  app.add_flag("--dbus.retry-suspended", flags.retry_suspended,
               "Call the methods again that were suspended because NFS-Ganesha died each time they were "
               "called.");
  add_text(app, "--state.path", "DIRECTORY",
           "Directory for the list of suspended methods, which outlives the exporter. (default: "
           "/run/ganesha_exporter with --ganesha.run, else $STATE_DIRECTORY; without one the list is kept in "
           "memory)",
           flags.state_path);
}

void add_polling(CLI::App& app, Options& flags) {
  app.option_defaults()->group("Polling");
  add_duration(app, "--poll.interval", "Time from the start of one poll of NFS-Ganesha to the next.",
               flags.poll_interval, milliseconds(1));
  add_value(app, "--poll.max-duty-ratio", "RATIO",
            with_default("Largest share of the time that polling may take, from 0.001 to 1. Where polls "
                         "take long, the interval grows to keep to it.",
                         "0.1"),
            "is not a number from 0.001 to 1", [&flags](const std::string& text) {
              return store(parse_ratio(text), flags.poll_max_duty_ratio);
            });
  add_duration(app, "--heartbeat.timeout",
               "Silence after which NFS-Ganesha counts as down. 0 for servers with Heartbeat_Freq = 0: then "
               "answering calls is enough.",
               flags.heartbeat_timeout, milliseconds(0));
}

void take_words(const std::vector<std::string>& texts, std::vector<std::string>& into) {
  into.clear();
  for (const std::string& text : texts) {
    std::istringstream words(text);
    for (std::string word; words >> word;) into.push_back(word);
  }
}

void add_log_level(CLI::App& app, std::string& into) {
  static const std::vector<std::string> levels{"NIV_NULL",      "NIV_FATAL",     "NIV_MAJ",  "NIV_CRIT",
                                               "NIV_WARN",      "NIV_EVENT",     "NIV_INFO", "NIV_DEBUG",
                                               "NIV_MID_DEBUG", "NIV_FULL_DEBUG"};
  const auto chosen =
      static_cast<std::size_t>(std::find(levels.begin(), levels.end(), into) - levels.begin());
  add_names(app, "--ganesha.log-level", "Least severity that NFS-Ganesha logs", chosen, levels,
            [&into](std::size_t index) { into = levels[index]; });
}

void add_stop_signal(CLI::App& app, int& into) {
  static constexpr std::array numbers{SIGTERM, SIGINT, SIGQUIT, SIGKILL};
  add_names(
      app, "--ganesha.stop-signal", "Signal that asks NFS-Ganesha to end; SIGTERM alone lets it clean up", 0,
      {"SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL"}, [&into](std::size_t index) { into = numbers[index]; });
}

// For containers: --ganesha.config-file is GANESHA_CONFIG_FILE too.
void name_in_environment(CLI::App& app, const std::string& group) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_group() != group || option->get_lnames().empty()) continue;
    std::string name = option->get_lnames().front();
    for (char& c : name) c = c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(c));
    option->envname(name);
  }
}

void add_ganesha(CLI::App& app, RunOptions& flags) {
  const std::string group = "Running NFS-Ganesha";
  app.option_defaults()->group(group);
  app.add_flag("--ganesha.run", flags.run,
               "Start NFS-Ganesha and what it needs (a bus and rpcbind, where none runs), and end with it. "
               "(default: off)");
  add_text(app, "--ganesha.config-file", "FILE",
           with_default("Configuration of NFS-Ganesha; read, never changed.", flags.config_file),
           flags.config_file);
  add_text(app, "--ganesha.binary", "PROGRAM",
           with_default("The server, a path or a name to find in PATH.", flags.binary), flags.binary);
  add_text(app, "--ganesha.pid-file", "FILE",
           with_default("Where the server writes its process id.", "in a private folder"), flags.pid_file);
  add_log_level(app, flags.log_level);
  auto take = [&flags](const std::vector<std::string>& texts) { take_words(texts, flags.extra_args); };
  app.add_option_function<std::vector<std::string>>(
         "--ganesha.extra-args", take,
         "Further arguments of the server, parted by blanks, as in --ganesha.extra-args=-x. May be repeated.")
      ->type_name("ARGUMENTS")
      ->allow_extra_args(false);
  add_duration(app, "--ganesha.start-timeout", "Longest wait until the server is initialized.",
               flags.start_timeout, milliseconds(1));
  add_duration(app, "--ganesha.stop-timeout", "Longest wait for its clean end; then it is killed.",
               flags.stop_timeout, milliseconds(1));
  add_stop_signal(app, flags.stop_signal);
  add_choice(app, "--ganesha.restart",
             "What to do when it dies, once it has served: end with its exit code, or start it again",
             flags.restart, {"never", "on-failure"});
  name_in_environment(app, group);
}

struct CollectorFlags {
  std::array<bool, collectors.size()> wanted{};
  std::array<CLI::Option*, collectors.size()> options{};
  bool disable_defaults = false;
};

void add_collectors(CLI::App& app, CollectorFlags& into) {
  app.option_defaults()->group("Collectors");
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    const std::string name = "collector." + std::string(collectors[i].name);
    const std::string help = "Collect " + std::string(collectors[i].help) + ".";
    into.options[i] = app.add_flag("--" + name + ",!--no-" + name, into.wanted[i],
                                   with_default(help, collectors[i].by_default ? "on" : "off"))
                          ->take_last();
  }
  app.add_flag("--collector.disable-defaults", into.disable_defaults,
               "Run only the collectors that are named on the command line. (default: off)");
}

void add_filter(CLI::App& app, const std::string& collector, const std::string& what, Filter& into) {
  const auto add = [&](const std::string& name, const std::string& help, std::optional<Pattern>& pattern) {
    return add_value(app, "--collector." + collector + "." + name, "PATTERN", help,
                     "is neither a regular expression nor a list of networks (such as 10.0.0.0/8)",
                     [&pattern](const std::string& text) {
                       pattern = text.empty() ? std::nullopt : Pattern::parse(text);
                       return text.empty() || pattern.has_value();
                     });
  };
  auto* include = add("include", "Show only " + what, into.include);
  add("exclude", "Leave out " + what, into.exclude)->excludes(include);
}

void add_selection(CLI::App& app, Selection& into) {
  app.option_defaults()->group("What is shown");
  add_filter(app, "exports", "exports whose path matches this regular expression as a whole.", into.exports);
  add_filter(
      app, "clients",
      "clients whose address matches this regular expression as a whole, or lies in one of these networks "
      "(10.0.0.0/8,2001:db8::/32).",
      into.clients.filter);
  add_duration(app, "--collector.clients.max-idle",
               "Leave out clients that have been idle longer: Ganesha never forgets one. 0 for no limit.",
               into.clients.max_idle, milliseconds(0));
  add_number(
      app, "--collector.clients.max",
      "Show so many clients, the latest active ones; ganesha_exporter_clients_dropped counts the others. "
      "0 for no limit.",
      into.clients.max, 0, 10'000'000);
  add_value(
      app, "--collector.clients.aggregate", "/LENGTH[,/LENGTH]",
      "Sum the clients of each network of this length, of IPv4 and (default: /64) of IPv6, such as /24 or "
      "/24,/56. (default: off)",
      "is not the length of a network (such as /24 or /24,/56)", [&into](const std::string& text) {
        into.clients.aggregation = Aggregation::parse(text);
        return into.clients.aggregation.has_value();
      });
}

CollectorSet enabled(const CollectorFlags& given) {
  CollectorSet set;
  for (std::size_t i = 0; i < collectors.size(); ++i) {
    const bool by_default = collectors[i].by_default && !given.disable_defaults;
    set[i] = given.options[i]->count() > 0 ? given.wanted[i] : by_default;
  }
  return set;
}

void add_logging(CLI::App& app, Options& flags) {
  app.option_defaults()->group("Logging");
  add_choice(app, "--log.level", "Least severity that is logged", flags.log_level,
             {"debug", "info", "warn", "error"});
  add_choice(app, "--log.format", "Form of the lines on standard error", flags.log_format,
             {"logfmt", "json"});
}

CLI::Option* add_action(CLI::App& app, const std::string& name, const std::string& help, Options& flags,
                        Action action) {
  return app.add_flag_callback(
      name, [&flags, action] { flags.action = action; }, help);
}

void add_other(CLI::App& app, Options& flags, std::string_view version) {
  app.option_defaults()->group("Other");
  CLI::Option* once = add_action(
      app, "--once", "Print one scrape to standard output and leave, for node_exporter's textfile collector.",
      flags, Action::once);
  CLI::Option* check = add_action(app, "--config.check", "Check the flags and leave: 0 when they are fine.",
                                  flags, Action::check_config);
  CLI::Option* health = add_action(
      app, "--healthcheck",
      "Ask the exporter running at --web.listen-address whether it is ready, and leave: 0 when it is.", flags,
      Action::healthcheck);
  CLI::Option* live = add_action(app, "--healthcheck.live",
                                 "The same, but ask whether it is healthy: a server that is run is neither "
                                 "lost nor hangs. For the health "
                                 "check of a container, which restarts it.",
                                 flags, Action::livecheck);
  CLI::Option* metrics =
      add_action(app, "--help-metrics", "Print the reference of all metrics, as Markdown, and leave.", flags,
                 Action::help_metrics);
  // For `make docs`; an empty group is not shown in --help.
  add_action(app, "--help-collectors", "Print the table of collectors.", flags, Action::help_collectors)
      ->group("");
  add_action(app, "--help-bus-policy", "Print the bus policy.", flags, Action::help_bus_policy)->group("");
  once->excludes(check)->excludes(health)->excludes(live)->excludes(metrics);
  check->excludes(health)->excludes(live)->excludes(metrics);
  health->excludes(live)->excludes(metrics);
  live->excludes(metrics);
  app.set_version_flag("--version", std::string(version), "Print the version and leave.");
  app.set_help_flag("-h,--help", "Print this help and leave.");
}

// One line, also when an argument holds a newline.
EarlyExit mistake(std::string what) {
  std::replace_if(
      what.begin(), what.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return {1, "ganesha_exporter: " + what + "; see --help\n"};
}

// As CLI11 wants them. It takes the next argument for the value of `--flag=`: that is parted into the flag
// and an empty value.
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

}  // namespace

std::variant<Options, EarlyExit> parse_flags(int argc, const char* const* argv, std::string_view version) {
  CLI::App app("Prometheus exporter for NFS-Ganesha.", "ganesha_exporter");
  app.formatter(help_layout());
  Options flags;
  CollectorFlags collector_flags;
  add_web(app, flags);
  add_dbus(app, flags);
  add_polling(app, flags);
  add_collectors(app, collector_flags);
  add_selection(app, flags.selection);
  add_ganesha(app, flags.ganesha);
  add_logging(app, flags);
  add_other(app, flags, version);
  const CLI::App* top = add_top(app, flags.top);
  try {
    app.parse(reversed_arguments(argc, argv));
  } catch (const CLI::CallForHelp&) {
    return EarlyExit{0, app.help()};
  } catch (const CLI::CallForVersion&) {
    return EarlyExit{0, std::string(version) + "\n"};
  } catch (const CLI::ExtrasError&) {
    return mistake("unknown argument " + quote(app.remaining(true).front()));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    return mistake(what.substr(0, what.find(':')) + " needs a value");
  } catch (const CLI::ParseError& error) {
    return mistake(error.what());
  }
  if (top->parsed()) {
    if (flags.action != Action::serve) return mistake("top leaves no room for another action");
    flags.action = Action::top;
  }
  flags.enabled = enabled(collector_flags);
  return flags;
}

}  // namespace ganesha::exporter
