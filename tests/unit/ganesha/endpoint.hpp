// Endpoints and listening sockets from the text of an address.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "ganesha/listening_sockets.hpp"

namespace ganesha::test {

inline boost::asio::ip::tcp::endpoint endpoint(const char* address, std::uint16_t port) {
  return {boost::asio::ip::make_address(address), port};
}

// Its inode is the port.
inline ListeningSocket at(const char* address, std::uint16_t port) { return {endpoint(address, port), port}; }

}  // namespace ganesha::test
