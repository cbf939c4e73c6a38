#include "exporter/site/page_response.hpp"

#include <utility>

#include "exporter/metrics/content_negotiation.hpp"

namespace ganesha::exporter {

HttpResponse page_response(std::string content_type, std::vector<Chunk> body, std::string cache_control) {
  HttpResponse response;
  response.headers = {{"Content-Type", std::move(content_type)},
                      {"Cache-Control", std::move(cache_control)},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

ContentEncoding accepted_encoding(const HttpRequest& request) {
  return accepts_gzip(request.accept_encoding) ? ContentEncoding::gzip : ContentEncoding::identity;
}

void add_encoding(HttpResponse& response, std::string vary, ContentEncoding encoding) {
  response.headers.emplace_back("Vary", std::move(vary));
  if (encoding == ContentEncoding::gzip) response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace ganesha::exporter
