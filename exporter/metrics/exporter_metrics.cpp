#include "exporter/metrics/exporter_metrics.hpp"

namespace ganesha::exporter {

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
