#include "exporter/metrics/exporter_metrics.hpp"

namespace ganesha::exporter {
namespace {

constexpr auto closed_help =
    "HTTP connections that the exporter closed early or refused, by reason. first_byte_timeout, "
    "request_timeout, no_progress, write_timeout: the client was too slow to send or to read. "
    "idle_evicted: a new connection needed the place. reader_evicted: the same, or too many clients "
    "read at once. page_bytes: unread responses held too much memory. over_limit: no place was left. "
    "error: unexpected.";

}  // namespace

ExporterMetrics::ExporterMetrics()
    : polls_(&prometheus::BuildCounter()
                  .Name("ganesha_exporter_polls_total")
                  .Help("Finished polls of Ganesha, including failed ones.")
                  .Register(*registry_)
                  .Add({})),
      calls_(prometheus::BuildCounter()
                 .Name("ganesha_exporter_dbus_calls_total")
                 .Help("Finished DBus calls to Ganesha, by result.")
                 .Register(*registry_)),
      requests_(prometheus::BuildCounter()
                    .Name("ganesha_exporter_http_requests_total")
                    .Help("HTTP requests answered, by status code.")
                    .Register(*registry_)) {
  requests_.Add({{"code", "200"}});
  auto& closed = prometheus::BuildCounter()
                     .Name("ganesha_exporter_connections_closed_total")
                     .Help(closed_help)
                     .Register(*registry_);
  for (std::size_t i = 0; i < closed_.size(); ++i)
    closed_[i] = &closed.Add({{"reason", std::string(close_reason_names[i])}});
}

void ExporterMetrics::count_call(std::string_view result) {
  auto at = call_counters_.find(result);
  if (at == call_counters_.end())
    at = call_counters_.emplace(result, &calls_.Add({{"result", std::string(result)}})).first;
  at->second->Increment();
}

void ExporterMetrics::count_request(unsigned code) {
  requests_.Add({{"code", std::to_string(code)}}).Increment();
}

}  // namespace ganesha::exporter
