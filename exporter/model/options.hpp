// What the flags say. cli/flags.cpp fills it once at the start; the parts of the program read it.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "exporter/base/listen_address.hpp"
#include "exporter/base/log.hpp"
#include "exporter/model/collectors.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/model/top_options.hpp"

namespace ganesha::exporter {

/// What the program does: serve until it is told to end, or one thing and leave.
enum class Action {
  serve,
  once,
  check_config,
  healthcheck,
  livecheck,
  help_metrics,
  help_collectors,
  help_bus_policy,
  top
};

/// Whether a Ganesha that died is started again.
enum class Restart { never, on_failure };

/// The server that --ganesha.run starts.
struct RunOptions {
  bool run = false;
  std::string config_file = "/etc/ganesha/ganesha.conf";
  std::string binary = "ganesha.nfsd";
  std::string pid_file;  ///< empty: in a private folder
  std::string log_level = "NIV_EVENT";
  std::vector<std::string> extra_args;
  std::chrono::milliseconds start_timeout{60'000};
  std::chrono::milliseconds stop_timeout{30'000};
  int stop_signal = SIGTERM;
  Restart restart = Restart::never;
};

struct Options {
  std::vector<ListenAddress> listen{{"", 19587}};
  std::string telemetry_path = "/metrics";
  bool exporter_metrics = true;
  unsigned max_requests = 40;  ///< 0: no limit

  std::string dbus_address;  ///< empty: the system bus
  std::string dbus_service_name = "org.ganesha.nfsd";
  bool dbus_service_given = false;  ///< else run mode takes the name from ganesha.conf
  std::chrono::milliseconds dbus_timeout{10'000};
  unsigned dbus_window = 32;
  bool retry_suspended = false;  ///< forget which methods ended a server
  std::string state_path;        ///< folder for what outlives the exporter; empty: nothing does

  std::chrono::milliseconds poll_interval{5'000};
  double poll_max_duty_ratio = 0.1;
  std::chrono::milliseconds heartbeat_timeout{10'000};  ///< 0: no heartbeat is expected

  RunOptions ganesha;

  CollectorSet enabled;  ///< by index in `collectors`
  Selection selection;

  TopOptions top;

  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  Action action = Action::serve;
};

}  // namespace ganesha::exporter
