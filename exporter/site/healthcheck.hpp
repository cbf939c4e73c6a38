// The flags --healthcheck and --healthcheck.live: HEALTHCHECK in images that have no curl.
#pragma once

#include <string>

#include "exporter/http/client_settings.hpp"

namespace ganesha::exporter {

struct HealthcheckResult {
  bool good = false;
  std::string text;  // one line: the response, or why there is none
};

// GETs `page`, /-/ready or /-/healthy, from the exporter at `settings`; blocks for a few seconds
// at most.
HealthcheckResult healthcheck(const ClientSettings& settings, const std::string& page);

}  // namespace ganesha::exporter
