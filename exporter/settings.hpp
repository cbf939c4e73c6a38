// What the options of the command line mean for the parts of the program. Used by Exporter when it makes
// them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "dbus/bus.hpp"
#include "exporter/built_in/page_fetcher.hpp"
#include "exporter/built_in/page_source.hpp"
#include "exporter/collect/ganesha_source.hpp"
#include "exporter/collect/life_monitor.hpp"
#include "exporter/collect/suspension_file.hpp"
#include "exporter/metrics/exporter_metrics.hpp"
#include "exporter/metrics/page_cache.hpp"
#include "exporter/model/options.hpp"
#include "exporter/site/routes.hpp"
#include "exporter/supervisor/supervisor_status.hpp"

namespace ganesha::exporter {

// Removes the collectors that --collector.clients.detail leaves without metrics; throws std::invalid_argument
// where a flag names one of them.
CollectorSet useful_collectors(const Options& options);
// What all metrics pages of these options have in common.
PageContent page_content(const Options& options);
// The file with the suspended methods of the server that is polled.
SuspensionFile suspension_file(const Options& options, Log& log);
// Reads the suspended methods of an earlier exporter from `file`, or removes them.
dbus::BusOptions bus_options(const Options& options, SuspensionFile& file);
// What decides whether Ganesha is up. Throws std::runtime_error where the server's name cannot be resolved.
std::unique_ptr<LifeMonitor> life_monitor(const Options& options, dbus::Bus& bus,
                                          boost::asio::any_io_executor loop, LifeEvents events);
// What gets the server's own page of metrics; null where the collector built_in is off. `supervised` is null
// where Ganesha is not ours to run, here and below.
std::unique_ptr<PageSource> page_source(const Options& options, boost::asio::io_context& loop,
                                        boost::asio::any_io_executor resolver,
                                        std::shared_ptr<const SupervisorStatus> supervised);
PageFetching page_fetching(const Options& options);
// `pages` is null where the collector built_in is off.
CollectOptions collect_options(const Options& options, std::shared_ptr<const SupervisorStatus> supervised,
                               const PageFetcher* pages);
// The metrics of the exporter itself, and of the server that it runs.
PageCache::Collectables own_metrics(const Options& options, const ExporterMetrics& exporter,
                                    std::shared_ptr<const SupervisorStatus> supervised);
// The collectors that a scrape asks for.
CollectorSet wanted_collectors(const MetricsQuery& query, CollectorSet enabled);
// The names by which a browser may ask for the status page.
HostCheck host_check(const Options& options);
// The names that `collect[]` and `exclude[]` may hold.
std::vector<std::string> names_of(CollectorSet enabled);

}  // namespace ganesha::exporter
