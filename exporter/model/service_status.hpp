// What the service manager shows of us: `systemctl status` has one line.
#pragma once

#include <string>

#include "exporter/model/health_status.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

/// `fresh` is the last poll if it may be shown, else null. Without numbers that change each second: each
/// change is a message to all who watch the service manager.
std::string service_status(const HealthStatus& health, const Snapshot* fresh);

}  // namespace ganesha::exporter
