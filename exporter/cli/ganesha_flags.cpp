// The flags of run mode and of the server's own metrics, each also an environment variable.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>

#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_kinds.hpp"
#include "exporter/cli/validators.hpp"

namespace ganesha::exporter {
namespace {

using std::chrono::milliseconds;

void add_log_level(CLI::App& app, std::string& into) {
  static const std::vector<std::string> levels{"NIV_NULL",      "NIV_FATAL",     "NIV_MAJ",  "NIV_CRIT",
                                               "NIV_WARN",      "NIV_EVENT",     "NIV_INFO", "NIV_DEBUG",
                                               "NIV_MID_DEBUG", "NIV_FULL_DEBUG"};
  const auto usual = static_cast<std::size_t>(std::find(levels.begin(), levels.end(), into) - levels.begin());
  add_names(app, "--ganesha.log-level", "Minimum log level of NFS-Ganesha", usual, levels,
            [&into](std::size_t index) { into = levels[index]; });
}

void add_stop_signal(CLI::App& app, int& into) {
  static constexpr std::array numbers{SIGTERM, SIGINT, SIGQUIT, SIGKILL};
  add_names(app, "--ganesha.stop-signal",
            "Signal that asks NFS-Ganesha to shut down; only SIGTERM lets it clean up", 0,
            {"SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL"},
            [&into](std::size_t index) { into = numbers[index]; });
}

void add_files(CLI::App& app, RunOptions& options) {
  add_text(app,
           {"--ganesha.config-file", "FILE", "Configuration file of NFS-Ganesha. It is read, never written."},
           options.config_file);
  add_text(app,
           {"--ganesha.binary", "PROGRAM", "NFS-Ganesha's program: a path, or a name to look up in PATH."},
           options.binary);
  add_text(app,
           {"--ganesha.pid-file", "FILE", "File that NFS-Ganesha writes its process id to.",
            "in a private directory"},
           options.pid_file);
}

void add_bus_path(CLI::App& app, RunOptions& options) {
  add_value(app,
            {"--ganesha.bus-path", "PATH",
             "Socket of the private bus that is started where there is no system bus.",
             "/run/ganesha_exporter/bus; as PID 1 /run/dbus/system_bus_socket"},
            "is not an absolute path of letters, digits and - _ . /", [&options](const std::string& path) {
              if (!path.empty() && !is_bus_path(path)) return false;
              options.bus_path = path;
              return true;
            });
}

HttpUrl metrics_url_of(const std::string& text) {
  const auto url = parse_http_url(text);
  if (!url)
    throw CLI::ValidationError("--ganesha.metrics-url",
                               quote(text) + " is not a URL (such as http://127.0.0.1:9587/metrics)");
  refuse_unusable("--ganesha.metrics-url", text, {url->host, url->port});
  return *url;
}

void set_environment_names(CLI::App& app, const std::string& group) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_group() != group || option->get_lnames().empty()) continue;
    std::string name = option->get_lnames().front();
    for (char& c : name) c = c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(c));
    option->envname(name);
  }
}

}  // namespace

void add_ganesha(CLI::App& app, RunOptions& options) {
  const std::string group = "Running NFS-Ganesha";
  app.option_defaults()->group(group);
  add_switch(app, "--ganesha.run",
             "Start NFS-Ganesha, and a bus and rpcbind where none runs. Exit when it exits.", options.run);
  add_files(app, options);
  add_bus_path(app, options);
  add_log_level(app, options.log_level);
  add_list(app,
           {"--ganesha.extra-args", "ARGUMENTS",
            "Extra arguments for ganesha.nfsd, separated by spaces, as in --ganesha.extra-args=-x. May be "
            "repeated."},
           [&options](const std::vector<std::string>& texts) { options.extra_args = words_of(texts); });
  add_duration(app, "--ganesha.start-timeout", "How long to wait until NFS-Ganesha is initialized.",
               options.start_timeout, milliseconds(1));
  add_duration(app, "--ganesha.stop-timeout", "How long to wait for a clean shutdown before SIGKILL.",
               options.stop_timeout, milliseconds(1));
  add_stop_signal(app, options.stop_signal);
  add_choice(app, "--ganesha.restart",
             "What to do if NFS-Ganesha dies after it was ready: exit with its exit code, or restart it",
             options.restart, {"never", "on-failure"});
  set_environment_names(app, group);
}

void add_built_in(CLI::App& app, Options& options) {
  const std::string group = "NFS-Ganesha's own metrics";
  app.option_defaults()->group(group);
  add_value(app,
            {"--ganesha.metrics-url", "URL",
             "Page of metrics that NFS-Ganesha itself serves (Monitoring_Port), for --collector.built_in. "
             "Without a path it is /metrics.",
             "with --ganesha.run found by its listening sockets"},
            {}, [&options](const std::string& text) {
              options.metrics_url = text.empty() ? std::nullopt : std::optional(metrics_url_of(text));
              return true;
            });
  add_duration(
      app, "--ganesha.metrics-interval",
      "Time between the starts of two fetches of that page, at least 1s. It costs NFS-Ganesha CPU time: the "
      "interval grows where fetches take longer than --poll.max-duty-ratio of the time.",
      options.metrics_interval, std::chrono::seconds(1));
  add_duration(app, "--ganesha.metrics-timeout", "Timeout of one fetch.", options.metrics_timeout,
               milliseconds(1));
  set_environment_names(app, group);
}

}  // namespace ganesha::exporter
