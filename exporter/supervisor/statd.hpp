// rpc.statd, which NFSv3 locks need: whether it runs, and the command that starts it. The supervisor uses it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "dbus/clock.hpp"
#include "ganesha/spawn.hpp"

namespace ganesha::exporter {

// Whether one is registered at rpcbind and answers before `deadline`.
boost::asio::awaitable<bool> statd_answers(dbus::TimePoint deadline);
// Creates the directories that it needs. It logs to its output.
Command statd_command();

}  // namespace ganesha::exporter
