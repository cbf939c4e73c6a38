#include "exporter/site/request_limit.hpp"

#include <fmt/format.h>

#include "exporter/http/response.hpp"

namespace ganesha::exporter {

RequestLimit::Slot RequestLimit::acquire() const {
  if (limit_ > 0 && *running_ >= limit_) return nullptr;
  ++*running_;
  return {running_.get(), [running = running_](unsigned* count) { --*count; }};
}

HttpResponse RequestLimit::refusal(std::string_view requests) const {
  HttpResponse response =
      plain_response(503, fmt::format("more than {} {} at once (--web.max-requests)", limit_, requests));
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace ganesha::exporter
