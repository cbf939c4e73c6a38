// The flags --healthcheck and --healthcheck.live: HEALTHCHECK in images that have no curl.
#pragma once

#include <string>

#include "exporter/http/client_settings.hpp"

namespace ganesha::exporter {

enum class Probe { ready, live };

struct HealthcheckResult {
  bool good = false;
  std::string text;  // one line: the response, or why there is none
};

// GETs /-/ready or /-/healthy from the exporter at `settings`; blocks for a few seconds at most. If the
// certificate is not checked, both schemes are tried, that of `settings` first.
HealthcheckResult healthcheck(const ClientSettings& settings, Probe probe);

}  // namespace ganesha::exporter
