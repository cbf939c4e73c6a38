// The options of the program. cli/flags.cpp fills them once at start-up; the other rooms read them.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "exporter/base/http_url.hpp"
#include "exporter/base/listen_address.hpp"
#include "exporter/base/log.hpp"
#include "exporter/model/collectors.hpp"
#include "exporter/model/exporter_to_ask.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/model/top_options.hpp"

namespace ganesha::exporter {

/// What the program does: serve until a signal stops it, or do one thing and exit.
enum class Action {
  serve,
  once,
  check_config,
  healthcheck,
  livecheck,
  help_metrics,
  help_collectors,
  help_bus_policy,
  record,
  top
};

/// Where an address comes from.
enum class AddressSource { by_default, environment, flag };

/// Whether a Ganesha that exited is restarted.
enum class Restart { never, on_failure };

/// Run mode: how the exporter starts and stops ganesha.nfsd (--ganesha.*).
struct RunOptions {
  bool run = false;
  std::string config_file = "/etc/ganesha/ganesha.conf";
  std::string binary = "ganesha.nfsd";
  std::string pid_file;  ///< empty: in a private directory
  std::string bus_path;  ///< of the private bus; empty: a usual one
  std::string log_level = "NIV_EVENT";
  std::vector<std::string> extra_args;
  std::chrono::milliseconds start_timeout{60'000};
  std::chrono::milliseconds stop_timeout{30'000};
  int stop_signal = SIGTERM;
  Restart restart = Restart::never;
};

/// All flags, by section of --help.
struct Options {
  std::vector<ListenAddress> listen{{"", 19587}};
  AddressSource listen_from = AddressSource::by_default;
  bool systemd_sockets = false;              ///< listen on those of the service manager instead
  std::vector<ListenAddress> health_listen;  ///< /-/healthy and /-/ready alone, without TLS and password
  std::vector<std::string> allowed_hosts;    ///< further names of this machine in URLs of the status page
  std::string telemetry_path = "/metrics";
  bool exporter_metrics = true;
  unsigned max_requests = 40;       ///< maximum concurrent scrapes; 0: no limit
  std::string web_config_file;      ///< TLS and passwords; empty: none
  bool lifecycle = false;           ///< POST /-/reload is allowed
  bool created_timestamps = false;  ///< since when a counter counts, in OpenMetrics

  bool has_bus = true;       ///< false: --dbus.address=none
  std::string dbus_address;  ///< empty: the system bus
  std::string dbus_service_name = "org.ganesha.nfsd";
  bool dbus_service_given = false;  ///< false: run mode takes the name from ganesha.conf
  std::chrono::milliseconds dbus_timeout{10'000};
  unsigned dbus_window = 32;     ///< maximum concurrent calls
  bool retry_suspended = false;  ///< call suspended methods again
  std::string state_path;        ///< directory of the list of suspended methods; empty: not stored

  std::chrono::milliseconds poll_interval{5'000};
  double poll_max_duty_ratio = 0.1;                     ///< maximum share of time spent polling
  std::chrono::milliseconds heartbeat_timeout{10'000};  ///< 0: Ganesha sends no heartbeats

  std::optional<ListenAddress> nfs_address;  ///< of NFS, where there is no bus
  std::optional<HttpUrl> metrics_url;        ///< the server's own page of metrics; nothing: run mode finds it
  std::chrono::milliseconds metrics_interval{15'000};
  std::chrono::milliseconds metrics_timeout{10'000};

  RunOptions ganesha;

  CollectorSet enabled;            ///< by index in `collectors`
  CollectorSet named;              ///< those of them that are on because a flag names them
  bool collectors_chosen = false;  ///< flags enable or disable some
  Selection selection;

  ExporterToAsk ask;
  TopOptions top;
  std::string record_folder;  ///< of the command `record`

  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  Action action = Action::serve;
};

}  // namespace ganesha::exporter
