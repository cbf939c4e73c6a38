#include "exporter/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "exporter/collect/heartbeat_monitor.hpp"
#include "exporter/collect/probe_monitor.hpp"
#include "exporter/metrics/metric_table.hpp"
#include "exporter/metrics/process_metrics.hpp"
#include "exporter/metrics/supervisor_metrics.hpp"
#include "ganesha/nfs_probe.hpp"

namespace ganesha::exporter {
namespace {

// The directory for what outlives the exporter; empty: there is none. Service managers may give several.
std::string state_directory(const Options& options) {
  if (!options.state_path.empty()) return options.state_path;
  if (options.ganesha.run) return "/run/ganesha_exporter";
  const char* const given = std::getenv("STATE_DIRECTORY");
  const std::string directories = given ? given : "";
  return directories.substr(0, directories.find(':'));
}

// Servers that we run may have the same name on buses of their own: their configuration files differ.
std::string name_of_server(const Options& options) {
  constexpr std::size_t longest = 150;
  if (!options.ganesha.run) return options.dbus_service_name;
  std::error_code error;
  auto file = std::filesystem::absolute(options.ganesha.config_file, error).string();
  std::ranges::replace(file, '/', '_');
  return options.dbus_service_name + (file.size() > longest ? file.substr(file.size() - longest) : file);
}

dbus::SuspensionRecord known_suspensions(const Options& options, SuspensionFile& file) {
  if (!options.retry_suspended) return file.load();
  file.save({});
  return {};
}

PageSource::Place place_of(const SupervisorStatus& server) {
  if (!server.metrics_page) return dbus::Error{dbus::errc::pending, {}};
  const auto& [address, why_none] = *server.metrics_page;
  if (!address) return dbus::Error{dbus::errc::unsupported, why_none};
  return HttpUrl{address->address().to_string(), address->port()};
}

CollectorSet set_of(const std::vector<std::string>& names) {
  CollectorSet set;
  for (const auto& info : collectors)
    set[index_of(info.id)] = std::ranges::find(names, info.name) != names.end();
  return set;
}

}  // namespace

CollectorSet useful_collectors(const Options& options) {
  const auto useful = useful_collectors(options.selection.clients.detail);
  for (const auto& info : collectors)
    if (options.named[index_of(info.id)] && !useful[index_of(info.id)])
      throw std::invalid_argument(
          "--collector." + std::string(info.name) +
          " needs --collector.clients.detail=full: nothing else serves its metrics; see --help");
  return options.enabled & useful;
}

PageContent page_content(const Options& options) {
  return {options.selection.clients.detail, options.created_timestamps};
}

SuspensionFile suspension_file(const Options& options, Log& log) {
  return {state_directory(options), name_of_server(options), log};
}

dbus::BusOptions bus_options(const Options& options, SuspensionFile& file) {
  return {options.dbus_address, options.dbus_service_name,        options.dbus_timeout,
          options.dbus_window,  known_suspensions(options, file), options.ganesha.run};
}

std::unique_ptr<LifeMonitor> life_monitor(const Options& options, dbus::Bus& bus,
                                          boost::asio::any_io_executor loop, LifeEvents events) {
  if (options.has_bus)
    return std::make_unique<HeartbeatMonitor>(bus, options.heartbeat_timeout, std::move(events.on_change));
  ProbeMonitor::Signs signs;
  if (const auto& at = options.nfs_address) {
    const auto probe = std::make_shared<NfsProbe>(bus.clock(), addresses_of(loop, at->host, at->port));
    signs.nfs_address = text_of(*at);
    signs.ask = [probe](dbus::TimePoint deadline) { return probe->answers(deadline); };
  }
  if (options.metrics_url) signs.page_url = text_of(*options.metrics_url);
  return std::make_unique<ProbeMonitor>(bus.clock(), std::move(signs),
                                        ProbeMonitor::Pace{options.heartbeat_timeout}, std::move(events));
}

std::unique_ptr<PageSource> page_source(const Options& options, boost::asio::io_context& loop,
                                        boost::asio::any_io_executor resolver,
                                        std::shared_ptr<const SupervisorStatus> supervised) {
  if (!options.enabled[index_of(CollectorId::built_in)]) return nullptr;
  const auto place = [url = options.metrics_url, supervised] {
    return url ? PageSource::Place(*url) : place_of(*supervised);
  };
  return std::make_unique<PageSource>(loop, std::move(resolver), place);
}

PageFetching page_fetching(const Options& options) {
  PageFetching fetching{options.metrics_interval, options.metrics_timeout, options.poll_max_duty_ratio};
  // There the page is a sign of life, which must be seen again soon.
  if (!options.has_bus) fetching.longest_back_off = std::chrono::minutes(1);
  return fetching;
}

CollectOptions collect_options(const Options& options, std::shared_ptr<const SupervisorStatus> supervised,
                               const PageFetcher* pages) {
  CollectOptions collect{options.enabled, options.selection,
                         collectors_of_clients(options.selection.clients.detail),
                         options.heartbeat_timeout.count() == 0, !options.has_bus};
  if (supervised)
    collect.missing_exports = [supervised](const auto& served) {
      return names_of_missing_exports(*supervised, served);
    };
  if (pages) collect.built_in_page = [pages] { return pages->page(); };
  return collect;
}

// node_exporter, which reads what --once prints, has process metrics of its own.
PageCache::Collectables own_metrics(const Options& options, const ExporterMetrics& exporter,
                                    std::shared_ptr<const SupervisorStatus> supervised) {
  PageCache::Collectables own;
  if (supervised) own.push_back(std::make_shared<SupervisorMetrics>(std::move(supervised)));
  if (!options.exporter_metrics) return own;
  own.push_back(exporter.collectable());
  if (options.action != Action::once) own.push_back(std::make_shared<ProcessMetrics>());
  return own;
}

CollectorSet wanted_collectors(const MetricsQuery& query, CollectorSet enabled) {
  return enabled & (query.collect.empty() ? ~set_of(query.exclude) : set_of(query.collect));
}

HostCheck host_check(const Options& options) {
  std::vector<std::string> names = names_of(read_machine_names());
  names.insert(names.end(), options.allowed_hosts.begin(), options.allowed_hosts.end());
  for (const auto& address : options.listen)
    if (!address.host.empty()) names.push_back(address.host);
  return HostCheck(std::move(names));
}

std::vector<std::string> names_of(CollectorSet enabled) {
  std::vector<std::string> names;
  for (const auto& info : collectors)
    if (enabled[index_of(info.id)]) names.emplace_back(info.name);
  return names;
}

}  // namespace ganesha::exporter
