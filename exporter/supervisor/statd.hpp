// rpc.statd, which NFSv3 locks need: whether it is there, and how to start it. The supervisor uses it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "dbus/clock.hpp"
#include "ganesha/spawn.hpp"

namespace ganesha::exporter {

// Whether rpcbind knows one and that answers before `deadline`.
boost::asio::awaitable<bool> statd_answers(dbus::TimePoint deadline);
// Makes the folders that it needs. Its log goes to its output.
Command statd_command();

}  // namespace ganesha::exporter
