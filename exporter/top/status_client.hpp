// Requests the status from the exporter.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "exporter/http/client.hpp"
#include "exporter/top/header.hpp"

namespace ganesha::exporter::top {

/// The response of the exporter to `target`. The exception's text is one line, harmless for a terminal:
/// `no response from 127.0.0.1:19587: Connection refused`.
boost::asio::awaitable<StatusReply> ask(const HttpClient& exporter, std::string target);

/// The same, running the loop until the response is there.
StatusSnapshot ask_now(boost::asio::io_context& loop, const HttpClient& exporter, const std::string& target);

/// Unix time in seconds.
double now();

}  // namespace ganesha::exporter::top
