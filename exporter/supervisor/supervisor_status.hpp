// What the supervisor reports to the pages. It writes on the loop; the exporter reads there, too, and the
// metrics on the worker that renders pages.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dbus/clock.hpp"
#include "exporter/model/server_process.hpp"
#include "ganesha/config.hpp"
#include "ganesha/metrics_page.hpp"

namespace ganesha::exporter {

struct SupervisorStatus : ServerProcess {
  dbus::WallTime started_at{};  // of the server's latest process
  bool ready = false;
  // Why it is not ready yet; empty if it was ready once, or does not run.
  std::function<std::string()> not_ready = [] { return std::string(); };
  // In the configuration as it was last read; nothing if it could not be read completely.
  std::optional<std::vector<ConfiguredExport>> configured_exports;
  // Of the running server; nothing before it is initialized.
  std::optional<MetricsPage> metrics_page;
  dbus::Duration start_timeout{};
  dbus::TimePoint gone_since{};  // since when no initialized server has run; meaningful while none runs
  // Since when NULL calls to its NFS port are unanswered; nothing while they are answered or impossible.
  std::optional<dbus::TimePoint> port_silent_since;
};

// Why the server counts as lost, so that the container should be restarted; empty while it does not. `up`:
// judged by its heartbeats. A problem of the bus alone is no reason.
std::string why_lost(const SupervisorStatus& server, bool up, dbus::TimePoint now);

// The names of the configured exports that are not among `served`, the ids of ShowExports; nothing if the
// configuration is unknown.
std::optional<std::vector<std::string>> names_of_missing_exports(const SupervisorStatus& server,
                                                                 const std::vector<std::uint16_t>& served);

}  // namespace ganesha::exporter
