#include "exporter/site/request_limit.hpp"

#include <fmt/format.h>

#include "exporter/http/response.hpp"

namespace ganesha::exporter {

RequestLimit::Slot RequestLimit::acquire() const {
  if (limit_ > 0 && *running_ >= limit_) return nullptr;
  ++*running_;
  return {running_.get(), [running = running_](unsigned* count) { --*count; }};
}

HttpResponse too_many(unsigned limit, std::string_view requests) {
  return busy_response(fmt::format("more than {} {} at once (--web.max-requests)", limit, requests));
}

}  // namespace ganesha::exporter
