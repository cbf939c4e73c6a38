// The smallest call to an NFS server: the RPC NULL procedure over TCP. NfsPort and NfsProbe make it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "dbus/clock.hpp"

namespace ganesha {

// Whether a server at `server` accepts a NULL call of the NFS program in that version before `deadline`.
boost::asio::awaitable<bool> answers_null_call(boost::asio::ip::tcp::endpoint server, std::uint32_t version,
                                               dbus::TimePoint deadline);

}  // namespace ganesha
