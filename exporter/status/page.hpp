// The status page at /: a whole HTML document; page.css and page.js belong to it. Called on the worker.
#pragma once

#include <string>
#include <vector>

#include "exporter/status/report.hpp"
#include "exporter/status/request.hpp"

namespace ganesha::exporter {

std::string status_page(const StatusReport& report, const std::vector<PageLink>& navigation);

}  // namespace ganesha::exporter
