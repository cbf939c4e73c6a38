// A request for the status. The site's handlers read it from HTTP, StatusHandler answers it.
#pragma once

#include <string>
#include <vector>

#include "exporter/status/query.hpp"

namespace ganesha::exporter {

enum class StatusFormat { page, json };

/// An entry of the navigation at the top of the page.
struct PageLink {
  std::string path, title;
};

struct StatusRequest {
  StatusFormat format = StatusFormat::page;
  bool gzip = false;
  StatusQuery query;
  std::vector<PageLink> navigation;
};

}  // namespace ganesha::exporter
