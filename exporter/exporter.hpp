// The exporter as a whole: puts bus, life monitor, poller, pages and HTTP server together. running.cpp
// owns one.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbus/bus.hpp"
#include "exporter/base/log.hpp"
#include "exporter/built_in/page_fetcher.hpp"
#include "exporter/built_in/page_source.hpp"
#include "exporter/collect/call_log.hpp"
#include "exporter/collect/connection_log.hpp"
#include "exporter/collect/freshness.hpp"
#include "exporter/collect/ganesha_source.hpp"
#include "exporter/collect/life_monitor.hpp"
#include "exporter/collect/poller.hpp"
#include "exporter/collect/suspension_file.hpp"
#include "exporter/current_state.hpp"
#include "exporter/http/server.hpp"
#include "exporter/metrics/exporter_metrics.hpp"
#include "exporter/metrics/page_cache.hpp"
#include "exporter/model/options.hpp"
#include "exporter/site/routes.hpp"
#include "exporter/status/handler.hpp"
#include "exporter/supervisor/missing_exports_log.hpp"
#include "exporter/supervisor/supervisor_status.hpp"
#include "exporter/web_settings.hpp"

namespace ganesha::exporter {

class Exporter {
 public:
  // `supervised` is null where Ganesha is not ours to run.
  Exporter(boost::asio::io_context& loop, const Options& options, Build build, Log& log,
           std::shared_ptr<const SupervisorStatus> supervised = nullptr);

  // Listens and serves; throws std::runtime_error that names the address. `passed_sockets` are those of the
  // service manager.
  void serve(const std::vector<int>& passed_sockets = {});
  // Follows Ganesha, from when its bus, if it has one, should be there.
  void follow();
  dbus::Bus& bus() noexcept { return bus_; }
  // Reads --web.config.file again, where there is one. Returns what is wrong; empty: nothing.
  boost::asio::awaitable<std::string> reload();
  // Whether Ganesha is seen to live.
  bool up() const { return life_->up(); }
  // One line for the service manager.
  std::string service_status() const { return state_.service_status(); }
  // Where pages are rendered.
  boost::asio::any_io_executor worker() { return worker_.get_executor(); }
  // Ends what serve() and follow() began; open scrapes are finished first, for at most `deadline`.
  boost::asio::awaitable<void> stop(std::chrono::milliseconds deadline);
  // One scrape in text format, once a heartbeat and a poll have come or the heartbeat timeout has passed.
  boost::asio::awaitable<std::string> once();
  // False while a worker is inside a call that blocks: then the process can only be left, not joined.
  bool idle() const { return bus_.idle() && web_.idle() && (!page_source_ || page_source_->idle()); }

 private:
  dbus::BusObserver observe();
  LifeEvents life_events();
  HttpObserver count_http();
  Site site();
  boost::asio::awaitable<void> watch_owner();
  boost::asio::awaitable<void> watch_web_config();
  void disconnected(const dbus::Error& why);
  void call_ended(const dbus::CallReport& call);
  void poll_ended(SnapshotPtr snapshot);
  void up_changed(bool up);
  void went_up();
  void went_down();
  std::unique_ptr<PageFetcher> make_page_fetcher();
  void restart_page_fetcher();
  void page_fetched();
  bool has_all() const;
  boost::asio::awaitable<std::vector<Chunk>> metrics(MetricsQuery query);
  boost::asio::awaitable<std::vector<Chunk>> status(StatusRequest request);
  dbus::Duration poll_interval() const;
  LogField server() const;

  boost::asio::io_context& loop_;
  const Options& options_;
  Log& log_;
  boost::asio::thread_pool worker_{1};  // renders and compresses
  boost::asio::thread_pool opener_{
      dbus::Opener::most};  // opens bus connections and resolves names, which blocks
  std::unique_ptr<dbus::Clock> clock_;
  ExporterMetrics own_metrics_;
  ConnectionLog connection_log_{log_};
  std::optional<CallLog> call_log_;  // where debug lines are wanted
  SuspensionFile suspension_file_;
  dbus::Bus bus_;  // without a bus never connected
  std::unique_ptr<LifeMonitor> life_;
  std::unique_ptr<PageSource> page_source_;    // null where the collector built_in is off
  std::unique_ptr<PageFetcher> page_fetcher_;  // null where the collector built_in is off
  GaneshaSource source_;
  MissingExportsLog missing_exports_{log_};
  Poller poller_;
  Freshness freshness_;
  WebSettings web_;
  CurrentState state_;
  PageCache pages_;
  StatusHandler status_pages_;
  HttpServer server_;
  HttpServer probes_;              // health alone, always in plain
  dbus::Condition news_{*clock_};  // a poll ended, or Ganesha went up or down
};

}  // namespace ganesha::exporter
