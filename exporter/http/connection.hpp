// What is known of one open connection, without its socket. ConnectionTable decides by it.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <string>

#include "exporter/http/message.hpp"

namespace ganesha::exporter {

/// What a connection is doing. Only `handling` waits for us; all others wait for the client.
enum class Phase {
  first_byte,  ///< a new connection
  idle,        ///< between requests
  request,     ///< a request is being read
  handling,
  writing,   ///< a response is being written
  lingering  ///< until the client closes
};

using TimePoint = std::chrono::steady_clock::time_point;

struct Connection {
  std::string network;  ///< network_of() its client
  Place place = Place::regular;
  Phase phase = Phase::first_byte;
  TimePoint deadline_start{};    ///< from when the timeout of the phase counts
  TimePoint waiting_since{};     ///< since when the client has done nothing useful
  std::size_t body_bytes = 0;    ///< of the response that is being written
  std::size_t index = 0;         ///< in the table
  std::size_t* peers = nullptr;  ///< connections of its network; null while it is in no table
};

/// Whose connections count together: an IPv4 address, mapped into IPv6 or not, or a /64 of IPv6.
std::string network_of(const boost::asio::ip::address& client);

}  // namespace ganesha::exporter
