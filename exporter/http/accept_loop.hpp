// Accepts connections and gives them their places.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "exporter/http/listener.hpp"
#include "exporter/http/shared.hpp"

namespace ganesha::exporter {

/// Ends when the listener is closed, never by an error or an exception.
boost::asio::awaitable<void> accept_loop(ListenerPtr listener, std::shared_ptr<HttpShared> shared);

}  // namespace ganesha::exporter
