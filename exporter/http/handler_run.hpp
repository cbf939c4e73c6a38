// Runs a handler up to a deadline.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "exporter/http/shared.hpp"

namespace ganesha::exporter {

/// The response of the server's handler: 500 if it throws, 503 if it takes longer than its timeout. Then the
/// handler continues, and its response is dropped.
boost::asio::awaitable<HttpResponse> respond(HttpShared& shared, HttpRequest request);

}  // namespace ganesha::exporter
