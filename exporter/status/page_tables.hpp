// The tables of exports and clients on the status page. page.cpp puts them into the document.
#pragma once

#include <string>

#include "exporter/status/report.hpp"

namespace ganesha::exporter {

enum class Subject { exports, clients };

/// One section of HTML: count, filter, table, links to its pages.
std::string table_section(const StatusReport& report, Subject subject);

}  // namespace ganesha::exporter
