// The flags --healthcheck and --healthcheck.live: HEALTHCHECK in images that have no curl.
#pragma once

#include <string>

#include "exporter/base/listen_address.hpp"

namespace ganesha::exporter {

struct HealthcheckResult {
  bool good = false;
  std::string text;  // one line: the response, or why there is none
};

// GETs `page`, /-/ready or /-/healthy, from the exporter that listens on `address`; blocks for a few seconds
// at most.
HealthcheckResult healthcheck(const ListenAddress& address, const std::string& page);

}  // namespace ganesha::exporter
