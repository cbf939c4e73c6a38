// What the pages show of the server and the exporter at the moment of a request. Exporter owns one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dbus/bus.hpp"
#include "exporter/base/log.hpp"
#include "exporter/built_in/page_fetcher.hpp"
#include "exporter/collect/freshness.hpp"
#include "exporter/collect/life_monitor.hpp"
#include "exporter/model/health_status.hpp"
#include "exporter/model/options.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/status/report.hpp"
#include "exporter/supervisor/supervisor_status.hpp"
#include "exporter/web_settings.hpp"

namespace ganesha::exporter {

struct Build {
  std::string version;
  std::string revision;
};

class CurrentState {
 public:
  struct Parts {
    const Options& options;
    Build build;
    const dbus::Clock& clock;
    const dbus::Bus& bus;
    const LifeMonitor& life;
    const Freshness& freshness;
    const PageFetcher* pages;  // null where the collector built_in is off
    const Log& log;
    const WebSettings& web;
    std::shared_ptr<const SupervisorStatus> supervised;  // null where Ganesha is not ours to run
  };

  explicit CurrentState(Parts parts) : parts_(std::move(parts)) {}

  void went_up();
  // Returns why Ganesha went down.
  std::string went_down();
  void disconnected(const dbus::Error& why) { last_error_ = why.message(); }

  ServerView server() const;
  // The last poll if it may be shown, else null.
  SnapshotPtr fresh() const { return parts_.freshness.fresh(server()); }
  ScrapeState scrape_state() const;
  HealthStatus health_status() const;
  // One line for the service manager.
  std::string service_status() const;
  // `poll_interval` is the one in force.
  StatusFacts status_facts(dbus::Duration poll_interval) const;

 private:
  std::string missing_sign() const;
  std::optional<Since> since(const Snapshot* snapshot) const;

  Parts parts_;
  std::optional<dbus::WallTime> changed_at_;  // when Ganesha last went up or down
  std::string last_error_;
};

}  // namespace ganesha::exporter
