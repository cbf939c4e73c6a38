// What is asked of the status. routes.cpp reads it from a request, StatusHandler answers it.
#pragma once

#include "exporter/status/query.hpp"

namespace ganesha::exporter {

enum class StatusFormat { page, json };

struct StatusRequest {
  StatusFormat format = StatusFormat::page;
  bool gzip = false;
  StatusQuery query;
};

}  // namespace ganesha::exporter
