// Requests of exports and clients, for tests of what happens to a call.
#pragma once

#include "dbus/method.hpp"
#include "dbus/methods.hpp"

namespace ganesha::test {

inline const dbus::Request show_exports{dbus::methods::show_exports};
inline const dbus::Request show_clients{dbus::methods::show_clients};
inline const dbus::Request client_details{dbus::methods::get_client_io_ops, "10.0.0.1"};

}  // namespace ganesha::test
