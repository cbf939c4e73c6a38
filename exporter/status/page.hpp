// The status page at /: a whole HTML document that page.css and page.js go with. Called on the worker.
#pragma once

#include <string>
#include <vector>

#include "exporter/status/report.hpp"
#include "exporter/status/request.hpp"

namespace ganesha::exporter {

std::string status_page(const Status& status, const std::vector<PageLink>& navigation);

// What page_tables.cpp adds to it.
enum class Subject { exports, clients };
std::string table_section(const Status& status, Subject subject);

}  // namespace ganesha::exporter
