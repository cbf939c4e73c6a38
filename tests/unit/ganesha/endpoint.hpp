// A TCP endpoint from the text of its address.
#pragma once

#include <boost/asio/ip/tcp.hpp>

namespace ganesha::test {

inline boost::asio::ip::tcp::endpoint endpoint(const char* address, std::uint16_t port) {
  return {boost::asio::ip::make_address(address), port};
}

}  // namespace ganesha::test
