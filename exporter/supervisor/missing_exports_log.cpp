#include "exporter/supervisor/missing_exports_log.hpp"

#include <utility>

#include "exporter/base/listed.hpp"

namespace ganesha::exporter {

void MissingExportsLog::take(const std::optional<std::vector<std::string>>& missing) {
  if (!missing) return;
  const bool agrees = *missing == std::exchange(latest_, *missing);
  if (!agrees || latest_ == reported_) return;
  reported_ = latest_;
  report();
}

void MissingExportsLog::report() const {
  if (reported_.empty())
    log_.info("All exports of the configuration are served");
  else
    log_.warn("Exports of the configuration are not served",
              {{"count", std::to_string(reported_.size())}, {"exports", listed(reported_)}});
}

}  // namespace ganesha::exporter
