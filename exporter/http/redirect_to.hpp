// The completion token of the room's coroutines: an error goes into `ec` instead of an exception.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace ganesha::exporter {

inline auto redirect_to(boost::system::error_code& ec) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, ec);
}

}  // namespace ganesha::exporter
