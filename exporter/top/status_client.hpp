// Asks the exporter for its status, once a call.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "exporter/http/client.hpp"
#include "exporter/top/header.hpp"

namespace ganesha::exporter::top {

/// What the exporter answers to `target`. The exception's text is one line, harmless for a terminal:
/// `no answer from 127.0.0.1:19587: Connection refused`.
boost::asio::awaitable<Status> ask(const HttpClient& exporter, std::string target);

/// The same, running the loop until the answer is there.
Report ask_now(boost::asio::io_context& loop, const HttpClient& exporter, const std::string& target);

/// Unix time in seconds.
double now();

}  // namespace ganesha::exporter::top
