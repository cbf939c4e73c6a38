// A request and a response, free of any HTTP library. HttpServer reads and writes them; the site's handlers
// turn one into the other.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exporter/base/chunk.hpp"

namespace ganesha::exporter {

/// What kind of place a connection has. Those of the reserve are used while every other connection has a
/// request that is being handled: for one request each, of the pages that must not fail.
enum class Place { regular, reserve };

/// `path` and `query` are as the client sent them: split at the first `?`, nothing percent-decoded.
/// Absent headers are empty; a header sent twice is joined with a comma. `client` is the address of the other
/// end without its port, as text; empty for a unix socket.
struct HttpRequest {
  std::string method, path, query, accept, accept_encoding;
  std::string host{}, authorization{}, client{};
  Place place = Place::regular;
};

/// `headers` without Content-Length, Connection and Date, which the server adds.
struct HttpResponse {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Chunk> body;
};

/// Responds to one request. What it throws becomes a 500 and a log line; a response that comes too late is
/// dropped.
using HttpHandler = std::function<boost::asio::awaitable<HttpResponse>(HttpRequest)>;

}  // namespace ganesha::exporter
