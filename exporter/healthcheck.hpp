// Asks a running exporter whether it is ready: HEALTHCHECK in images that have no curl.
#pragma once

#include <string>

#include "exporter/flag_values.hpp"

namespace ganesha::exporter {

struct HealthcheckResult {
  bool ready = false;
  std::string text;  // one line: what the exporter said, or why it could not be asked
};

// GETs /-/ready from the exporter that listens on `address`; blocks for a few seconds at most.
HealthcheckResult healthcheck(const ListenAddress& address);

}  // namespace ganesha::exporter
