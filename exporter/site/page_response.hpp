// What the responses of the pages have in common.
#pragma once

#include <string>
#include <vector>

#include "exporter/http/message.hpp"

namespace ganesha::exporter {

/// 200 with `body`, which clients must not cache unless `cache_control` says so.
HttpResponse page_response(std::string content_type, std::vector<Chunk> body,
                           std::string cache_control = "no-store");

enum class ContentEncoding { identity, gzip };

/// gzip where the client takes it.
ContentEncoding accepted_encoding(const HttpRequest& request);

/// Adds Vary, and Content-Encoding where the body is gzipped.
void add_encoding(HttpResponse& response, std::string vary, ContentEncoding encoding);

}  // namespace ganesha::exporter
