// Accepts connections and gives them their places.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "exporter/http/shared.hpp"

namespace ganesha::exporter {

/// Ends when its acceptor is closed, never by an error or an exception.
boost::asio::awaitable<void> accept_loop(std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor,
                                         std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
