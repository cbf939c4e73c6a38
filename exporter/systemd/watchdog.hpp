// Beats of the service manager's watchdog: signs that the exporter itself works. They depend on neither
// Ganesha nor the bus: a restart of the exporter would mend neither.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "dbus/clock.hpp"

namespace ganesha::exporter {

// Beats twice in `patience` for as long as it is not destroyed: on the loop, after a job has passed through
// `worker`. If either hangs, so do the beats. `clock` outlives it.
boost::asio::awaitable<void> keep_beating(dbus::Clock& clock, dbus::Duration patience,
                                          boost::asio::any_io_executor worker, std::function<void()> beat);

}  // namespace ganesha::exporter
