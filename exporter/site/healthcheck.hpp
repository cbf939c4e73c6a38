// Asks a running exporter how it is: HEALTHCHECK in images that have no curl.
#pragma once

#include <string>

#include "exporter/base/listen_address.hpp"

namespace ganesha::exporter {

struct HealthcheckResult {
  bool good = false;
  std::string text;  // one line: what the exporter said, or why it could not be asked
};

// GETs `page`, /-/ready or /-/healthy, from the exporter that listens on `address`; blocks for a few seconds
// at most.
HealthcheckResult healthcheck(const ListenAddress& address, const std::string& page);

}  // namespace ganesha::exporter
