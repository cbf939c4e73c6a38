// The flags of the exporter itself: web, DBus, polling, logging.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <string_view>

#include "exporter/base/log.hpp"
#include "exporter/base/parse.hpp"
#include "exporter/cli/bus_address.hpp"
#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_kinds.hpp"
#include "exporter/cli/validators.hpp"

namespace ganesha::exporter {

using std::chrono::milliseconds;

namespace {

constexpr std::string_view no_bus = "none";

void parse_bus_address(const std::string& text, Options& options) {
  options.has_bus = text != no_bus;
  if (!options.has_bus) return;
  const std::string fault = text.empty() ? "" : fault_in_bus_address(text);
  if (!fault.empty())
    throw CLI::ValidationError("--dbus.address", quote(text) +
                                                     " is not an address of a bus (such as "
                                                     "unix:path=/run/ganesha/bus): " +
                                                     fault);
  options.dbus_address = text;
}

void add_bus_address(CLI::App& app, Options& options) {
  add_value(
      app,
      {"--dbus.address", "ADDRESS",
       "Bus that NFS-Ganesha is on, such as unix:path=/run/ganesha/bus; none for a server without a bus, "
       "which needs --ganesha.nfs-address, --ganesha.metrics-url or both.",
       "the system bus: DBUS_SYSTEM_BUS_ADDRESS or the standard socket"},
      {}, [&options](const std::string& text) {
        parse_bus_address(text, options);
        return true;
      });
}

// With the port of NFS where it names none.
std::optional<ListenAddress> parse_nfs_address(const std::string& text) {
  auto address = parse_listen_address(text);
  if (!address) address = parse_listen_address(text + ":2049");
  const bool usable = address && !address->host.empty() && address->port != 0;
  return usable ? address : std::nullopt;
}

void add_nfs_address(CLI::App& app, Options& options) {
  add_value(app,
            {"--ganesha.nfs-address", "ADDRESS",
             "Address of NFS for --dbus.address=none: NFS-Ganesha counts as up while it answers a NULL call "
             "there within --heartbeat.timeout. A name is resolved once, at the start. The default port is "
             "2049."},
            "is not the address of a server (such as 127.0.0.1:2049, [::1]:2049, nfs.example.com)",
            [&options](const std::string& text) {
              const auto address = parse_nfs_address(text);
              if (address) refuse_unusable("--ganesha.nfs-address", text, *address);
              options.nfs_address = address;
              return address.has_value();
            });
}

void add_service_name(CLI::App& app, Options& options) {
  auto parser = [&options](const std::string& text) {
    if (!is_bus_name(text)) return false;
    options.dbus_service_name = text;
    options.dbus_service_given = true;
    return true;
  };
  add_value(
      app,
      {"--dbus.service-name", "NAME",
       "Name of NFS-Ganesha on the bus. With --ganesha.run the default includes the Dbus_Name_Prefix of "
       "its configuration.",
       options.dbus_service_name},
      "is not a name on a bus (such as org.ganesha.nfsd)", parser);
}

}  // namespace

void add_web(CLI::App& app, Options& options) {
  app.option_defaults()->group("Web");
  add_listeners(app, options);
  add_value(app, {"--web.telemetry-path", "PATH", "Path of the metrics page.", options.telemetry_path},
            "is not a path that begins with /, holds no ? # % or blank, and is neither / nor below /-/, "
            "/api/ or /static/",
            [&options](const std::string& path) {
              return store(is_page_path(path) ? std::optional(path) : std::nullopt, options.telemetry_path);
            });
  add_switch(
      app, "!--web.disable-exporter-metrics",
      "Leave out the metrics of the exporter itself: process_*, its polls, DBus calls and HTTP requests.",
      options.exporter_metrics);
  add_number(app, "--web.max-requests",
             "Maximum concurrent scrapes of different formats or collectors, and concurrent status requests; "
             "beyond that 503. Equal scrapes share one page. 0: no limit.",
             options.max_requests, 0, 1'000'000);
  add_text(app,
           {"--web.config.file", "FILE",
            "YAML file with TLS, passwords, headers and a rate limit. It is read again when it changes.",
            "plain HTTP without passwords"},
           options.web_config_file);
  add_switch(app, "--web.enable-lifecycle",
             "Let POST and PUT /-/reload read --web.config.file again. Nothing else is reloaded.",
             options.lifecycle);
  add_switch(app, "--web.openmetrics-created-timestamps",
             "Add to each counter of OpenMetrics pages the time at which NFS-Ganesha began to count it "
             "(_created), where that "
             "is known. Of use only to a Prometheus with the feature created-timestamp-zero-ingestion: for "
             "others, each is one more series.",
             options.created_timestamps);
}

void add_dbus(CLI::App& app, Options& options) {
  app.option_defaults()->group("DBus");
  add_bus_address(app, options);
  add_nfs_address(app, options);
  add_service_name(app, options);
  add_duration(app, "--dbus.timeout", "Timeout of one DBus call.", options.dbus_timeout, milliseconds(1));
  add_number(app, "--dbus.window", "Maximum concurrent DBus calls, 1 to 100.", options.dbus_window, 1, 100);
  add_switch(app, "--dbus.retry-suspended",
             "Call suspended methods again: those that are not called any more because NFS-Ganesha died each "
             "time they were called.",
             options.retry_suspended);
  add_text(
      app,
      {"--state.path", "DIRECTORY",
       "Directory for the list of suspended methods, which outlives the exporter.",
       "/run/ganesha_exporter with --ganesha.run, else $STATE_DIRECTORY; without one the list is kept in "
       "memory"},
      options.state_path);
}

std::string fault_in_bus(const Options& options) {
  if (options.has_bus) return options.nfs_address ? "--ganesha.nfs-address needs --dbus.address=none" : "";
  if (options.ganesha.run)
    return "--ganesha.run excludes --dbus.address=none: it starts a bus if there is none";
  if (!options.nfs_address && !options.metrics_url)
    return "--dbus.address=none needs --ganesha.nfs-address=HOST:PORT or --ganesha.metrics-url=URL";
  if (options.heartbeat_timeout.count() == 0) return "--dbus.address=none excludes --heartbeat.timeout=0";
  return "";
}

void add_polling(CLI::App& app, Options& options) {
  app.option_defaults()->group("Polling");
  add_duration(app, "--poll.interval", "Time between the starts of two polls.", options.poll_interval,
               milliseconds(1));
  add_value(
      app,
      {"--poll.max-duty-ratio", "RATIO",
       "Maximum share of the time that is spent polling, from 0.001 to 1. The interval grows where polls "
       "take long.",
       fmt::format("{}", options.poll_max_duty_ratio)},
      "is not a number from 0.001 to 1",
      [&options](const std::string& text) { return store(parse_ratio(text), options.poll_max_duty_ratio); });
  add_duration(app, "--heartbeat.timeout",
               "Time without a healthy heartbeat after which NFS-Ganesha counts as down. 0 for servers with "
               "Heartbeat_Freq = 0: they count as up while they answer calls. With --dbus.address=none the "
               "timeout of a NULL call.",
               options.heartbeat_timeout, milliseconds(0));
}

void add_logging(CLI::App& app, Options& options) {
  app.option_defaults()->group("Logging");
  add_choice(app, "--log.level", "Minimum log level", options.log_level, {"debug", "info", "warn", "error"});
  add_choice(app, "--log.format", "Log format", options.log_format, {"logfmt", "json"});
}

}  // namespace ganesha::exporter
