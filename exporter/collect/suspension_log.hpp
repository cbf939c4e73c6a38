// The log lines about methods that are suspected of ending the server. The exporter calls it.
#pragma once

#include <vector>

#include "dbus/suspension.hpp"
#include "exporter/base/log.hpp"

namespace ganesha::exporter {

void log_suspension(Log& log, dbus::SuspensionStep step, const std::vector<dbus::Method>& methods);

}  // namespace ganesha::exporter
