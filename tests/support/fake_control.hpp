// The object /test with the interface test.Control: how a test changes what the fake Ganesha does.
#pragma once

#include "fake_server.hpp"

namespace fake {

// The server outlives the bus's use of it.
void add_control(sd_bus* bus, Server& server);

}  // namespace fake
